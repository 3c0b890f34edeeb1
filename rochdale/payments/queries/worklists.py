"""What is left to do at a bank account: proposals, what nothing fits, matches that stand, money put aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .. import matching
from ..models import BankLine, BankMatch, BankMatchEntry, DeskMovement, Suspense
from . import days
from .bank import BookEntry, Line, named, open_entries, open_lines, opened

MOST = 200
"""Lines and entries a worklist shows; the oldest come first, so the rest comes up as they are done."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A proposal to confirm, with what it joins."""

    lines: tuple[Line, ...]
    entries: tuple[BookEntry, ...]
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """A match that stands."""

    id: int
    at: datetime
    by: UUID | None
    why: str
    score: int
    lines: tuple[Line, ...]
    entries: tuple[BookEntry, ...]


@dataclass(frozen=True, slots=True)
class Worklist:
    """What is left to do for one account: proposals first, then what nothing fits."""

    choices: tuple[Choice, ...]
    lines: tuple[Line, ...]
    entries: tuple[BookEntry, ...]
    more: int


def worklist(place: str, currency: str, now: datetime) -> Worklist:
    """Return proposals, and the lines and entries that nothing fits; at most `MOST` of each, the oldest first."""
    rows = list(open_lines(place, currency))
    all_entries = open_entries(place, currency, now)
    lines = [opened(row) for row in rows[:MOST]]
    entries = named(all_entries[:MOST])
    by_line, by_posting = {each.id: each for each in lines}, {each.posting: each for each in entries}
    opening = [each for each in lines if each.kind == "opening"]
    choices = [choice for each in opening if (choice := _opening_choice(each, all_entries)) is not None]
    taken = {entry.posting for choice in choices for entry in choice.entries}
    found = matching.propose(
        [_line_item(each) for each in lines if each.kind != "opening"],
        [_entry_item(each) for each in entries if each.posting not in taken],
    )
    choices += [
        Choice(tuple(by_line[n] for n in each.lines), tuple(by_posting[n] for n in each.entries), each.score, each.reasons)
        for each in found
    ]
    chosen_lines = {each.id for choice in choices for each in choice.lines}
    chosen = {each.posting for choice in choices for each in choice.entries}
    return Worklist(
        choices=tuple(choices),
        lines=tuple(each for each in lines if each.id not in chosen_lines),
        entries=tuple(each for each in entries if each.posting not in chosen),
        more=max(0, len(rows) - MOST) + max(0, len(all_entries) - MOST),
    )


def _opening_choice(line: Line, entries: Sequence[BookEntry]) -> Choice | None:
    """Propose that what lay on the account before its first statement is what the books say until then."""
    before = tuple(each for each in entries if each.day <= line.booked_on)
    if not before or sum(each.amount for each in before) != line.amount:
        return None
    return Choice((line,), before, 90, ("opening",))


def _line_item(line: Line) -> matching.Item:
    return matching.Item(line.id, line.booked_on, line.amount, matching.words_of(line.counterparty, line.reference, line.bank_id))


def _entry_item(entry: BookEntry) -> matching.Item:
    marks = [str(each) for each in (entry.number, entry.receipt) if each]
    return matching.Item(entry.posting, entry.day, entry.amount, words=frozenset(marks), names=matching.words_of(entry.name))


def matches(place: str, currency: str, limit: int = 20) -> list[Matched]:
    """Return the latest matches that stand, newest first."""
    rows = BankMatch.objects.filter(place=place, currency=currency, undo__isnull=True).order_by("-id")[:limit]
    return [_matched(row) for row in rows.prefetch_related("its_lines__line", "its_entries")]


def match(number: int) -> Matched | None:
    """Return one match that stands, or None."""
    row = BankMatch.objects.filter(pk=number, undo__isnull=True).prefetch_related("its_lines__line", "its_entries").first()
    return _matched(row) if row else None


def _matched(row: BankMatch) -> Matched:
    zone = days.zone()
    entries = [
        BookEntry(each.posting, "", each.happened_at, days.day_of(each.happened_at, zone), each.amount)
        for each in row.its_entries.all()
    ]
    return Matched(
        row.id,
        row.at,
        row.by,
        row.why,
        row.score,
        tuple(opened(each.line) for each in row.its_lines.all()),
        tuple(named(entries)),
    )


def bank_lines_of(party: UUID) -> list[Line]:
    """Return the bank lines matched with what was booked for a party at the desk, oldest first."""
    postings = list(DeskMovement.objects.filter(party=party).values_list("posting", flat=True))
    entries = BankMatchEntry.objects.filter(posting__in=postings, match__undo__isnull=True)
    rows = BankLine.objects.filter(its_matches__match__in=entries.values("match")).distinct()
    return [opened(row) for row in rows.order_by("booked_on", "id")]


@dataclass(frozen=True, slots=True)
class Aside:
    """Money put aside in suspense and not yet placed."""

    line: Line
    amount: int
    currency: str
    at: datetime
    by: UUID
    reason_code: str
    posting: int


def suspended(until: datetime | None = None) -> list[Aside]:
    """Return what lies in suspense, oldest first; with a moment only what was put there before it."""
    rows = Suspense.objects.filter(end__isnull=True).select_related("line").order_by("at")
    if until is not None:
        rows = rows.filter(at__lt=until)
    return [Aside(opened(row.line), row.amount, row.line.currency, row.at, row.by, row.reason_code, row.posting) for row in rows]
