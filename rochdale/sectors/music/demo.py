"""Self-made artists, releases, tracks and listening habits, all from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST = (
    "Amber", "Basalt", "Cedar", "Delta", "Ember", "Fallow", "Gentian", "Harbour", "Indigo", "Juniper", "Kestrel", "Lantern",
    "Meadow", "Nimbus", "Orchard", "Pewter", "Quarry", "Rowan", "Saltmarsh", "Thistle", "Umber", "Velvet", "Willow", "Zephyr",
)  # fmt: skip
_SECOND = (
    "Assembly", "Brass", "Choir", "Division", "Echo", "Fiddlers", "Gardens", "Holiday", "Institute", "Junction", "Kitchen",
    "Letters", "Machines", "Neighbours", "Orchestra", "Parade", "Quartet", "Radio", "Signals", "Trio", "Union", "Weavers",
)  # fmt: skip
_MOOD = (
    "Early", "Slow", "Borrowed", "Paper", "Quiet", "Northern", "Seventh", "Open", "Winter", "Copper", "Second", "Tidal",
    "Weekday", "Unsent", "Gentle", "Crooked", "Last", "Common", "Bright", "Hidden",
)  # fmt: skip
_THING = (
    "Light", "Bridge", "Letter", "Harvest", "Window", "Ferry", "Clock", "River", "Market", "Lamp", "Stair", "Orchard",
    "Signal", "Weather", "Kitchen", "Road", "Mirror", "Anchor", "Song", "Table",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MadeTrack:
    """A track of the demo's own making."""

    title: str
    length_ms: int


@dataclass(frozen=True, slots=True)
class MadeRelease:
    """A release of the demo's own making."""

    title: str
    kind: str
    tracks: tuple[MadeTrack, ...]


@dataclass(frozen=True, slots=True)
class MadeArtist:
    """An artist of the demo's own making."""

    name: str
    releases: tuple[MadeRelease, ...]


@dataclass(frozen=True, slots=True)
class MadePlay:
    """One play of a listener: which track (by its place in the whole catalogue), when, how long."""

    listener: int
    track: int
    at: datetime
    ms_played: int
    event: str


def artists(seed: int, count: int) -> list[MadeArtist]:
    """Return so many artists with one to three releases each; the same seed gives the same ones. At most 528."""
    dice = random.Random(seed)  # noqa: S311  # a demo must be repeatable, not secret
    names = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    return [_artist(dice, name) for name in dice.sample(names, count)]


def _artist(dice: random.Random, name: str) -> MadeArtist:
    titles = [f"{mood} {thing}" for mood in _MOOD for thing in _THING]
    dice.shuffle(titles)
    releases = []
    for _number in range(dice.randint(1, 3)):
        kind, size = dice.choice((("album", 9), ("ep", 4), ("single", 1)))
        tracks = tuple(MadeTrack(titles.pop(), dice.randrange(120, 360) * 1000) for _track in range(size))
        releases.append(MadeRelease(tracks[0].title if kind == "single" else titles.pop(), kind, tracks))
    return MadeArtist(name, tuple(releases))


def habits(
    seed: int, *, listeners: int, tracks: int, start: datetime, days: int, plays_per_day: float = 4.0
) -> Iterator[MadePlay]:
    """Yield plays in the order of time: each listener has a few favourites, comes back to them, and skips now and then."""
    dice = random.Random(seed)  # noqa: S311  # a demo must be repeatable, not secret
    favourites = [dice.sample(range(tracks), min(tracks, dice.randint(4, 12))) for _listener in range(listeners)]
    for day in range(days):
        heard = sorted(_day(dice, favourites, tracks, start + timedelta(days=day), plays_per_day), key=lambda play: play[0])
        for place, (at, listener, track, ms_played) in enumerate(heard):
            yield MadePlay(listener, track, at, ms_played, f"demo-{seed}-{day}-{place}")


def _day(
    dice: random.Random, favourites: list[list[int]], tracks: int, day: datetime, plays_per_day: float
) -> Iterator[tuple[datetime, int, int, int]]:
    for listener, loved in enumerate(favourites):
        for _play in range(min(40, int(dice.expovariate(1 / plays_per_day)))):
            track = dice.choice(loved) if dice.random() < 0.7 else dice.randrange(tracks)
            skipped = dice.random() < 0.12
            ms_played = dice.randrange(3, 44) * 1000 if skipped else dice.randrange(120, 300) * 1000
            yield day + timedelta(seconds=dice.randrange(7 * 3600, 23 * 3600)), listener, track, ms_played
