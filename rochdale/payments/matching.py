"""Which lines of the bank and entries of the books may be the same money: proposals with a reasoned score. Pure.

Nothing is matched here: a person confirms. Equal amounts are a must; the rest only orders the choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

FAR = 45
"""Days apart beyond which nothing is proposed."""
NEAR = 10
"""Days within which several are added up."""
MOST_TOGETHER, MOST_CANDIDATES = 3, 20


@dataclass(frozen=True, slots=True)
class Item:
    """A line or an entry: its number, its day, its signed amount, and the words it can be known by."""

    id: int
    day: date
    amount: int
    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Lines and entries that add up to the same; `score` to 100, `reasons` are codes (`words.py` says them)."""

    lines: tuple[int, ...]
    entries: tuple[int, ...]
    score: int
    reasons: tuple[str, ...]


def words_of(*texts: str) -> frozenset[str]:
    """Return the words of texts, casefolded, in which numbers stand without leading zeros."""
    return frozenset(each.lstrip("0") or each for text in texts for each in re.findall(r"\w+", text.casefold()))


def score(line: Item, entry: Item) -> tuple[int, tuple[str, ...]]:
    """Say how well a line and an entry of the same amount fit together, and why."""
    points, reasons = 40, ["same_amount"]
    apart = abs((line.day - entry.day).days)
    for within, worth, reason in ((0, 30, "same_day"), (3, 25, "few_days"), (NEAR, 10, "some_days")):
        if apart <= within:
            points, reasons = points + worth, [*reasons, reason]
            break
    if line.words & entry.words:
        points, reasons = points + 20, [*reasons, "reference"]
    if len(line.words & entry.names) >= 2:
        points, reasons = points + 10, [*reasons, "name"]
    return points, tuple(reasons)


def propose(lines: Sequence[Item], entries: Sequence[Item]) -> list[Proposal]:
    """Return proposals in which no line and no entry stands twice, the surest first."""
    found = _one_to_one(lines, entries)
    used_lines = {each for proposal in found for each in proposal.lines}
    used_entries = {each for proposal in found for each in proposal.entries}
    free_lines = [line for line in lines if line.id not in used_lines]
    free_entries = [entry for entry in entries if entry.id not in used_entries]
    for line in free_lines:
        several = _sum_to(line, [each for each in free_entries if each.id not in used_entries])
        if several:
            used_lines.add(line.id)
            used_entries |= set(several)
            found.append(Proposal((line.id,), several, 50, ("several_entries",)))
    for entry in free_entries:
        if entry.id in used_entries:
            continue
        several = _sum_to(entry, [each for each in free_lines if each.id not in used_lines])
        if several:
            used_lines |= set(several)
            used_entries.add(entry.id)
            found.append(Proposal(several, (entry.id,), 50, ("several_lines",)))
    return sorted(found, key=lambda each: (-each.score, each.lines, each.entries))


def _one_to_one(lines: Sequence[Item], entries: Sequence[Item]) -> list[Proposal]:
    by_amount: dict[int, list[Item]] = {}
    for entry in entries:
        by_amount.setdefault(entry.amount, []).append(entry)
    pairs = []
    for line in lines:
        for entry in by_amount.get(line.amount, ()):
            apart = abs((line.day - entry.day).days)
            if apart <= FAR:
                pairs.append((*score(line, entry), apart, line.id, entry.id))
    pairs.sort(key=lambda pair: (-pair[0], pair[2], pair[3], pair[4]))
    taken_lines: set[int] = set()
    taken_entries: set[int] = set()
    found: list[Proposal] = []
    for points, reasons, _apart, line_id, entry_id in pairs:
        if line_id in taken_lines or entry_id in taken_entries:
            continue
        rivals = [
            pair for pair in pairs
            if pair[0] == points and (pair[3] == line_id) != (pair[4] == entry_id)
            and pair[3] not in taken_lines and pair[4] not in taken_entries
        ]  # fmt: skip
        taken_lines.add(line_id)
        taken_entries.add(entry_id)
        unsure = ("as_good",) if rivals else ()
        found.append(Proposal((line_id,), (entry_id,), points - (15 if rivals else 0), (*reasons, *unsure)))
    return found


def _sum_to(one: Item, others: Iterable[Item]) -> tuple[int, ...]:
    """Return the numbers of a few that add up to one: all of one day first, then two or three near it."""
    near = [each for each in others if abs((each.day - one.day).days) <= NEAR and (each.amount > 0) == (one.amount > 0)]
    days = sorted({each.day for each in near}, key=lambda day: (abs((day - one.day).days), day))
    for day in days:
        of_day = [each for each in near if each.day == day]
        if len(of_day) > 1 and sum(each.amount for each in of_day) == one.amount:
            return tuple(each.id for each in of_day)
    near = sorted(near, key=lambda each: (abs((each.day - one.day).days), each.id))[:MOST_CANDIDATES]
    for many in range(2, MOST_TOGETHER + 1):
        for some in combinations(near, many):
            if sum(each.amount for each in some) == one.amount:
                return tuple(sorted(each.id for each in some))
    return ()
