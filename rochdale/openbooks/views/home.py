"""The front page of a co-op, and a member's home."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from rochdale.openbooks import queries
from rochdale.shared import clock, frame, module, web


@web.everyone
def coop_home(request: web.CoopRequest) -> HttpResponse:
    """Show what the co-op is for, where this year's money went, who belongs to it, and its latest acts."""
    now, coop = clock.now(), request.coop
    founded = coop.state != "formation"
    open_to_viewer = founded and queries.may_see(web.actor_of(request), now)
    year, smallest = queries.year_at(now, coop.time_zone), queries.smallest_group(now)
    return render(
        request,
        "openbooks/home.html",
        {
            "founded": founded,
            "formation_url": frame.reverse_or_none("founding:progress"),
            "open_to_viewer": open_to_viewer,
            "year": year,
            "picture": queries.picture(queries.sums(year, smallest=smallest), coop.currency) if open_to_viewer else None,
            "people": queries.people(now, smallest=smallest) if founded else None,
            "acts": queries.latest_acts(now) if founded else [],
        },
    )


@web.everyone
def card(request: web.CoopRequest) -> HttpResponse:
    """Say in a few words how large the co-op is: the part that the directory's cards ask for."""
    now = clock.now()
    counted = request.coop.state != "formation"
    smallest = queries.smallest_group(now)
    found = queries.people(now, smallest=smallest) if counted else None
    return render(request, "openbooks/_card.html", {"people": found, "smallest": smallest})


@web.members_only
def member_home(request: web.CoopRequest) -> HttpResponse:
    """Gather what waits for the member, their money and their use from all modules."""
    now, party = clock.now(), web.actor_of(request).party
    assert party is not None  # members_only has seen to it
    cards = sorted((card for plug in module.installed() for card in plug.home_cards(party, now)), key=lambda card: card.order)
    return render(
        request,
        "openbooks/member_home.html",
        {
            "name": queries.name_of(party),
            "waiting": [card for card in cards if card.order < WAITING_BELOW],
            "cards": [card for card in cards if card.order >= WAITING_BELOW],
        },
    )


WAITING_BELOW = 20
"""Cards with a smaller order wait for the member to do something; they stand first."""
