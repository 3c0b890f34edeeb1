"""A first look at other books, before anything is booked: what they hold, what each account comes to, what is wrong.

Both passes over a file (looking and booking) go through `judged`, so that what was shown is what is booked. Memory
holds sums by account and day and sixteen bytes a transaction, never the transactions.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rochdale.shared import money

from . import reader
from .reader import BadLine, Declared, Finding, Found, Line, Note, Reject, Stated, Transaction
from .reader.charts import LONGEST_NAME
from .rules import MOST_LEGS, Leg

NOON = time(12)
"""A booking of which only the day is known is dated at noon where the co-op is: the same day almost everywhere."""
MOST_SHOWN = 1_000
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the co-op says: where it is, what time it is, and which times are closed."""

    now: datetime
    zone: str
    closed: Sequence[tuple[datetime, datetime]] = ()


@dataclass(slots=True)
class Survey:
    """What a file holds. `sums` and `counts` are by account and currency, debits positive, of all good transactions."""

    transactions: int = 0
    lines: int = 0
    empty: int = 0
    sums: dict[Place, int] = field(default_factory=dict)
    counts: Counter[Place] = field(default_factory=Counter)
    debits: Counter[str] = field(default_factory=Counter)
    """What all lines on the debit side come to, by currency, and so those on the credit side: other programs print it too."""
    kinds: dict[str, str] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    days: dict[Place, dict[date, int]] = field(default_factory=dict)


def look(
    source: reader.Source, options: reader.Options, facts: Facts, *, rejected: Callable[[Reject], None] | None = None
) -> Survey:
    """Read a whole file without booking anything. `rejected` gets each reject, however many there are."""
    survey = Survey()
    for found in judged(source, options, facts):
        _take(found, survey, rejected)
    survey.findings += _balances(survey)
    return survey


def _take(found: Found, survey: Survey, rejected: Callable[[Reject], None] | None) -> None:
    match found:
        case Transaction():
            _count(found, survey)
        case Reject():
            survey.rejected += 1
            if len(survey.rejects) < MOST_SHOWN:
                survey.rejects.append(Reject(found.line, found.reason))
            if rejected is not None:
                rejected(found)
        case Note():
            survey.notes[found.says] = survey.notes.get(found.says, 0) + 1
        case Finding():
            survey.findings.append(found)
        case Declared():
            _declare(found, survey)
        case Stated():
            if found.after:
                survey.findings += _compared(found, _so_far(found, survey))
            else:
                survey.stated.append(found)


def _declare(found: Declared, survey: Survey) -> None:
    """Keep what the file says of an account's kind; where it says two things, neither is believed, and the import asks."""
    if survey.kinds.setdefault(found.account, found.kind) not in (found.kind, ""):
        survey.kinds[found.account] = ""
        says = _("The column for the kind calls {account} different things on different rows; it was not believed.")
        survey.notes[says.format(account=found.account)] = 1


def _count(found: Transaction, survey: Survey) -> None:
    if not any(line.amount for line in found.lines):
        survey.empty += 1
        return
    survey.transactions += 1
    survey.lines += len(found.lines)
    survey.first = min(survey.first or found.on, found.on)
    survey.last = max(survey.last or found.on, found.on)
    for line in found.lines:
        place = (line.account, line.currency)
        survey.sums[place] = survey.sums.get(place, 0) + line.amount
        survey.counts[place] += 1
        survey.debits[line.currency] += max(line.amount, 0)
        days = survey.days.setdefault(place, {})
        days[found.on] = days.get(found.on, 0) + line.amount


def judged(source: reader.Source, options: reader.Options, facts: Facts) -> Iterator[Found]:
    """Yield what a file holds; transactions that these books cannot take become rejects."""
    for found in reader.read(source, options):
        if isinstance(found, Transaction):
            try:
                _judge(found, facts)
            except BadLine as bad:
                yield Reject(found.line, str(bad), found.raw)
                continue
        yield found


def _judge(found: Transaction, facts: Facts) -> None:
    happened_at = moment_of(found, facts)
    if happened_at > facts.now:
        raise BadLine(_("{day} lies in the future").format(day=found.on))
    if any(start <= happened_at < end for start, end in facts.closed):
        raise BadLine(_("the books of {day} are closed here; nothing can be dated into that time").format(day=found.on))
    if len(found.lines) > MOST_LEGS:
        raise BadLine(_("it has more than {most} lines").format(most=MOST_LEGS))
    for line in found.lines:
        if not line.account.strip() or len(line.account) > LONGEST_NAME:
            raise BadLine(_("an account's name has 1 to {most} letters").format(most=LONGEST_NAME))
        if not line.account.isprintable():
            raise BadLine(_("an account's name holds signs that cannot be printed"))
        if abs(line.amount) > money.LARGEST:
            raise BadLine(_("an amount is too large to be meant"))


def moment_of(found: Transaction, facts: Facts) -> datetime:
    """Return when a transaction happened: its moment, else noon of its day where the co-op is (midnight, if noon is to come)."""
    zone = ZoneInfo(facts.zone)
    if found.at is not None:
        return (found.at if found.at.tzinfo else found.at.replace(tzinfo=zone)).astimezone(UTC)
    noon = datetime.combine(found.on, NOON, zone).astimezone(UTC)
    if noon > facts.now and found.on <= facts.now.astimezone(zone).date():
        return datetime.combine(found.on, time(), zone).astimezone(UTC)
    return noon


class Keys:
    """Gives each transaction of a file its key: what it says, and the how-manieth it is that says the same.

    So a file taken in again, an export that overlaps an earlier one, or one with a few lines mended, books nothing
    twice; and two equal transactions of one file stay two. People's accounts enter by their party, never by name.
    `apart` makes a file count as another one in spite of equal transactions.
    """

    def __init__(self, called: Callable[[str], str], apart: str = "") -> None:
        self._called, self._apart = called, apart
        self._seen: Counter[bytes] = Counter()

    def key(self, found: Transaction) -> str:
        """Return the key; ask for each transaction once, in the order of the file."""
        said = found.own_id or "\x1e".join(
            [found.on.isoformat(), *(f"{self._called(line.account)}\x1f{line.amount}\x1f{line.currency}" for line in found.lines)]
        )
        hashed = hashlib.sha256(f"{self._apart}\x1d{said}".encode()).digest()[:20]
        self._seen[hashed] += 1
        return f"ledger.import:{hashed.hex()}:{self._seen[hashed]}"


def legs_of(lines: Sequence[Line], accounts: Callable[[str, str], int]) -> tuple[Leg, ...]:
    """Turn lines into transfers: debits are met by credits in their order, so that each account gets exactly its sum.

    An account that stands on both sides is set off first, for money moves between two accounts.
    """
    by_currency: dict[str, list[tuple[int, int]]] = {}
    for line in lines:
        by_currency.setdefault(line.currency, []).append((accounts(line.account, line.currency), line.amount))
    found: list[Leg] = []
    for amounts in by_currency.values():
        found += _met(_set_off(amounts))
    return tuple(found)


def _set_off(amounts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    debited = {account for account, amount in amounts if amount > 0}
    both = debited & {account for account, amount in amounts if amount < 0}
    net: dict[int, int] = {}
    kept = []
    for account, amount in amounts:
        if account in both:
            net[account] = net.get(account, 0) + amount
        else:
            kept.append((account, amount))
    return [(account, amount) for account, amount in [*kept, *net.items()] if amount]


def _met(amounts: Sequence[tuple[int, int]]) -> Iterator[Leg]:
    credits = [[account, -amount] for account, amount in amounts if amount < 0]
    place = 0
    for account, left in ((account, amount) for account, amount in amounts if amount > 0):
        while left:
            moved = min(left, credits[place][1])
            yield Leg(debit=account, credit=credits[place][0], amount=moved)
            left -= moved
            credits[place][1] -= moved
            place += not credits[place][1]


def _so_far(stated: Stated, survey: Survey) -> int:
    return sum(total for place, total in survey.sums.items() if _is_in(place, stated))


def _is_in(place: Place, stated: Stated) -> bool:
    account, currency = place
    below = stated.below and account.startswith(f"{stated.account}:")
    return currency == stated.currency and (account == stated.account or below)


def _balances(survey: Survey) -> list[Finding]:
    """Compare balances stated for the beginning of a day with the sums before it."""
    found: list[Finding] = []
    for stated in survey.stated:
        comes_to = sum(
            sum(amount for on, amount in days.items() if on < stated.on)
            for place, days in survey.days.items()
            if _is_in(place, stated)
        )
        found += _compared(stated, comes_to)
    return found


def _compared(stated: Stated, comes_to: int) -> list[Finding]:
    if stated.amount == comes_to:
        return []
    says = _("The file states {said} {currency} for {account} on {day}; its lines come to {comes_to} {currency}.")
    said, came = f"{money.to_decimal(stated.amount):,f}", f"{money.to_decimal(comes_to):,f}"
    return [
        Finding(
            says.format(said=said, currency=stated.currency, account=stated.account, day=stated.on, comes_to=came), stated.line
        )
    ]
