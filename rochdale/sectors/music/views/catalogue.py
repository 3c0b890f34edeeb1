"""The catalogue everybody may see, and the play button of those whom the co-op knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from rochdale.payments import queries as payments
from rochdale.sectors.music import actions, forms, queries, rules
from rochdale.shared import clock, explain, money, tables, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

PAGE = 50


@web.everyone
def tracks(request: CoopRequest) -> HttpResponse:
    """Show the tracks on offer, or those that the search finds."""
    search = request.GET.get("q", "")[:200]
    total = queries.tracks(search, size=0)[1]
    page = tables.page_of(request.GET, total=total, size=PAGE)
    found, _total = queries.tracks(search, start=page.start, size=page.size)
    party = web.actor_of(request).party
    mine = queries.progress(party, [track.id for track in found]) if party else {}
    table = tables.Table(
        name="",
        caption=_("Tracks"),
        columns=[
            tables.Column("title", _("Track"), main=True),
            tables.Column("artist", _("Artist")),
            tables.Column("release", _("Release")),
            tables.Column("length", _("Length"), end=True),
            tables.Column("mine", _("Yours"), end=True),
        ],
        rows=[_track_row(track, mine.get(track.id)) for track in found],
        page=page,
        show_caption=False,
        empty=_("Nothing found."),
    )
    return render(request, "music/catalogue.html", {"table": table, "search": search, "total": total})


@web.everyone
def artists(request: CoopRequest) -> HttpResponse:
    """Show the artists by name."""
    search = request.GET.get("q", "")[:200]
    total = queries.artists(search, size=0)[1]
    page = tables.page_of(request.GET, total=total, size=PAGE)
    found, _total = queries.artists(search, start=page.start, size=page.size)
    table = tables.Table(
        name="",
        caption=_("Artists"),
        columns=[tables.Column("name", _("Artist"), main=True), tables.Column("tracks", _("Tracks"), end=True)],
        rows=[{"name": tables.Link(each.name, reverse("music:artist", args=[each.id])), "tracks": each.tracks} for each in found],
        page=page,
        show_caption=False,
        empty=_("Nobody found."),
    )
    return render(request, "music/artists.html", {"table": table, "search": search, "total": total})


@web.everyone
def artist(request: CoopRequest, artist: int) -> HttpResponse:
    """Show an artist with their releases; the artist themself is led to their own figures."""
    found = queries.artist(artist)
    if found is None:
        raise Http404
    party = web.actor_of(request).party
    releases = queries.releases(artist)
    mine = queries.progress(party, [track.id for each in releases for track in each.tracks]) if party else {}
    kinds = dict(forms.RELEASE_KINDS)
    lists = [(each, kinds.get(each.kind, each.kind), _release_table(each, mine)) for each in releases]
    own = party is not None and actions.is_own(party, found.party, clock.now())
    return render(request, "music/artist.html", {"artist": found, "releases": lists, "own": own})


@web.everyone
def track(request: CoopRequest, track: int) -> HttpResponse:
    """Show a track, and what the reader's next play of it costs."""
    return render(request, "music/track.html", _player(request, _found(track), clock.now()))


@require_POST
@web.members_only
def play(request: CoopRequest, track: int) -> HttpResponse:
    """Record a full play at the price that was shown; the form's key is the play's own number."""
    now, found = clock.now(), _found(track)
    shown = request.POST.get("price", "")
    party = request.actor.party
    assert party is not None  # members_only has seen to it
    refused: Refusal | None = None
    answer: dict[str, Any] = {}
    try:
        key = web.key_of(request)
        answer = actions.record_play(
            actor=request.actor,
            now=now,
            key=key,
            listener=party,
            track=track,
            event=f"page:{key}"[:200],
            at_most=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 18 else 0,
        )
    except Refusal as refusal:
        refused = refusal
    part = "HX-Request" in request.headers
    if answer and not part:
        web.toast(request, said(answer))
        return web.see_other(reverse("music:track", args=[track]))
    data = _player(request, found, now)
    if refused is not None:
        data["refused"] = web.refusal_message(refused)
    if part:  # htmx swaps in only what came with 200
        return render(request, "music/_player.html", data | {"said": said(answer) if answer else ""})
    return render(request, "music/track.html", data, status=refused.status if refused else 200)


@web.everyone
def price(request: CoopRequest, track: int) -> HttpResponse:
    """Explain what the next play costs: the ladder, the steps taken, who gets what."""
    now, found = clock.now(), _found(track)
    terms = queries.terms(now, request.coop.currency)
    step = _next(request, found, terms, now)
    lines = [
        explain.Line(
            _("Play {step}").format(step=number) + (f" – {_('your next one')}" if number == step.step else ""),
            micro,
            request.coop.currency,
            total=number == step.step,
        )
        for number, micro in enumerate(terms.ladder, start=1)
    ]
    if step.price:
        lines += _shares(step.price, terms, request.coop.currency)
    explanation = explain.Explanation(
        title=_("What a play of “{track}” costs").format(track=found.title),
        rule=_("Each play costs more than the one before. After the last step the track is yours and costs nothing any more."),
        micro=step.price,
        currency=request.coop.currency,
        lines=lines,
        bylaw_version=terms.version,
        bylaws=[(title, reverse("bylaws:rule", args=[key])) for title, key in PRICE_RULES],
        back_url=reverse("music:track", args=[track]),
        as_of=now,
    )
    return render(request, "shared/explain.html", {"explanation": explanation})


PRICE_RULES = (
    (gettext_lazy("The prices of plays"), "music.ladder"),
    (gettext_lazy("The co-op's share"), "music.coop_share"),
    (gettext_lazy("The tax inside"), "music.vat_percent"),
    (gettext_lazy("When a play counts"), "music.counted_after_seconds"),
)


def _shares(price: int, terms: queries.Terms, currency: str) -> list[explain.Line]:
    """Say who gets what of the next play."""
    parts = rules.split(price, coop_percent=terms.coop_percent, vat_percent=terms.vat_percent, event="shown")
    lines = [
        explain.Line(_("Of your next play: to the artist"), parts.artist, currency),
        explain.Line(_("Of your next play: to the co-op"), parts.coop, currency),
    ]
    return [*lines, explain.Line(_("Of your next play: tax"), parts.tax, currency)] if parts.tax else lines


def said(answer: dict[str, Any]) -> str:
    """Say in one sentence what a play came to."""
    if answer["outcome"] == "charged" and answer["owned"]:
        return _("You paid {price}, and now the track is yours.").format(price=_price(answer))
    if answer["outcome"] == "charged":
        return _("Play {step} of {steps}: you paid {price}.").format(
            step=answer["step"], steps=answer["steps"], price=_price(answer)
        )
    return {
        "owned": _("You own this track: nothing was charged."),
        "own": _("It is your own track: nothing was charged."),
        "free": _("This track is free: nothing was charged."),
        "short": _("You stopped early: nothing was charged."),
    }[str(answer["outcome"])]


def length_words(length_ms: int | None) -> str:
    """Write a length as minutes and seconds, 3:05."""
    if length_ms is None:
        return ""
    seconds = round(length_ms / 1000)
    return f"{seconds // 60}:{seconds % 60:02}"


def _price(answer: dict[str, Any]) -> str:
    return money.formatted(answer["price"], answer["currency"])


def _found(track: int) -> queries.TrackView:
    found = queries.track(track)
    if found is None:
        raise Http404
    return found


def _next(request: CoopRequest, track: queries.TrackView, terms: queries.Terms, now: datetime) -> queries.Next:
    party = web.actor_of(request).party
    own = party is not None and actions.is_own(party, track.artist_party, now)
    return queries.next_play(track, listener=party, own=own, terms=terms)


def _player(request: CoopRequest, track: queries.TrackView, now: datetime) -> dict[str, Any]:
    """Return what the track page and its player part show."""
    party, currency = web.actor_of(request).party, request.coop.currency
    if request.coop.state == "formation":
        return {"track": track, "length": length_words(track.length_ms), "forming": True}
    terms = queries.terms(now, currency)
    step = _next(request, track, terms, now)
    if track.state == "withdrawn" and step.outcome != "owned":
        raise Http404
    wallet = payments.wallet(party, currency) if party else None
    return {
        "track": track,
        "length": length_words(track.length_ms),
        "next": step,
        "taken": step.step - 1 if step.outcome == "charged" else 0,
        "price": money.formatted(step.price, currency),
        "currency": currency,
        "counted_after": terms.counted_after_seconds,
        "wallet": wallet,
        "too_little": wallet is not None and wallet.available < step.price,
        "known": party is not None,
    }


def _release_table(release: queries.ReleaseView, mine: dict[int, queries.Progress]) -> tables.Table:
    rows = [_track_row(track, mine.get(track.id)) for track in release.tracks]
    return tables.Table(
        name=f"release-{release.id}",
        caption=release.title or _("Single tracks"),
        columns=[
            tables.Column("title", _("Track"), main=True),
            tables.Column("length", _("Length"), end=True),
            tables.Column("mine", _("Yours"), end=True),
        ],
        rows=rows,
        show_caption=False,
    )


def _track_row(track: queries.TrackView, mine: queries.Progress | None) -> dict[str, Any]:
    return {
        "title": tables.Link(track.title, reverse("music:track", args=[track.id])),
        "artist": tables.Link(track.artist, reverse("music:artist", args=[track.artist_id])),
        "release": track.release,
        "length": length_words(track.length_ms),
        "mine": mine_pill(track, mine),
    }


def mine_pill(track: queries.TrackView, mine: queries.Progress | None) -> tables.Pill | str:
    """Say where the reader stands with a track."""
    if mine is not None and mine.owned:
        return tables.Pill(_("owned"), "ok")
    if track.state == "free":
        return tables.Pill(_("free"), "info")
    if mine is not None and mine.taken:
        return tables.Pill(ngettext("{taken} play", "{taken} plays", mine.taken).format(taken=mine.taken), "quiet")
    return ""
