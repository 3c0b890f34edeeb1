"""Pages of the host itself: is it well, and who plays in the demo."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rochdale.shared import web


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

    return render(request, "project/demo.html", {"people": demo.log_ins()})
