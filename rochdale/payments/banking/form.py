"""The one form of a bank statement, whatever file it came from. Pure; amounts are signed micro-units.

A reader of a format returns a `Statement` and invents nothing: what the file does not say stays None or empty.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a statement: money that came (`amount` above nothing) or went (below)."""

    booked_on: date
    amount: int
    value_on: date | None = None
    counterparty: str = ""
    reference: str = ""
    bank_id: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a bank says of one account from one day to another, both included, entries in the bank's order.

    `opening` and `closing` are None where the file carries no balances. `account_name` is the
    account as the bank calls it, an IBAN say. `remarks` are codes of what the reader noticed.
    """

    currency: str
    from_on: date
    until_on: date
    entries: tuple[Entry, ...]
    opening: int | None = None
    closing: int | None = None
    account_name: str = ""
    form: str = "csv"
    remarks: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Return what the entries add up to."""
        return sum(entry.amount for entry in self.entries)

    @property
    def off_by(self) -> int | None:
        """Return closing less opening less entries: nothing in a statement that ties out; None without balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.total


def identities(entries: Sequence[Entry]) -> list[str]:
    """Return a text for each entry that tells it from every other, and is the same in every file that holds it.

    It is the content and, of equal ones, which of them it is: two identical payments of one day are
    two, and the same file, or an overlapping one, says nothing new. Balances take no part: banks
    leave them out, or reckon them anew, from one download to the next.
    """
    seen: Counter[str] = Counter()
    found: list[str] = []
    for entry in entries:
        content = [entry.booked_on.isoformat(), entry.amount, *map(_plain, (entry.counterparty, entry.reference, entry.bank_id))]
        text = json.dumps(content, ensure_ascii=True)
        seen[text] += 1
        found.append(f"{text}#{seen[text]}")
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
