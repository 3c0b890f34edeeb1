"""What a file of books turns into: transactions, lines that cannot be taken, and what the treasurer should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from rochdale.shared.refusals import Refusal

FORMS = ("csv", "beancount", "hledger", "ledger", "opening", "opencollective")


class UnreadableFile(Refusal):
    code = "ledger.unreadable_file"
    status = 422
    text = _("{file} cannot be read as books: {why} Nothing was imported.")


class BadLine(Exception):
    """A transaction that cannot be taken; the message is the reason that stands in the rejects file."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one account got: micro-units, debits positive."""

    account: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction of the old books. `at` is None where the file knows only the day.

    `own_id` is an id that holds across files of this source, else empty. `raw` are its lines as they stood.
    """

    line: int
    on: date
    lines: tuple[Line, ...]
    at: datetime | None = None
    payee: str = ""
    text: str = ""
    own_id: str = ""
    raw: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """Lines that were not taken, from `line` on, and why."""

    line: int
    reason: str
    raw: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something the treasurer should know: how a file was read, what was left aside. Equal notes are told once."""

    says: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """The file does not agree with itself: a stated balance that the lines do not come to."""

    says: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Stated:
    """A balance that the file states: at the beginning of a day, or (`after`) behind all that came before in the file.

    `below` counts the accounts below it too.
    """

    line: int
    on: date
    account: str
    amount: int
    currency: str
    after: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """The file says of what kind an account is."""

    account: str
    kind: str


Found = Transaction | Reject | Note | Finding | Stated | Declared


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file where it does not say so itself."""

    form: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Our word for a column → what the file calls it."""
    profile: str = ""
    currency: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)
    signs: str = "debit"
    """What a positive amount means: `debit`, `credit`, or `normal` (more of what the account is)."""
    dates: str = ""
    """Order of day (d), month (m) and year (y) where the file leaves it open: `dmy`, `mdy`, `ymd`."""
    decimal: str = ""
    delimiter: str = ""
    encoding: str = ""
    opening_on: date | None = None
    conversion: str = ""
    """The account over which currencies are exchanged; empty: such transactions are refused."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Account or its beginning → kind, for charts whose roots do not say it."""
