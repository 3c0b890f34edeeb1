"""The catalogue that a listening file implies: artists, releases and tracks found by name, or entered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from rochdale.sectors.music import rules
from rochdale.sectors.music.models import Artist, Release, Track
from rochdale.sectors.music.reader import Line
from rochdale.shared.actor import Actor

from .import_people import parties

Named = tuple[str, str]
"""An artist's and a title's key."""

ADD_ARTISTS = """
INSERT INTO music_artist (party, name, name_key, sort_key, imported, added_at)
SELECT g.party, g.name, g.name_key, g.sort_key, true, %s
FROM json_to_recordset(%s) AS g (party uuid, name text, name_key text, sort_key text)
ON CONFLICT DO NOTHING
"""
ADD_RELEASES = """
INSERT INTO music_release (artist_id, title, title_key, kind, added_at)
SELECT g.artist, g.title, g.title_key, 'album', %s
FROM json_to_recordset(%s) AS g (artist bigint, title text, title_key text)
ON CONFLICT DO NOTHING
"""
ADD_TRACKS = """
INSERT INTO music_track (artist_id, release_id, title, title_key, sort_key, words, length_ms, state, added_at)
SELECT g.artist, g.release, g.title, g.title_key, g.sort_key, g.words, g.length_ms, 'paid', %s
FROM json_to_recordset(%s) AS g (
    artist bigint, release bigint, title text, title_key text, sort_key text, words text, length_ms integer
)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A track as the import needs it."""

    id: int
    party: UUID
    state: str


def tracks(lines: Sequence[Line], *, actor: Actor, now: datetime, key: str) -> dict[int, Known]:
    """Return the track of each line, by the line's number; what the catalogue lacks is entered.

    A track is told by the names of artist and track, whatever release the line names.
    """
    keys = _Keys()
    wanted: dict[Named, Line] = {}
    for line in lines:
        wanted.setdefault((keys.of(line.artist), keys.of(line.track)), line)
    artists = _artists({named[0]: line.artist for named, line in wanted.items()}, actor=actor, now=now, key=key)
    found = _found(artists, wanted)
    new = {named: line for named, line in wanted.items() if named not in found}
    if new:
        _enter(new, artists, keys, now)
        found |= _found(artists, new)
    return {line.number: found[keys.of(line.artist), keys.of(line.track)] for line in lines}


class _Keys:
    """Name keys, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        key = self._known.get(name)
        if key is None:
            key = self._known[name] = rules.name_key(name)
        return key


def _artists(names: Mapping[str, str], *, actor: Actor, now: datetime, key: str) -> dict[str, Artist]:
    found = _artists_found(names)
    new = sorted(set(names) - set(found))
    if not new:
        return found
    made = parties(len(new), actor=actor, now=now, key=key)
    rows = [
        {"party": str(party), "name": names[key], "name_key": key, "sort_key": rules.sort_key(names[key])}
        for key, party in zip(new, made, strict=True)
    ]
    _add(ADD_ARTISTS, rows, now)
    return found | _artists_found(new)


def _artists_found(names: Iterable[str]) -> dict[str, Artist]:
    return {row.name_key: row for row in Artist.objects.filter(name_key__in=list(names))}


def _found(artists: Mapping[str, Artist], wanted: Iterable[Named]) -> dict[Named, Known]:
    by_id = {artist.pk: artist for artist in artists.values()}
    titles = {title for _artist, title in wanted}
    rows = Track.objects.filter(artist__in=list(by_id), title_key__in=titles).values_list("id", "artist_id", "title_key", "state")
    return {(by_id[artist].name_key, title): Known(track, by_id[artist].party, state) for track, artist, title, state in rows}


def _enter(new: Mapping[Named, Line], artists: Mapping[str, Artist], keys: _Keys, now: datetime) -> None:
    releases = _releases({(named[0], keys.of(line.album)): line for named, line in new.items() if line.album}, artists, now)
    rows = [
        {
            "artist": artists[artist].pk,
            "release": releases.get((artist, keys.of(line.album))) if line.album else None,
            "title": line.track,
            "title_key": title,
            "sort_key": rules.sort_key(line.track),
            "words": rules.words_of(line.track, artists[artist].name, line.album),
            "length_ms": line.length_ms,
        }
        for (artist, title), line in sorted(new.items())
    ]
    _add(ADD_TRACKS, rows, now)


def _releases(albums: Mapping[Named, Line], artists: Mapping[str, Artist], now: datetime) -> dict[Named, int]:
    rows = [
        {"artist": artists[artist].pk, "title": line.album, "title_key": title}
        for (artist, title), line in sorted(albums.items())
    ]
    if not rows:
        return {}
    _add(ADD_RELEASES, rows, now)
    by_id = {artists[artist].pk: artist for artist, _title in albums}
    found = Release.objects.filter(artist__in=list(by_id), title_key__in={title for _artist, title in albums})
    return {(by_id[row.artist_id], row.title_key): row.pk for row in found}


def _add(statement: str, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Enter rows in one statement; what somebody else has just entered stays theirs."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, json.dumps(rows, ensure_ascii=False)])
