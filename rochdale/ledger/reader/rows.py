"""Comma, semicolon or tab separated files: their head, and their rows with the lines they stand on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from . import sources
from .found import UnreadableFile

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 200
MOST_TITLES = 20
"""Lines above the head among which titles (a report's name, its period) are looked for."""
TOTALS = frozenset({
    "total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "somme", "totaux", "total general",
    "suma", "totale", "totaal", "report total", "trial balance total",
})  # fmt: skip
"""What a row of sums is called; such rows are no bookings, and are left aside with a note."""
REJECT_COLUMNS = ("reject_line", "reject_reason")


@dataclass(frozen=True, slots=True)
class Head:
    """The first row: what the columns are called, what separates them, and on which line it stands (0: there is none)."""

    names: tuple[str, ...]
    delimiter: str
    line: int


def head(source: sources.Source, delimiter: str = "") -> Head:
    """Return the head of a file: its first row, below titles of one cell such as reports have. Refuses a file without one."""
    title: Head | None = None
    for number, text in sources.lines(source):
        if number == 1 and text.lower().startswith("sep=") and len(text.strip()) == 5:
            delimiter = delimiter or text.strip()[4]
        elif text.strip(" ,;\t|"):
            found = _head(source, number, text, delimiter)
            if sum(map(bool, found.names)) > 1:
                return found
            title = title or found
        if number > MOST_TITLES:
            break
    if title is None:
        raise UnreadableFile(file=source.name, why=_("it has no line with the names of its columns."))
    return title


def _head(source: sources.Source, number: int, text: str, delimiter: str) -> Head:
    chosen = delimiter or max(DELIMITERS, key=lambda sign: _outside_quotes(text).count(sign))
    names = next(csv.reader([text], delimiter=chosen), [])
    if len(names) > MOST_COLUMNS:
        raise UnreadableFile(file=source.name, why=_("it has more than {most} columns.").format(most=MOST_COLUMNS))
    return Head(tuple(name.strip() for name in names), chosen, number)


def is_total(cells: Sequence[str]) -> bool:
    """Say whether a row is a sum of the rows above it, by the word that its first filled cell consists of."""
    first = next((cell for cell in cells if cell), "")
    return re.sub(r"[^a-z ]", "", first.lower()).strip() in TOTALS


def _outside_quotes(text: str) -> str:
    return "".join(text.split('"')[::2])


def read(source: sources.Source, found: Head) -> Iterator[tuple[int, list[str]]]:
    """Yield each row below the head with its first line. Refuses quotes that do not end: what follows would be lost in them."""
    last = found.line

    def texts() -> Iterator[str]:
        nonlocal last
        for number, text in sources.lines(source):
            if number > found.line:
                last = number
                yield f"{text}\n"

    reader = csv.reader(texts(), delimiter=found.delimiter, strict=True)
    first = found.line + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield first, [_cell(cell) for cell in cells]
            first = last + 1
    except csv.Error as broken:
        why = _("the quotes from line {line} on do not end as they should ({error}).").format(line=first, error=broken)
        raise UnreadableFile(file=source.name, why=why) from None


def _cell(text: str) -> str:
    """Tidy a cell; an apostrophe that a spreadsheet's formula was made harmless with is taken off."""
    bare = text.strip()
    return bare[1:].strip() if bare[:1] == "'" and bare[1:2] in tuple("=+-@\t＝＋－＠") else bare


def written(cells: Sequence[str], found: Head) -> str:
    """Write a row again, as wide as the head, with cells that a spreadsheet would run made harmless (T21)."""
    out = io.StringIO()
    wide = [*cells, *[""] * (len(found.names) - len(cells))]
    csv.writer(out, delimiter=found.delimiter, lineterminator="").writerow([_harmless(cell) for cell in wide])
    return out.getvalue()


_NUMBER = re.compile(r"[+-]?[\d.,' \u00a0\u202f]+-?")


def _harmless(cell: str) -> str:
    runs = cell[:1] and cell[:1] in "=+-@\t＝＋－＠"
    return f"'{cell}" if runs and not _NUMBER.fullmatch(cell) else cell
