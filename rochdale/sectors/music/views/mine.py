"""My collection, my plays, and what they cost me."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.ledger import queries as ledger
from rochdale.sectors.music import queries
from rochdale.sectors.music.views.catalogue import length_words
from rochdale.shared import clock, explain, tables, web
from rochdale.shared.web import CoopRequest

PAGE = 50
SHOWN_POSTINGS = 20


def _party(request: CoopRequest) -> Any:
    party = request.actor.party
    assert party is not None  # members_only has seen to it
    return party


@web.members_only
def collection(request: CoopRequest) -> HttpResponse:
    """Show the tracks I own, and those I am on the way to own."""
    party = _party(request)
    owned_total = queries.collection(party, owned=True, size=0)[1]
    started_total = queries.collection(party, owned=False, size=0)[1]
    owned_page = tables.page_of(request.GET, total=owned_total, size=PAGE, name="owned")
    started_page = tables.page_of(request.GET, total=started_total, size=PAGE, name="started")
    owned, _count = queries.collection(party, owned=True, start=owned_page.start, size=PAGE)
    started, _count = queries.collection(party, owned=False, start=started_page.start, size=PAGE)
    data = {
        "owned": _owned_table(owned, owned_page, request.coop.currency),
        "started": _started_table(started, started_page, request.coop.currency),
        "owned_total": owned_total,
        "started_total": started_total,
    }
    return render(request, "music/collection.html", data)


def _owned_table(rows: list[queries.Collected], page: tables.Page, currency: str) -> tables.Table:
    return tables.Table(
        name="owned",
        caption=_("Tracks you own"),
        columns=[*_track_columns(), tables.Column("since", _("Since")), tables.Column("paid", _("Paid in all"), end=True)],
        rows=[_row(each) | {"since": each.owned_since, "paid": tables.Money(each.paid, currency)} for each in rows],
        page=page,
    )


def _started_table(rows: list[queries.Collected], page: tables.Page, currency: str) -> tables.Table:
    steps = [
        _row(each)
        | {
            "step": _("{taken} of {steps}").format(taken=each.taken, steps=each.steps),
            "paid": tables.Money(each.paid, currency),
        }
        for each in rows
    ]
    return tables.Table(
        name="started",
        caption=_("On the way to being yours"),
        columns=[
            *_track_columns(),
            tables.Column("step", _("Plays"), end=True),
            tables.Column("paid", _("Paid so far"), end=True),
        ],
        rows=steps,
        page=page,
    )


def _track_columns() -> list[tables.Column]:
    return [tables.Column("title", _("Track"), main=True), tables.Column("artist", _("Artist"))]


def _row(each: queries.Collected) -> dict[str, Any]:
    return {
        "title": tables.Link(each.track.title, reverse("music:track", args=[each.track.id])),
        "artist": each.track.artist,
        "length": length_words(each.track.length_ms),
    }


OUTCOMES = {
    "short": gettext_lazy("too short to count"),
    "own": gettext_lazy("your own track"),
    "free": gettext_lazy("free"),
    "owned": gettext_lazy("owned"),
}
"""Why a play took no step."""


@web.members_only
def history(request: CoopRequest) -> HttpResponse:
    """Show my plays, newest first, each with what it cost."""
    party = _party(request)
    total = queries.history(party, size=0)[1]
    page = tables.page_of(request.GET, total=total, size=PAGE)
    heard, _count = queries.history(party, start=page.start, size=PAGE)
    table = tables.Table(
        name="",
        caption=_("Plays"),
        columns=[
            tables.Column("title", _("Track"), main=True),
            tables.Column("artist", _("Artist")),
            tables.Column("at", _("When")),
            tables.Column("step", _("Step"), end=True),
            tables.Column("charged", _("Paid"), end=True),
        ],
        rows=[_heard_row(each) for each in heard],
        page=page,
        show_caption=False,
        empty=_("You have not played anything yet."),
    )
    since = datetime(clock.now().year, 1, 1, tzinfo=UTC)
    data = {
        "table": table,
        "year": since.year,
        "this_year": queries.totals(party, since=since),
        "currency": request.coop.currency,
    }
    return render(request, "music/history.html", data)


def _heard_row(each: queries.Heard) -> dict[str, Any]:
    step = _("{step} of {steps}").format(step=each.step, steps=each.steps) if each.step else str(OUTCOMES[each.outcome])
    return {
        "title": tables.Link(each.track.title, reverse("music:track", args=[each.track.id])),
        "artist": each.track.artist,
        "at": each.happened_at,
        "step": step,
        "charged": tables.Money(each.charged, each.currency),
    }


@web.members_only
def explain_paid(request: CoopRequest) -> HttpResponse:
    """Explain what I paid for plays this year, with the latest postings."""
    now, party, currency = clock.now(), _party(request), request.coop.currency
    since = datetime(now.year, 1, 1, tzinfo=UTC)
    total = queries.totals(party, since=since)
    postings = ledger.postings_of(kinds=["music.play"], party=party, start=since, limit=SHOWN_POSTINGS)
    explanation = explain.Explanation(
        title=_("What you paid for plays in {year}").format(year=now.year),
        rule=_("Every full play takes one step of the ladder until the track is yours; each step was charged to your wallet."),
        micro=total.paid,
        currency=currency,
        lines=[explain.Line(_("Full plays"), number=total.plays), explain.Line(_("Paid"), total.paid, currency, total=True)],
        bylaw_version=queries.terms(now, currency).version,
        bylaws=[(_("The prices of plays"), reverse("bylaws:rule", args=["music.ladder"]))],
        postings=[
            explain.Posted(each.id, each.happened_at, _("Play"), each.amounts.get(currency, 0), currency) for each in postings
        ],
        more_url=reverse("music:history"),
        back_url=reverse("music:history"),
        as_of=now,
        privacy=_("Only you see this page."),
    )
    return render(request, "shared/explain.html", {"explanation": explanation})
