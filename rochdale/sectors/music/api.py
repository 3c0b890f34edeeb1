"""Music over the API: the catalogue for everybody; plays, collection and history of who asks; an artist's earnings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import Field

from rochdale.shared import api, clock
from rochdale.shared.refusals import Refusal

from . import actions, queries

if TYPE_CHECKING:
    from rochdale.cooperatives.models import Coop

router = Router(tags=["music"])
LARGEST_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Start = Annotated[int, Query(ge=0, le=10_000_000, description="How many to leave out.")]
Size = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Search = Annotated[str, Query(max_length=200, description="Words, or their beginnings.")]


class NobodyHere(Refusal):
    code = "music.nobody_here"
    status = 403
    text = _("This co-op does not know you yet. Nothing was changed; ask to join first.")


class TrackOut(Schema):
    """A track as everybody may see it. `state` is paid, free or withdrawn."""

    id: int
    title: str
    artist_id: int
    artist: str
    release_id: int | None
    release: str
    length_ms: int | None
    state: str


class TracksOut(Schema):
    """One page of tracks, and how many there are."""

    count: int
    tracks: list[TrackOut]


class ArtistOut(Schema):
    """An artist as everybody may see them."""

    id: int
    name: str
    tracks: int


class ArtistsOut(Schema):
    """One page of artists, and how many there are."""

    count: int
    artists: list[ArtistOut]


class NextOut(Schema):
    """What the next full play of a track would be for who asks; `outcome` is charged, own, free or owned."""

    track: TrackOut
    outcome: str
    step: int
    steps: int
    price: int
    left_to_own: int
    currency: str


class PlayIn(Schema):
    """A play. `event` is the player's own number of it; the Idempotency-Key stands in for it. `ms_played` is left
    out for a full play, `played_at` for now. `at_most` is the price that was shown, in micro-units."""

    track: Id
    event: Annotated[str, Field(min_length=1, max_length=180)] | None = None
    ms_played: Annotated[int, Field(ge=0, le=86_400_000)] | None = None
    played_at: api.Moment | None = None
    at_most: Annotated[int, Field(ge=0, le=LARGEST_ID)] | None = None


class PlayOut(Schema):
    """What a play came to. `step` of `steps` is 0 where it took none; amounts in micro-units."""

    play: int
    track: int
    outcome: str
    step: int
    steps: int
    price: int
    currency: str
    owned: bool
    balance: int


class HeardOut(Schema):
    """One play of one's own history."""

    play: int
    track: TrackOut
    happened_at: datetime
    outcome: str
    step: int
    steps: int
    charged: int
    currency: str


class HistoryOut(Schema):
    """One page of one's plays, newest first."""

    count: int
    plays: list[HeardOut]


class CollectedOut(Schema):
    """A track that is owned, or on the way to it."""

    track: TrackOut
    owned_since: datetime | None
    taken: int
    steps: int
    paid: int


class CollectionOut(Schema):
    """One page of a collection."""

    count: int
    tracks: list[CollectedOut]


class EarnedOut(Schema):
    """A track's plays and what they brought its artist."""

    track: TrackOut
    plays: int
    paid_plays: int
    earned: int


class EarningsOut(Schema):
    """What the co-op owes an artist now, and what each track brought."""

    artist: int
    name: str
    currency: str
    balance: int
    tracks: list[EarnedOut]


@router.get("/tracks", response=TracksOut, auth=None, summary="Find tracks")
def tracks(request: HttpRequest, q: Search = "", start: Start = 0, size: Size = 50) -> dict[str, Any]:
    """Return tracks by title, or those that the search finds."""
    found, count = queries.tracks(q, start=start, size=size)
    return {"count": count, "tracks": found}


@router.get("/artists", response=ArtistsOut, auth=None, summary="Find artists")
def artists(request: HttpRequest, q: Search = "", start: Start = 0, size: Size = 50) -> dict[str, Any]:
    """Return artists by name; `q` is the beginning of it."""
    found, count = queries.artists(q, start=start, size=size)
    return {"count": count, "artists": found}


@router.get("/tracks/{track}", response=NextOut, summary="A track, and the price of my next play")
def track(request: HttpRequest, track: int) -> dict[str, Any]:
    """Return a track and what the next full play of it would be for who asks."""
    actor, now, currency = api.actor(request), clock.now(), _currency(request)
    found = queries.track(track)
    if found is None:
        raise Http404
    own = actor.party is not None and actions.is_own(actor.party, found.artist_party, now)
    step = queries.next_play(found, listener=actor.party, own=own, terms=queries.terms(now, currency))
    if found.state == "withdrawn" and step.outcome != "owned":
        raise Http404
    return {
        "track": found,
        "outcome": step.outcome,
        "step": step.step,
        "steps": step.steps,
        "price": step.price,
        "left_to_own": step.left_to_own,
        "currency": currency,
    }


@router.post("/plays", response=PlayOut, summary="Record a play")
def record_play(request: HttpRequest, given: PlayIn) -> dict[str, Any]:
    """Record that who asks heard a track, and charge the step it takes. Told twice, a play counts once."""
    key = api.key(request)
    answer: dict[str, Any] = actions.record_play(
        actor=api.actor(request),
        now=clock.now(),
        key=key,
        listener=_party(request),
        track=given.track,
        event=f"api:{given.event or key}"[:200],
        ms_played=given.ms_played,
        played_at=given.played_at,
        at_most=given.at_most,
    )
    return answer


@router.get("/plays", response=HistoryOut, summary="My plays")
def plays(request: HttpRequest, start: Start = 0, size: Size = 50) -> dict[str, Any]:
    """Return who asks their own plays, newest first."""
    heard, count = queries.history(_party(request), start=start, size=size)
    return {
        "count": count,
        "plays": [
            {
                "play": each.id,
                "track": each.track,
                "happened_at": each.happened_at,
                "outcome": each.outcome,
                "step": each.step,
                "steps": each.steps,
                "charged": each.charged,
                "currency": each.currency,
            }
            for each in heard
        ],
    }


@router.get("/collection", response=CollectionOut, summary="My collection")
def collection(request: HttpRequest, owned: bool = True, start: Start = 0, size: Size = 50) -> dict[str, Any]:
    """Return the tracks that who asks owns, or (`owned=false`) is on the way to own."""
    found, count = queries.collection(_party(request), owned=owned, start=start, size=size)
    return {"count": count, "tracks": found}


@router.get("/earnings", response=EarningsOut, summary="My earnings as an artist")
def earnings(request: HttpRequest) -> dict[str, Any]:
    """Return what the co-op owes the artist who asks, read off the ledger, and what each track brought."""
    party, currency = _party(request), _currency(request)
    artist = queries.artist_of(party)
    if artist is None:
        raise Http404
    return {
        "artist": artist.id,
        "name": artist.name,
        "currency": currency,
        "balance": queries.artist_balance(party, currency) or 0,
        "tracks": queries.earned_by_track(artist.id, party, currency),
    }


def _party(request: HttpRequest) -> UUID:
    party = api.actor(request).party
    if party is None:
        raise NobodyHere()
    return party


def _currency(request: HttpRequest) -> str:
    coop: Coop = cast(Any, request).coop
    return coop.currency
