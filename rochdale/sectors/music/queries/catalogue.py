"""The catalogue: artists, releases and tracks. Withdrawn tracks are shown only to who owns them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Q, QuerySet

from rochdale.sectors.music import rules
from rochdale.sectors.music.models import Artist, Release, Track

MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class TrackView:
    """A track as everybody may see it."""

    id: int
    title: str
    artist_id: int
    artist: str
    artist_party: UUID
    release_id: int | None
    release: str
    length_ms: int | None
    state: str


@dataclass(frozen=True, slots=True)
class ArtistView:
    """An artist as everybody may see them; `party` is where their money goes."""

    id: int
    name: str
    party: UUID
    imported: bool
    tracks: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A release with its tracks, in the order they were added."""

    id: int
    title: str
    kind: str
    released_on: date | None
    tracks: tuple[TrackView, ...]


def tracks(search: str = "", *, start: int = 0, size: int = 50) -> tuple[list[TrackView], int]:
    """Return one page of tracks, by title, and how many there are. `search` finds words (or their
    beginnings) of title, artist and release, in any order, without regard to case and accents."""
    found = _matching(search)
    rows = found.select_related("artist", "release").order_by("sort_key", "id")[start : start + size]
    return [_view(row) for row in rows], found.count()


def _matching(search: str) -> QuerySet[Track]:
    offered = Track.objects.exclude(state="withdrawn")
    words = rules.words_of(search).split()[:MOST_WORDS]
    if not words:
        return offered.none() if search.strip() else offered
    wanted = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    return offered.annotate(found=SearchVector("words", config="simple")).filter(found=wanted)


def track(track: int) -> TrackView | None:
    """Return a track, withdrawn ones too; None where there is none."""
    row = Track.objects.select_related("artist", "release").filter(pk=track).first()
    return _view(row) if row else None


def tracks_by_id(wanted: list[int]) -> dict[int, TrackView]:
    """Return many tracks by their ids."""
    rows = Track.objects.select_related("artist", "release").filter(pk__in=wanted)
    return {row.pk: _view(row) for row in rows}


def artists(search: str = "", *, start: int = 0, size: int = 50) -> tuple[list[ArtistView], int]:
    """Return one page of artists by name, and how many there are; `search` is the beginning of a name."""
    found = Artist.objects.all()
    if search.strip():
        found = found.filter(sort_key__startswith=rules.sort_key(search.replace("\0", "")))
    offered = Count("track", filter=~Q(track__state="withdrawn"))
    rows = found.annotate(offered=offered).order_by("sort_key", "id")[start : start + size]
    return [ArtistView(row.pk, row.name, row.party, row.imported, row.offered) for row in rows], found.count()


def artist(artist: int) -> ArtistView | None:
    """Return an artist, or None."""
    return _artist(Artist.objects.filter(pk=artist).first())


def artist_of(party: UUID) -> ArtistView | None:
    """Return the artist a party is, or None."""
    return _artist(Artist.objects.filter(party=party).first())


def _artist(row: Artist | None) -> ArtistView | None:
    return ArtistView(row.pk, row.name, row.party, row.imported) if row else None


def releases(artist: int, *, with_withdrawn: bool = False) -> list[ReleaseView]:
    """Return an artist's releases, newest first, each with its tracks; tracks without a release stand in one without a title."""
    rows = Track.objects.select_related("artist", "release").filter(artist=artist).order_by("id")
    if not with_withdrawn:
        rows = rows.exclude(state="withdrawn")
    by_release: dict[int | None, list[TrackView]] = {}
    for row in rows:
        by_release.setdefault(row.release_id, []).append(_view(row))
    found = [
        ReleaseView(row.pk, row.title, row.kind, row.released_on, tuple(by_release[row.pk]))
        for row in Release.objects.filter(artist=artist).order_by("-released_on", "-id")
        if row.pk in by_release
    ]
    loose = by_release.get(None)
    return [*found, ReleaseView(0, "", "single", None, tuple(loose))] if loose else found


def releases_of(artist: int) -> list[tuple[int, str]]:
    """Return the id and title of each release of an artist, for a choice in a form."""
    return list(Release.objects.filter(artist=artist).order_by("title_key").values_list("id", "title"))


def _view(row: Track) -> TrackView:
    return TrackView(
        id=row.pk,
        title=row.title,
        artist_id=row.artist_id,
        artist=row.artist.name,
        artist_party=row.artist.party,
        release_id=row.release_id,
        release=row.release.title if row.release else "",
        length_ms=row.length_ms,
        state=row.state,
    )
