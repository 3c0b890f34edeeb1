"""The packs of law as the software ships them, for everybody: before there is a co-op, and without a log-in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rochdale.shared import clock, web

from . import packs as files
from . import queries, reading


@web.everyone
def shelf(request: HttpRequest) -> HttpResponse:
    """List the packs of law, with how much of each the program reads and who reviewed it."""
    found = queries.shelf(at=clock.now())
    forms = queries.legal_forms(found)
    return render(
        request,
        "bylaws/shelf.html",
        {
            "forms": forms,
            "activities": [each for each in found if each.pack is not None and each not in forms],
            "damaged": [each for each in found if each.pack is None],
        },
    )


@web.everyone
def pack(request: HttpRequest, name: str) -> HttpResponse:
    """Show each rule of a pack as it stands on a day (`on`, today if left out), filtered without script."""
    found, today = _pack(name), queries.day_of(clock.now())
    on = reading.day(request.GET.get("on", ""), today)
    rows = queries.rows_on(found, on or today)
    used, shown_only = queries.counted(found.rows)
    return render(
        request,
        "bylaws/shipped_pack.html",
        {
            "pack": found,
            "on": on or today,
            "today": today,
            "unread": on is None,
            "used": used,
            "shown_only": shown_only,
            **reading.of_rows(request.GET, rows),
        },
    )


@web.everyone
def changes(request: HttpRequest, name: str) -> HttpResponse:
    """Show what a pack says differently on two days."""
    found = _pack(name)
    asked = reading.days(request.GET, found, today=queries.day_of(clock.now()))
    return render(request, "bylaws/shipped_changes.html", {"pack": found, **reading.of_changes(found, found, asked)})


def _pack(name: str) -> files.Pack:
    try:
        return queries.pack(name)
    except queries.UnknownPack:
        raise Http404 from None
