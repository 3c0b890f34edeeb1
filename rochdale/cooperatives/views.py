"""The directory of co-ops, and a person's own list of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rochdale.shared import web

from . import queries


@web.everyone
def directory(request: HttpRequest) -> HttpResponse:
    """Show the co-ops of this host that want to be found; `q` narrows them by name or purpose."""
    wanted = request.GET.get("q", "").strip()[:80]
    found = queries.directory()
    if wanted:
        found = [each for each in found if wanted.casefold() in f"{each.name} {each.purpose}".casefold()]
    return render(request, "cooperatives/directory.html", {"coops": found, "wanted": wanted})


@web.signed_in
def my_coops(request: HttpRequest) -> HttpResponse:
    """Show the co-ops a person belongs to: where one lands after signing in."""
    assert request.user.pk is not None
    return render(request, "cooperatives/my_coops.html", {"coops": queries.coops_of(request.user.pk)})
