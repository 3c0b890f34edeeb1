"""Pages of the host itself: is it well, and who plays in the demo."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from rochdale.shared import coops, tables, web
from rochdale.shared.postgres import migrations


@transaction.non_atomic_requests
@web.everyone
def healthy(request: HttpRequest) -> HttpResponse:
    """Answer a monitor: this process serves and the database answers; 503 where it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, PoolTimeout):
        return HttpResponse("the database does not answer", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")


@transaction.non_atomic_requests
@web.everyone
def ready(request: HttpRequest) -> HttpResponse:
    """Answer what shares out requests: the host's own tables fit this program; 503 during an upgrade."""
    try:
        fits = migrations.reached().get(coops.PUBLIC) == migrations.running()
    except (DatabaseError, PoolTimeout):
        return HttpResponse("the database does not answer", content_type="text/plain", status=503)
    said = "ready" if fits else "the tables are of another version: run rochdale upgrade, or restart this program"
    return HttpResponse(said, content_type="text/plain", status=200 if fits else 503)


@web.everyone
def demo_people(request: HttpRequest) -> HttpResponse:
    """Show the log-ins of the demo's people, with the codes their authenticators show now; only on a demo host."""
    if not settings.ROCHDALE_DEMO:
        raise Http404
    from . import demo

    rows = [
        {"who": each.name, "does": each.does, "email": each.email, "offices": ", ".join(each.offices), "code": each.code}
        for each in demo.log_ins()
    ]
    table = tables.Table(
        name="people",
        caption=_("People of the demo"),
        columns=[
            tables.Column("who", _("Who"), main=True),
            tables.Column("email", _("E-mail")),
            tables.Column("code", _("Code now")),
            tables.Column("offices", _("Class and offices")),
            tables.Column("does", _("What they do")),
        ],
        rows=rows,
    )
    return render(request, "project/demo.html", {"table": table, "password": demo.PASSWORD})
