"""Pages of the host itself: is it well, and who plays in the demo."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rochdale.shared import tables, web


@web.everyone
def healthy(request: HttpRequest) -> HttpResponse:
    """Answer a monitor: this process serves and the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


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
