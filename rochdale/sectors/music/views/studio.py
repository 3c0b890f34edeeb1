"""An artist's own pages: what is owed, what each track earned, and the catalogue they keep."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.ledger import queries as ledger
from rochdale.members import queries as members
from rochdale.sectors.music import actions, books, forms, queries
from rochdale.shared import clock, explain, tables, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

SHOWN_POSTINGS = 20
STATES = {
    "paid": (gettext_lazy("on offer"), "ok"),
    "free": (gettext_lazy("free"), "info"),
    "withdrawn": (gettext_lazy("withdrawn"), "quiet"),
}


def _party(request: CoopRequest) -> UUID:
    party = request.actor.party
    assert party is not None  # members_only has seen to it
    return party


@web.members_only
def studio(request: CoopRequest) -> HttpResponse:
    """Show an artist what they are owed and what each track brought; others learn how to publish here."""
    party, currency = _party(request), request.coop.currency
    artist = queries.artist_of(party)
    if artist is None:
        may = "artist" in members.standing(party, clock.now()).split("+")
        return render(request, "music/begin.html", {"may": may, "form": forms.ArtistName()})
    earned = queries.earned_by_track(artist.id, party, currency)
    data = {
        "artist": artist,
        "balance": queries.artist_balance(party, currency) or 0,
        "currency": currency,
        "earned": _earned_table(earned, currency),
        "tracks": len(earned),
    }
    return render(request, "music/studio.html", data)


def _earned_table(earned: list[queries.Earned], currency: str) -> tables.Table:
    rows = [
        {
            "title": tables.Link(each.track.title, reverse("music:track", args=[each.track.id])),
            "state": tables.Pill(*STATES[each.track.state]),
            "plays": each.plays,
            "paid_plays": each.paid_plays,
            "earned": tables.Money(each.earned, currency, reverse("music:explain_earned", args=[each.track.id])),
            "change": ""
            if each.track.state == "withdrawn"
            else tables.Link(_("Change"), reverse("music:set_price", args=[each.track.id])),
        }
        for each in earned
    ]
    return tables.Table(
        name="earned",
        caption=_("What each track brought"),
        columns=[
            tables.Column("title", _("Track"), main=True),
            tables.Column("state", _("State")),
            tables.Column("plays", _("Full plays"), end=True),
            tables.Column("paid_plays", _("Paid plays"), end=True),
            tables.Column("earned", _("Earned"), end=True),
            tables.Column("change", _("Change")),
        ],
        rows=rows,
        empty=_("No tracks yet."),
    )


@web.members_only
def begin(request: CoopRequest) -> HttpResponse:
    """Let a member in the class “artist” choose the name they publish under."""
    form = forms.ArtistName(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.register_artist(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                party=_party(request),
                name=form.cleaned_data["name"],
            )
        except Refusal as refusal:
            return _again(request, "music/begin.html", form, refusal, may=True)
        web.toast(request, _("You publish here from now on. Add your first release."))
        return web.see_other(reverse("music:studio"))
    may = "artist" in members.standing(_party(request), clock.now()).split("+")
    return render(request, "music/begin.html", {"form": form, "may": may})


@web.members_only
def add_release(request: CoopRequest) -> HttpResponse:
    """Add a release of mine."""
    form = forms.Release(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_release(
                actor=request.actor, now=clock.now(), key=web.key_of(request), party=_party(request), **form.cleaned_data
            )
        except Refusal as refusal:
            return _again(request, "music/add_release.html", form, refusal)
        web.toast(request, _("The release was added. Now add its tracks."))
        return web.see_other(reverse("music:add_track"))
    return render(request, "music/add_release.html", {"form": form})


@web.members_only
def add_track(request: CoopRequest) -> HttpResponse:
    """Add a track of mine, to a release or alone."""
    artist = queries.artist_of(_party(request))
    if artist is None:
        return web.see_other(reverse("music:studio"))
    form = forms.Track(request.POST or None, releases=queries.releases_of(artist.id))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_track(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                party=_party(request),
                title=form.cleaned_data["title"],
                length_ms=form.length_ms,
                release=form.release_number,
                free=form.cleaned_data["free"],
            )
        except Refusal as refusal:
            return _again(request, "music/add_track.html", form, refusal)
        web.toast(request, _("The track is in the catalogue."))
        return web.see_other(reverse("music:studio"))
    return render(request, "music/add_track.html", {"form": form})


@web.members_only
def price(request: CoopRequest, track: int) -> HttpResponse:
    """Let me make a track of mine free to hear, or ask the ladder's price again."""
    found = _own(request, track)
    if request.method == "POST":
        free = request.POST.get("free") == "yes"
        actions.price_track(
            actor=request.actor, now=clock.now(), key=web.key_of(request), party=_party(request), track=track, free=free
        )
        web.toast(request, _("The track is free to hear now.") if free else _("Plays of the track are paid again."))
        return web.see_other(reverse("music:studio"))
    return render(request, "music/set_price.html", {"track": found})


@web.members_only
def withdraw(request: CoopRequest, track: int) -> HttpResponse:
    """Ask whether a track shall really go, and take it out of the catalogue."""
    found = _own(request, track)
    if request.method == "POST":
        actions.withdraw_track(actor=request.actor, now=clock.now(), key=web.key_of(request), party=_party(request), track=track)
        web.toast(request, _("The track was withdrawn. Who owns it keeps it."))
        return web.see_other(reverse("music:studio"))
    consequences = [
        _("Nobody can find the track in the catalogue or pay for it any more."),
        _("Whoever owns it keeps it."),
        _("What you earned with it stays yours."),
        _("This cannot be taken back."),
    ]
    return render(request, "music/withdraw.html", {"track": found, "consequences": consequences})


@web.members_only
def explain_balance(request: CoopRequest) -> HttpResponse:
    """Explain what the co-op owes me as an artist, with the latest postings."""
    now, party, currency = clock.now(), _party(request), request.coop.currency
    account = ledger.account(books.PAYABLE, currency, party)
    statement = ledger.statement(account, limit=SHOWN_POSTINGS) if account is not None else None
    if statement is None:
        raise Http404
    total = ledger.totals(accounts=[statement.account]).get(statement.account)
    credited, debited = (total.credits, total.debits) if total else (0, 0)
    terms = queries.terms(now, currency)
    explanation = explain.Explanation(
        title=_("What the co-op owes you as an artist"),
        rule=_("Your part of every charged play, less what was paid out to you."),
        micro=statement.closing,
        currency=currency,
        lines=[
            explain.Line(_("Your parts of plays"), credited, currency),
            explain.Line(_("Paid out or taken back"), -debited, currency),
            explain.Line(_("Owed to you"), statement.closing, currency, total=True),
        ],
        bylaw_version=terms.version,
        bylaws=[(_("The co-op's share of a play"), reverse("bylaws:rule", args=["music.coop_share"]))],
        postings=[explain.Posted(line.posting, line.happened_at, _("Play"), line.change, currency) for line in statement.lines],
        postings_count=statement.count,
        back_url=reverse("music:studio"),
        as_of=now,
        privacy=_("You see the plays of your tracks, not who played them."),
    )
    return render(request, "shared/explain.html", {"explanation": explanation})


@web.members_only
def explain_earned(request: CoopRequest, track: int) -> HttpResponse:
    """Explain what one track brought me."""
    now, party, currency = clock.now(), _party(request), request.coop.currency
    found = _own(request, track)
    earned = next(each for each in queries.earned_by_track(found.artist_id, party, currency) if each.track.id == track)
    terms = queries.terms(now, currency)
    explanation = explain.Explanation(
        title=_("What “{track}” brought you").format(track=found.title),
        rule=_("Each charged play pays its step of the ladder; without tax, {share}% of it is yours today.").format(
            share=f"{(100 - terms.coop_percent).normalize():f}"
        ),
        micro=earned.earned,
        currency=currency,
        lines=[
            explain.Line(_("Full plays"), number=earned.plays),
            explain.Line(_("Paid plays"), number=earned.paid_plays),
            explain.Line(_("Your part of them"), earned.earned, currency, total=True),
        ],
        bylaw_version=terms.version,
        bylaws=[(_("The co-op's share of a play"), reverse("bylaws:rule", args=["music.coop_share"]))],
        back_url=reverse("music:studio"),
        as_of=now,
        privacy=_("You see the plays of your tracks, not who played them."),
    )
    return render(request, "shared/explain.html", {"explanation": explanation})


def _own(request: CoopRequest, track: int) -> queries.TrackView:
    """Return a track of the artist who asks; others are told that there is none."""
    found = queries.track(track)
    if found is None or found.artist_party != _party(request):
        raise Http404
    return found


def _again(request: CoopRequest, template: str, form: Form, refusal: Refusal, **more: Any) -> HttpResponse:
    """Show the form again with what it said and why it was refused."""
    data = {"form": form, "refusal": web.refusal_message(refusal), **more}
    return render(request, template, data, status=refusal.status)
