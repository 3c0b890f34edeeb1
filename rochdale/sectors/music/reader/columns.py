"""Which column means what: names are recognised in any case and in the spellings that exporters use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.shared.refusals import Refusal

from .values import shown

KNOWN: dict[str, tuple[str, ...]] = {
    "listener": (
        "listener",
        "listener_id",
        "listener_name",
        "user",
        "user_name",
        "username",
        "user_id",
        "userid",
        "station",
        "callsign",
        "call_sign",
        "member",
        "account",
        "profile",
    ),
    "played_at": (
        "played_at",
        "listened_at",
        "uts",
        "unix_time",
        "unix_timestamp",
        "timestamp",
        "ts",
        "utc_time",
        "ended_at",
        "end_time",
        "event_end_timestamp",
        "started_at",
        "start_time",
        "scrobbled_at",
        "scrobble_time",
        "played_on",
        "played_time",
        "datetime",
        "date_time",
        "when",
        "date",
        "time",
    ),
    "artist": (
        "artist",
        "artist_name",
        "master_metadata_album_artist_name",
        "artist_clean",
        "artname",
        "track_artist",
        "performer",
        "creator",
        "band",
        "album_artist",
        "artists",
    ),
    "track": (
        "track",
        "track_name",
        "master_metadata_track_name",
        "track_title",
        "song_clean",
        "traname",
        "content_name",
        "song",
        "song_name",
        "song_title",
        "title",
        "recording",
        "recording_name",
        "name",
    ),
    "album": (
        "album",
        "album_name",
        "master_metadata_album_album_name",
        "release",
        "release_name",
        "release_title",
        "album_title",
        "record",
    ),
    "ms_played": (
        "ms_played",
        "msplayed",
        "played_ms",
        "ms_listened",
        "listened_ms",
        "duration_played",
        "duration_played_ms",
        "played_duration_ms",
        "play_duration_ms",
        "play_duration_milliseconds",
        "milliseconds_played",
        "time_played_ms",
    ),
    "seconds_played": (
        "seconds_played",
        "secs_played",
        "s_played",
        "played_seconds",
        "seconds_listened",
        "listened_seconds",
        "listening_time",
        "duration_played_seconds",
        "time_played_seconds",
    ),
    "play_id": ("play_id", "playid", "event_id", "eventid", "scrobble_id", "listen_id", "unique_id"),
    "length_ms": ("length_ms", "duration_ms", "track_length_ms", "track_duration_ms"),
}
"""Our names, each with what it is called elsewhere; the first that is found wins. A column called only
"id" is left out on purpose (it is as often the track's), and "duration_ms" is how long the track is, not
how long it was heard."""
NEEDED = ("played_at", "artist", "track")


class UnreadableFile(Refusal):
    """The file as a whole cannot be read as listening."""

    code = "music.unreadable_file"
    status = 422
    text = gettext_lazy("{why} Nothing was imported.")

    def __init__(self, why: str) -> None:
        super().__init__(why=why)


def plain_name(given: str) -> str:
    """Write a column's name in one way: "msPlayed", "Ms Played" and "MS-PLAYED" are ms_played."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", given.strip().lstrip("\ufeff").strip("\"' "))
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


@dataclass(frozen=True, slots=True)
class Columns:
    """For each of our names the place of its column, and how many columns there are; `clock` is a time of
    day that stands apart from its date."""

    places: dict[str, int]
    width: int
    clock: int | None = None


def recognise(header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """Find our columns in a header. `mapping` says theirs=ours and goes first.

    Raises UnreadableFile when a needed column is missing, naming those found, and when the mapping
    names a column that is not there or a name that is not ours.
    """
    found = [plain_name(name) for name in header]
    places = _mapped(found, header, mapping)
    for ours, names in KNOWN.items():
        hit = next((found.index(name) for name in names if name in found), None)
        if ours not in places and hit is not None and hit not in places.values():
            places[ours] = hit
    missing = [ours for ours in NEEDED if ours not in places]
    if missing:
        raise UnreadableFile(_missing_text(missing, header))
    return Columns(places, len(header), _clock(found, places))


def _mapped(found: Sequence[str], header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for theirs, ours in mapping.items():
        if ours not in KNOWN:
            raise UnreadableFile(
                _("--map {theirs}={ours}: “{ours}” is not a column we use. Ours are: {known}.").format(
                    theirs=theirs, ours=ours, known=", ".join(KNOWN)
                )
            )
        if plain_name(theirs) not in found:
            raise UnreadableFile(
                _("--map {theirs}={ours}: the file has no column “{theirs}”. It has: {found}.").format(
                    theirs=theirs, ours=ours, found=_listed(header)
                )
            )
        places[ours] = found.index(plain_name(theirs))
    return places


def _clock(found: Sequence[str], places: Mapping[str, int]) -> int | None:
    """Return the place of a "time" column that completes a "date" column."""
    is_date = found[places["played_at"]] in ("date", "played_on")
    place = found.index("time") if is_date and "time" in found else None
    return None if place in places.values() else place


def _missing_text(missing: Sequence[str], header: Sequence[str]) -> str:
    return _(
        "This does not look like a listening file: no column for {missing}. Found: {found}. "
        "If a column has another name, say so with --map theirs=ours, for example --map Heard={example}."
    ).format(missing=", ".join(missing), found=_listed(header), example=missing[0])


def _listed(header: Sequence[str]) -> str:
    names = [shown(name.strip()) for name in header[:30] if name.strip()]
    return ", ".join(names) if names else _("nothing")
