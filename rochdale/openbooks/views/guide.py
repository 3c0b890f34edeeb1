"""The style guide: every component of every page, to look at and to test."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import styleguide as sample
from rochdale.shared import web


@web.everyone
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show all components, on a host with a demo co-op or in debug mode only."""
    if not settings.DEBUG and not any(coop.is_demo for coop in cooperatives.everyone()):
        raise Http404()
    return render(request, "shared/styleguide.html", sample.content())
