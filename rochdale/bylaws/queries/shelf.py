"""The packs of law as people read them: each rule in plain words, and what two days or two texts say differently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rochdale.bylaws import catalogue, registry, wording
from rochdale.bylaws import law as laws
from rochdale.bylaws import packs as files

from . import choices, standing
from .documents import LawBeside, beside

SHOWN = ("all", "used", "shown", "unconfirmed", "changing")
"""What a reader of a pack may ask for: everything, what code reads, what it does not, what nobody read in the law,
and what has more than one dated value."""


@dataclass(frozen=True, slots=True)
class PackRow:
    """One rule of a pack as it stands on a day. `begun` is False where its first day is still to come: `law` then says
    what it will be. `until` is its last day, or None; `dated` are all its values."""

    law: LawBeside
    explanation: str
    begun: bool
    until: date | None
    unit: str
    kind: str
    on_violation: str
    readers: tuple[str, ...]
    dated: tuple[tuple[date, str, str], ...]


@dataclass(frozen=True, slots=True)
class LawDifference:
    """A rule that two days or two texts say differently. `change` is new, gone, value or source."""

    key: str
    title: str
    explanation: str
    change: str
    before: str
    after: str
    article_before: str
    article_after: str
    since: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Shelved:
    """A shipped pack, or the reason why it cannot be trusted."""

    name: str
    pack: files.Pack | None
    problem: str
    used: int
    shown_only: int
    unconfirmed: int


def shelf(*, at: datetime, afresh: bool = False) -> list[Shelved]:
    """Return every shipped pack, legal forms first, and those that cannot be trusted with the reason.

    Pages take what this process has read; `afresh` reads the files again, as who looks for an edit must.
    """
    found = [_shelved(name, choices.day_of(at), files.load if afresh else files.shipped) for name in files.names()]
    return sorted(
        found, key=lambda each: (each.pack is None, each.pack is not None and each.pack.kind != "legal_form", each.name)
    )


def _shelved(name: str, on: date, read: Callable[[str], files.Pack]) -> Shelved:
    try:
        pack = read(name)
    except files.PackError as problem:
        return Shelved(name, None, problem.detail, 0, 0, 0)
    used, shown_only = choices.counted(pack.rows)
    doubtful = sum((row.at(on) or row.values[0]).status == "BACKGROUND" for row in pack.rows.values())
    return Shelved(name, pack, "", used, shown_only, doubtful)


def damaged_packs() -> list[tuple[str, str]]:
    """Return the shipped packs whose files are not the released ones, and why. Reads the files afresh."""
    return [
        (each.name, each.problem)
        for each in (_shelved(name, date.max, files.load) for name in files.names())
        if each.pack is None
    ]


def pack_rows(pack: files.Pack, *, at: datetime) -> list[PackRow]:
    """Return the rows of a pack that this co-op adopted, as they stand on the day of a moment, with what it accepted."""
    accepted = standing.content(found).accepted if (found := standing.head_at(at)) else frozenset()
    return rows_on(pack, choices.day_of(at), accepted)


def rows_on(pack: files.Pack, on: date, accepted: frozenset[str] | None = None) -> list[PackRow]:
    """Return a pack's rows on a day, in words, with their readers; those still to come at their first day."""
    readers = registry.law_readers()
    return [_row(pack, pack.rows[key], on, accepted, tuple(readers.get(key, ()))) for key in sorted(pack.rows)]


def _row(pack: files.Pack, row: files.Row, on: date, accepted: frozenset[str] | None, readers: tuple[str, ...]) -> PackRow:
    law = laws.law_at([pack], row.key, on, accepted)
    shown = law or laws.law_of(pack, row, row.values[0])
    later = [each.valid_from for each in row.values if each.valid_from > shown.valid_from]
    return PackRow(
        law=beside(shown),
        explanation=catalogue.explanation(row.key),
        begun=law is not None,
        until=later[0] - timedelta(days=1) if later else None,
        unit=row.unit,
        kind=row.kind,
        on_violation=row.on_violation,
        readers=readers,
        dated=tuple((each.valid_from, wording.law_value(row.unit, each.value), each.source) for each in row.values),
    )


def sought(rows: Iterable[PackRow], *, words: str = "", show: str = "all") -> list[PackRow]:
    """Return the rows in which every word occurs (title, meaning, value, article, note or key), of the kind asked for."""
    wanted = words.casefold().split()
    return [row for row in rows if _is_kind(row, show) and all(word in _text_of(row) for word in wanted)]


def _text_of(row: PackRow) -> str:
    law = row.law
    return " ".join((law.title, row.explanation, law.bound, law.article, law.note, law.key)).casefold()


def _is_kind(row: PackRow, show: str) -> bool:
    kinds = {"used": bool(row.readers), "shown": not row.readers, "unconfirmed": not row.law.confirmed}
    return kinds.get(show, show != "changing" or len(row.dated) > 1 or not row.begun)


def days_of_change(pack: files.Pack) -> list[date]:
    """Return the days on which something in a pack begins to hold, newest first."""
    return sorted({each.valid_from for row in pack.rows.values() for each in row.values}, reverse=True)


def pack_differences(first: files.Pack, first_on: date, second: files.Pack, second_on: date) -> list[LawDifference]:
    """Return what a pack says differently on two days, or two texts of it on theirs, in the order of keys."""
    found = []
    for key in sorted({*first.rows, *second.rows}):
        before, after = laws.law_at([first], key, first_on), laws.law_at([second], key, second_on)
        change = _change(before, after)
        if change:
            found.append(_difference(key, change, before, after))
    return found


def _change(before: laws.LawValue | None, after: laws.LawValue | None) -> str:
    if before is None or after is None:
        return "" if before is after else ("new" if before is None else "gone")
    said = [(each.unit, each.kind, each.binding, files.canonical(each.value)) for each in (before, after)]
    if said[0] != said[1]:
        return "value"
    sources = [(each.source, each.status, each.on_violation, each.reviewed_by) for each in (before, after)]
    return "source" if sources[0] != sources[1] else ""


def _difference(key: str, change: str, before: laws.LawValue | None, after: laws.LawValue | None) -> LawDifference:
    shown = after or before
    assert shown is not None, "a difference has one side at least"
    return LawDifference(
        key=key,
        title=catalogue.title(key, shown.title),
        explanation=catalogue.explanation(key),
        change=change,
        before=wording.bound(before) if before else "",
        after=wording.bound(after) if after else "",
        article_before=before.source if before else "",
        article_after=after.source if after else "",
        since=after.valid_from if after else None,
        note=shown.note,
    )


def text_of_version(name: str, number: int) -> files.Pack | None:
    """Return a pack word for word as a version of this co-op's bylaws adopted it, or None."""
    found = standing.edition(number)
    return next((pack for pack in standing.packs_of(found) if pack.name == name), None) if found else None


def legal_forms(found: Sequence[Shelved]) -> list[Shelved]:
    """Return the legal forms among shelved packs that can be trusted."""
    return [each for each in found if each.pack is not None and each.pack.kind == "legal_form"]
