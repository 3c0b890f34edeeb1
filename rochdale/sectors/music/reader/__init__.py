"""Reads listening files of many makes into one kind of line. Pure: no database.

`read(path)` returns every line in the order it was heard. Formats, column names and what is
refused are described in the module's README.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import values
from .columns import UnreadableFile, recognise
from .records import Progress, Record, Reject, records
from .values import BadLine

_LISTENER, _ARTIST, _TRACK, _PLAY_ID = (
    gettext_lazy("listener"),
    gettext_lazy("artist"),
    gettext_lazy("track"),
    gettext_lazy("play's id"),
)

__all__ = ["Line", "Listening", "Reject", "UnreadableFile", "read", "recognise"]


@dataclass(frozen=True, slots=True)
class Line:
    """One play as a file tells it. `ms_played` is None where the file does not say; `play_id` is empty then too."""

    number: int
    listener: str
    played_at: datetime
    artist: str
    track: str
    album: str = ""
    ms_played: int | None = None
    length_ms: int | None = None
    play_id: str = ""


@dataclass(slots=True)
class Listening:
    """A whole file: its plays in the order they were heard, what was refused, and what the reader should know."""

    lines: list[Line] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    naive_times: int = 0
    with_play_time: int = 0
    listeners_named: bool = True

    @property
    def read(self) -> int:
        return len(self.lines) + len(self.rejects)


def read(
    path: Path,
    *,
    now: datetime,
    mapping: Mapping[str, str] | None = None,
    listener: str = "listener",
    progress: Progress | None = None,
) -> Listening:
    """Read a listening file; plays come back sorted by time, equal times in the order of the file.

    `listener` names whose plays they are where the file does not. Takes about 300 bytes of memory a
    line. Raises UnreadableFile where the file as a whole is of no use; single bad lines become rejects.
    """
    listening = Listening()
    same: dict[str, str] = {}
    for found in records(path, mapping or {}, progress or _unheard):
        if isinstance(found, Reject):
            listening.rejects.append(found)
            continue
        try:
            listening.lines.append(_line(found, listening, same, now=now, listener=listener))
        except BadLine as bad:
            listening.rejects.append(Reject(found.line, str(bad)))
    listening.lines.sort(key=attrgetter("played_at", "number"))
    listening.rejects.sort()
    return listening


def _unheard(read_bytes: int) -> None:
    """Progress nobody asked for."""


def _line(record: Record, listening: Listening, same: dict[str, str], *, now: datetime, listener: str) -> Line:
    cells = record.cells
    when = cells.get("played_at", "")
    played_at = values.moment(when, now)
    line = Line(
        number=record.line,
        listener=_once(same, _listener(cells, listening, listener)),
        played_at=played_at,
        artist=_once(same, values.name(cells.get("artist", ""), _ARTIST)),
        track=_once(same, values.name(cells.get("track", ""), _TRACK)),
        album=_once(same, _optional_name(cells.get("album", ""))),
        ms_played=_ms_played(cells),
        length_ms=_length(cells),
        play_id=_play_id(cells),
    )
    listening.naive_times += values.has_no_zone(when)
    listening.with_play_time += line.ms_played is not None
    return line


def _once(same: dict[str, str], text: str) -> str:
    """Keep one copy of each text: a year of listening names the same artists again and again."""
    return same.setdefault(text, text)


def _listener(cells: Mapping[str, str], listening: Listening, otherwise: str) -> str:
    if "listener" not in cells:
        listening.listeners_named = False
        return values.name(otherwise, _LISTENER)
    return values.name(cells["listener"], _LISTENER)


def _optional_name(text: str) -> str:
    try:
        return values.name(text, "") if text else ""
    except BadLine:
        return ""  # an album's name is told for comfort only; a broken one costs nobody their play


def _ms_played(cells: Mapping[str, str]) -> int | None:
    if "ms_played" in cells:
        return values.milliseconds(cells["ms_played"])
    if "seconds_played" in cells:
        return values.milliseconds(cells["seconds_played"], per=1000)
    return None


def _length(cells: Mapping[str, str]) -> int | None:
    try:
        found = values.milliseconds(cells["length_ms"]) if cells.get("length_ms") else None
    except BadLine:
        return None
    return found or None


def _play_id(cells: Mapping[str, str]) -> str:
    found = cells.get("play_id", "")
    if len(found) > values.LONGEST_ID:
        raise BadLine(_("the play's id is longer than {most} letters").format(most=values.LONGEST_ID))
    return values.name(found, _PLAY_ID) if found else ""


def numbered(lines: list[Line], size: int) -> Iterator[tuple[int, list[Line]]]:
    """Cut the lines into numbered chunks, the first being 1."""
    for start in range(0, len(lines), size):
        yield start // size + 1, lines[start : start + size]
