"""From bytes to records: gzip or plain, CSV in any delimiter, JSON lines or a JSON document.

A record is (line number, cells by our column names). Nothing here stops at a bad line: it is
handed on as a `Reject`, and the run goes on.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from .columns import Columns, UnreadableFile, plain_name, recognise

MOST_LINES_IN_A_RECORD = 20
LONGEST_RECORD = 64 * 1024
LONGEST_DOCUMENT_BYTES = 512 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_TEXT = (b"OggS", b"fLaC", b"RIFF", b"ID3", b"\xff\xfb", b"PK\x03\x04", b"%PDF", b"\x89PNG", b"SQLite format")
_UNREADABLE = (OSError, EOFError, zlib.error)


class Reject(NamedTuple):
    """A line that was not taken, and why."""

    line: int
    reason: str


class Record(NamedTuple):
    """The cells of one line under our names; what the file does not say is absent."""

    line: int
    cells: dict[str, str]


Progress = Callable[[int], None]


def records(path: Path, mapping: Mapping[str, str], progress: Progress) -> Iterator[Record | Reject]:
    """Yield every record of a listening file, in file order. `progress` is told the bytes read so far.

    Raises UnreadableFile where the file as a whole is of no use: missing, empty, not text, without
    the columns that are needed.
    """
    try:
        with path.open("rb") as raw:
            yield from _of_text(_as_text(raw), mapping, lambda: progress(raw.tell()))
    except gzip.BadGzipFile as broken:
        raise UnreadableFile(_("{file} is damaged: {why}.").format(file=path.name, why=broken)) from None
    except _UNREADABLE as broken:
        why = getattr(broken, "strerror", None) or str(broken)
        raise UnreadableFile(_("{file} cannot be read: {why}.").format(file=path.name, why=why)) from None


def _as_text(raw: IO[bytes]) -> IO[str]:
    head = raw.read(2)
    raw.seek(0)
    plain: Any = gzip.GzipFile(fileobj=raw) if head == _GZIP else raw
    buffered = io.BufferedReader(plain) if head == _GZIP else plain
    start = buffered.peek(4096)[:4096]
    encoding = "utf-16" if start[:2] in _UTF16 else "utf-8-sig"
    if encoding != "utf-16" and (start.startswith(_NOT_TEXT) or start.count(0) > max(20, len(start) // 20)):
        raise UnreadableFile(_("This is not a text file. Give a CSV, TSV or JSON listening file, plain or gzipped."))
    errors = "strict" if encoding == "utf-16" else "surrogateescape"
    return io.TextIOWrapper(buffered, encoding=encoding, errors=errors, newline="")


def _of_text(text: IO[str], mapping: Mapping[str, str], progress: Callable[[], None]) -> Iterator[Record | Reject]:
    lines = _Lines(text, progress)
    first = lines.first_with_text()
    if first is None:
        raise UnreadableFile(_("The file is empty."))
    if first.lstrip().startswith("{") and _is_json(first):
        yield from _json_lines(lines, mapping)
    elif first.lstrip()[0] in "[{":
        yield from _json_document(lines, mapping)
    else:
        yield from _table(lines, mapping)


class _Lines:
    """Physical lines with their numbers, and a way to push some back."""

    def __init__(self, text: IO[str], progress: Callable[[], None]) -> None:
        self._text = text
        self._progress = progress
        self._back: list[tuple[int, str]] = []
        self._number = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self

    def __next__(self) -> tuple[int, str]:
        if self._back:
            return self._back.pop()
        line = self._text.readline(4 * LONGEST_RECORD)
        if not line:
            raise StopIteration
        self._number += 1
        if self._number % 2000 == 0:
            self._progress()
        return self._number, line

    def push_back(self, lines: list[tuple[int, str]]) -> None:
        self._back += reversed(lines)

    def first_with_text(self) -> str | None:
        for number, line in self:
            if line.strip():
                self.push_back([(number, line)])
                return line
        return None


# -- tables -------------------------------------------------------------------------------------------------------------


def _table(lines: _Lines, mapping: Mapping[str, str]) -> Iterator[Record | Reject]:
    head = _head(lines)
    delimiter = _delimiter(head)
    header = next(csv.reader([head], delimiter=delimiter), [])
    while header and not header[-1].strip():
        header.pop()  # a delimiter at the end of each line names no column
    columns = recognise(header, mapping)
    for joined in _whole(lines, delimiter):
        if isinstance(joined, Reject):
            yield joined
        elif joined.text.strip(" \t\r\n,;|"):
            row = _row(joined, delimiter, columns)
            if isinstance(row, Reject) and joined.rest:
                # a stray quote has joined lines that do not belong together: only its own is refused
                lines.push_back(joined.rest)
                row = Reject(joined.line, _("a quote opens and never closes"))
            yield row


def _head(lines: _Lines) -> str:
    """Return the line that names the columns; a line `sep=;` before it, for spreadsheets, is skipped."""
    for joined in _whole(lines, ""):
        if isinstance(joined, Reject):
            raise UnreadableFile(_("The first line, which names the columns, cannot be read: {why}.").format(why=joined.reason))
        if not re.fullmatch(r"sep=.\s*", joined.text.strip("\ufeff")):
            return joined.text
    raise UnreadableFile(_("The file is empty."))


def _delimiter(header: str) -> str:
    bare = re.sub(r'"[^"]*"', "", header)
    return max(",\t;|", key=bare.count)


def _row(joined: _Joined, delimiter: str, columns: Columns) -> Record | Reject:
    try:
        # a cell over several lines must close properly; within one line a stray quote is a letter like any other
        cells = next(csv.reader([joined.text], delimiter=delimiter, strict=bool(joined.rest)), [])
    except csv.Error as broken:
        return Reject(joined.line, _("the line cannot be read: {why}").format(why=broken))
    while len(cells) > columns.width and not cells[-1].strip():
        cells.pop()
    if len(cells) != columns.width:
        return Reject(joined.line, _("{cells} columns, the header has {width}").format(cells=len(cells), width=columns.width))
    found = {ours: cells[place].strip() for ours, place in columns.places.items()}
    if columns.clock is not None:
        found["played_at"] = f"{found['played_at']} {cells[columns.clock].strip()}"
    return Record(joined.line, found)


class _Joined(NamedTuple):
    """A record's text from its first line on; `rest` are the further lines it was joined from."""

    line: int
    text: str
    rest: list[tuple[int, str]] | None = None


def _whole(lines: _Lines, delimiter: str) -> Iterator[_Joined | Reject]:
    """Join physical lines into records where a quoted cell holds a line break.

    A quote that never closes would swallow the rest of the file: then only its own line is refused.
    """
    for number, line in lines:
        if '"' not in line or not _open_quote(line, delimiter):
            yield _Joined(number, line)
            continue
        taken, text = [], line
        for more in lines:
            taken.append(more)
            text += more[1]
            if not _open_quote(text, delimiter):
                yield _Joined(number, text, taken)
                break
            if len(taken) >= MOST_LINES_IN_A_RECORD or len(text) > LONGEST_RECORD:
                lines.push_back(taken)
                yield Reject(number, _("a quote opens and never closes"))
                break
        else:
            lines.push_back(taken)
            yield Reject(number, _("a quote opens and never closes"))


def _open_quote(text: str, delimiter: str) -> bool:
    """Tell whether a record ends inside quotes: a quote counts where a cell begins, and doubled inside one."""
    opens = re.compile(rf'(?:^|[{re.escape(delimiter)}])"' if delimiter else r'(?:^|[,\t;|])"')
    place = 0
    while found := opens.search(text, place):
        place = found.end()
        while (place := text.find('"', place)) != -1 and text[place : place + 2] == '""':
            place += 2
        if place == -1:
            return True
    return False


# -- JSON -------------------------------------------------------------------------------------------------------------


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _json_lines(lines: _Lines, mapping: Mapping[str, str]) -> Iterator[Record | Reject]:
    known: dict[tuple[str, ...], Columns | None] = {}
    for number, line in lines:
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            yield Reject(number, _("not a line of JSON"))
            continue
        inner = _listens_in(found)
        for listen in [found] if inner is None else inner:
            yield _from_json(number, listen, mapping, known)


def _json_document(lines: _Lines, mapping: Mapping[str, str]) -> Iterator[Record | Reject]:
    text = "".join(line for _number, line in lines)
    if len(text) > LONGEST_DOCUMENT_BYTES:
        raise UnreadableFile(_("One JSON document of this size cannot be read. Write one listen a line (JSON lines) instead."))
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise UnreadableFile(_("The file begins like JSON and is not: {why}.").format(why=broken)) from None
    listens = whole if isinstance(whole, list) else _listens_in(whole)
    if listens is None:
        listens = [whole]
    known: dict[tuple[str, ...], Columns | None] = {}
    for place, listen in enumerate(listens, start=1):
        yield _from_json(place, listen, mapping, known)


def _listens_in(found: Any) -> list[Any] | None:
    payload = found.get("payload", found) if isinstance(found, dict) else None
    listens = payload.get("listens") if isinstance(payload, dict) else payload
    return listens if isinstance(listens, list) else None


def _from_json(
    number: int, listen: Any, mapping: Mapping[str, str], known: dict[tuple[str, ...], Columns | None]
) -> Record | Reject:
    if not isinstance(listen, dict):
        return Reject(number, _("not a listen"))
    flat = _flat(listen)
    names = tuple(flat)
    if names not in known:
        try:
            known[names] = recognise(names, {t: o for t, o in mapping.items() if plain_name(t) in map(plain_name, names)})
        except UnreadableFile as missing:
            if not any(known.values()):
                raise
            known[names] = None
            return Reject(number, str(missing.data["why"]))
    columns = known[names]
    if columns is None:
        return Reject(number, _("the line lacks a needed field"))
    values = list(flat.values())
    return Record(number, {ours: values[place] for ours, place in columns.places.items() if values[place] != ""})


def _flat(listen: dict[str, Any]) -> dict[str, str]:
    """Lay a nested listen flat: ListenBrainz keeps the track's data in track_metadata and additional_info."""
    flat: dict[str, str] = {}
    for key, value in listen.items():
        if isinstance(value, dict) and key in ("track_metadata", "additional_info"):
            for inner, found in _flat(value).items():
                flat.setdefault(inner, found)
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            flat[key] = str(value).strip()
        elif value is None:
            flat[key] = ""
    return flat
