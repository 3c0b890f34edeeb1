"""What a listener played, paid and owns. Callers ask for the listener's own only (or through the studio, for sums)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, Sum

from rochdale.sectors.music import rules
from rochdale.sectors.music.models import Ownership, Play, Track

from .catalogue import TrackView, tracks_by_id
from .terms import Terms


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a listener stands with a track: steps taken, owned or not."""

    taken: int = 0
    owned: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """What the next full play of a track would be: its step of how many, its price, what is left until it is owned."""

    outcome: rules.Outcome
    step: int
    steps: int
    price: int
    left_to_own: int


@dataclass(frozen=True, slots=True)
class Collected:
    """A track in somebody's collection: owned since, or on the way."""

    track: TrackView
    taken: int
    paid: int
    owned_since: datetime | None
    steps: int


@dataclass(frozen=True, slots=True)
class Heard:
    """One play of one's own history."""

    id: int
    track: TrackView
    happened_at: datetime
    outcome: str
    step: int
    steps: int
    charged: int
    currency: str
    posting: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """A listener's use of the service: plays, what they cost together, tracks owned."""

    plays: int
    paid: int
    owned: int


def progress(listener: UUID, tracks: Collection[int]) -> dict[int, Progress]:
    """Return where a listener stands with each of these tracks; untouched ones at the start."""
    taken = dict(
        Play.objects.filter(listener=listener, track__in=tracks, nth__gt=0)
        .values_list("track")
        .annotate(most=Max("nth"))
        .values_list("track", "most")
    )
    owned = set(Ownership.objects.filter(listener=listener, track__in=tracks).values_list("track", flat=True))
    return {track: Progress(taken.get(track, 0), track in owned) for track in tracks}


def next_play(track: TrackView, *, listener: UUID | None, own: bool, terms: Terms) -> Next:
    """Return what the next full play would cost this listener; a visitor is told the first step."""
    here = progress(listener, [track.id])[track.id] if listener else Progress()
    verdict = rules.judge(
        full_play=True, own=own, owned=here.owned, free=track.state == "free", taken=here.taken, ladder=terms.ladder
    )
    left = 0 if verdict.outcome != "charged" else rules.left_to_own(here.taken, terms.ladder)
    return Next(verdict.outcome, verdict.nth, len(terms.ladder), verdict.price, left)


def collection(listener: UUID, *, owned: bool, start: int = 0, size: int = 50) -> tuple[list[Collected], int]:
    """Return one page of what a listener owns (`owned`), newest first, or is on the way to own, furthest first; and how many."""
    if owned:
        mine = Ownership.objects.filter(listener=listener)
        rows = list(mine.order_by("-since", "-id").values_list("track", "since")[start : start + size])
        return _collected(listener, dict(rows)), mine.count()
    since: dict[int, datetime | None]
    not_owned = Play.objects.filter(listener=listener, nth__gt=0).exclude(
        track__in=Ownership.objects.filter(listener=listener).values("track")
    )
    on_the_way = not_owned.values("track").annotate(most=Max("nth"))
    since = {row["track"]: None for row in on_the_way.order_by("-most", "track")[start : start + size]}
    return _collected(listener, since), on_the_way.count()


def _collected(listener: UUID, since: dict[int, datetime] | dict[int, datetime | None]) -> list[Collected]:
    tracks = tracks_by_id(list(since))
    sums = {
        row["track"]: row
        for row in Play.objects.filter(listener=listener, track__in=list(since), nth__gt=0)
        .values("track")
        .annotate(most=Max("nth"), paid=Sum("charged"), steps=Max("steps"))
    }
    nothing = {"most": 0, "paid": 0, "steps": 0}
    return [
        Collected(
            track=tracks[track],
            taken=sums.get(track, nothing)["most"],
            paid=sums.get(track, nothing)["paid"],
            owned_since=moment,
            steps=sums.get(track, nothing)["steps"],
        )
        for track, moment in since.items()
    ]


def history(listener: UUID, *, start: int = 0, size: int = 50) -> tuple[list[Heard], int]:
    """Return one page of a listener's plays, newest first, and how many there are."""
    mine = Play.objects.filter(listener=listener)
    rows = list(mine.order_by("-happened_at", "-id")[start : start + size])
    tracks = tracks_by_id([row.track_id for row in rows])
    return [
        Heard(
            row.pk, tracks[row.track_id], row.happened_at, row.outcome, row.nth, row.steps, row.charged, row.currency, row.posting
        )
        for row in rows
    ], mine.count()


def totals(listener: UUID, *, since: datetime | None = None) -> Totals:
    """Return a listener's full plays and what they paid since a moment, and how many tracks they own."""
    mine = Play.objects.filter(listener=listener)
    if since is not None:
        mine = mine.filter(happened_at__gte=since)
    summed = mine.aggregate(plays=Count("id", filter=~Q(outcome="short")), paid=Sum("charged"))
    return Totals(summed["plays"], summed["paid"] or 0, Ownership.objects.filter(listener=listener).count())


def owns(listener: UUID, track: int) -> bool:
    """Tell whether a track is this listener's."""
    return Ownership.objects.filter(listener=listener, track=track).exists()


def plays_by_track(artist: int) -> dict[int, tuple[int, int]]:
    """Return for each track of an artist the full plays and how many of them were paid."""
    rows = (
        Play.objects.filter(track__in=Track.objects.filter(artist=artist).values("id"))
        .values("track")
        .annotate(full=Count("id", filter=~Q(outcome="short")), paid=Count("id", filter=Q(outcome="charged")))
    )
    return {row["track"]: (row["full"], row["paid"]) for row in rows}
