"""What can be looked up about music, split by noun; import this package, not its files."""

from __future__ import annotations

from .catalogue import (
    ArtistView,
    ReleaseView,
    TrackView,
    artist,
    artist_of,
    artists,
    releases,
    releases_of,
    track,
    tracks,
    tracks_by_id,
)
from .earnings import Earned, artist_balance, earned_by_track
from .imports import ImportView, imports
from .listening import (
    Collected,
    Heard,
    Next,
    Progress,
    Totals,
    collection,
    history,
    next_play,
    owns,
    plays_by_track,
    progress,
    totals,
)
from .terms import Terms, terms

__all__ = [
    "ArtistView",
    "Collected",
    "Earned",
    "Heard",
    "ImportView",
    "Next",
    "Progress",
    "ReleaseView",
    "Terms",
    "Totals",
    "TrackView",
    "artist",
    "artist_balance",
    "artist_of",
    "artists",
    "collection",
    "earned_by_track",
    "history",
    "imports",
    "next_play",
    "owns",
    "plays_by_track",
    "progress",
    "releases",
    "releases_of",
    "terms",
    "totals",
    "track",
    "tracks",
    "tracks_by_id",
]
