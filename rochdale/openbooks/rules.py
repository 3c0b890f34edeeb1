"""How the open books are made from the ledger's sums: flows, statements, and groups too small to show.

Pure: sums in, lines out. Every figure is an exact sum of transfers in micro-units; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SMALLEST_GROUP = 5
"""Groups of fewer people than this are never shown alone (law and privacy notes §3: open books with floors)."""

COOP = "co-op"
"""The place that stands for the co-op's own income in the picture."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What one kind of posting moved between two accounts in a stretch of time: the sum of its transfers in micro-units.

    A reversal counts against what it reverses: with the accounts of the first and a minus.
    """

    kind: str
    debit: str
    debit_type: str
    credit: str
    credit_type: str
    micro: int


@dataclass(frozen=True, slots=True)
class Band:
    """Money that went from one place to another.

    Places are account codes, `co-op`, `in:<kind>`, `out:<kind>` or `kept:<place>`.
    """

    source: str
    target: str
    micro: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One account's figure in a statement, positive on the account's normal side."""

    code: str
    type: str
    micro: int


@dataclass(frozen=True, slots=True)
class Income:
    """A year's income statement: what came in for the co-op, what it spent, and what is left (or missing)."""

    income: tuple[Entry, ...]
    expenses: tuple[Entry, ...]

    @property
    def earned(self) -> int:
        return sum(entry.micro for entry in self.income)

    @property
    def spent(self) -> int:
        return sum(entry.micro for entry in self.expenses)

    @property
    def result(self) -> int:
        return self.earned - self.spent


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance sheet: what there is, what is owed, what belongs to the members, and results not yet shared out."""

    assets: tuple[Entry, ...]
    liabilities: tuple[Entry, ...]
    equity: tuple[Entry, ...]
    result: int

    @property
    def there_is(self) -> int:
        return sum(entry.micro for entry in self.assets)

    @property
    def owed(self) -> int:
        return sum(entry.micro for entry in self.liabilities)

    @property
    def own(self) -> int:
        return sum(entry.micro for entry in self.equity) + self.result

    @property
    def owed_and_own(self) -> int:
        return self.owed + self.own

    @property
    def balanced(self) -> bool:
        return self.there_is == self.owed_and_own


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people with a figure or two; `merged` says that several small ones were put together."""

    title: str
    people: int
    micro: int = 0
    merged: bool = False


def year_of(moment: datetime, zone: str, first_month: int = 1) -> int:
    """Return the financial year of a moment where the co-op is: the calendar year in which it began."""
    there = moment.astimezone(ZoneInfo(zone))
    return there.year if there.month >= first_month else there.year - 1


def bounds(year: int, zone: str, first_month: int = 1) -> tuple[datetime, datetime]:
    """Return the first moment of a financial year where the co-op is, and the first one after it."""
    place = ZoneInfo(zone)
    return (
        datetime.combine(date(year, first_month, 1), time(), place),
        datetime.combine(date(year + 1, first_month, 1), time(), place),
    )


def last_moment(end: datetime) -> datetime:
    """Return the last moment before a stretch's end, for questions "as of" that include their moment."""
    return end - timedelta(microseconds=1)


def partners(uses: Mapping[str, frozenset[str]], people: Mapping[str, int], *, smallest: int) -> dict[str, str]:
    """Return, for each kind of posting that concerned too few people, the kind it is shown together with.

    `uses` are the places (or accounts) a kind touches, `people` how many different people it
    concerned. The partner is the kind that touches the same place and has just enough people
    (so that the large ones keep their own figure); where there is none, the small ones of a place are shown together. A kind
    of the co-op's own (no people) needs none, and a kind that is alone in its places gets
    none: it equals a total that is published anyway.
    """
    enough = {kind for kind in uses if people.get(kind, 0) >= smallest}
    few = {kind for kind in uses if 0 < people.get(kind, 0) < smallest}
    found: dict[str, str] = {}
    for kind in sorted(few):
        near = [other for other in enough if uses[other] & uses[kind]]
        if near:
            found[kind] = min(near, key=lambda other: (people[other], other))
            continue
        first = min(other for other in few if uses[other] & uses[kind])
        if first != kind:
            found[kind] = found.get(first, first)
    return found


def bands(moved: Iterable[Moved], joined: Collection[str] = ()) -> list[Band]:
    """Turn sums of transfers into the picture's bands, largest first.

    `joined` are kinds that stand for several (see `partners`): what came in and went out by
    them is set off.

    Between two claims money goes from the debited to the credited account (a wallet pays an
    artist). Where one side is money itself (bank, cash), it came in from or went out to the
    people of that kind of posting; moves between the co-op's own pockets are left out. All income
    accounts are one place, the co-op, which also pays the expenses. What went both ways
    between two places is set off. What a place passed on stands against what it received:
    the rest is "kept".
    """
    sums: dict[tuple[str, str], int] = {}
    for each in moved:
        ends = ends_of(each, joined)
        if ends is None:
            continue
        source, target = ends
        if (target, source) in sums:
            sums[target, source] -= each.micro
        else:
            sums[source, target] = sums.get((source, target), 0) + each.micro
    net = [Band(*((a, b) if micro > 0 else (b, a)), abs(micro)) for (a, b), micro in sums.items() if micro]
    return sorted(net + _kept(net), key=lambda band: (-band.micro, band.source, band.target))


def ends_of(each: Moved, joined: Collection[str] = ()) -> tuple[str, str] | None:
    """Return the places between which this money went, or None for moves between the co-op's own pockets."""
    from_money, to_money = each.credit_type == "asset", each.debit_type == "asset"
    if from_money and to_money:
        return None
    if to_money:
        return f"in:{each.kind}", _place(each.credit, each.credit_type)
    if each.debit_type == "expense":
        return COOP, each.debit
    if each.credit_type == "expense":
        return each.credit, COOP
    if from_money:
        return _place(each.debit, each.debit_type), f"{'in' if each.kind in joined else 'out'}:{each.kind}"
    ends = _place(each.debit, each.debit_type), _place(each.credit, each.credit_type)
    return ends if ends[0] != ends[1] else None


def _place(code: str, kind: str) -> str:
    return COOP if kind == "income" else code


def _kept(net: Sequence[Band]) -> list[Band]:
    received: dict[str, int] = {}
    given: dict[str, int] = {}
    for band in net:
        received[band.target] = received.get(band.target, 0) + band.micro
        given[band.source] = given.get(band.source, 0) + band.micro
    return [
        Band(place, f"kept:{place}", received[place] - given[place])
        for place in received
        if place in given and received[place] > given[place]
    ]


def changes(moved: Iterable[Moved]) -> list[Entry]:
    """Return what the sums changed on each account code, positive on the normal side of its type, by code."""
    sums: dict[str, int] = {}
    types: dict[str, str] = {}
    for each in moved:
        for code, kind, micro in ((each.debit, each.debit_type, -each.micro), (each.credit, each.credit_type, each.micro)):
            types[code] = kind
            sums[code] = sums.get(code, 0) + (-micro if kind in ("asset", "expense") else micro)
    return [Entry(code, types[code], sums[code]) for code in sorted(sums)]


def together(first: Iterable[Entry], second: Iterable[Entry]) -> list[Entry]:
    """Add two lists of figures up, code by code."""
    found = {entry.code: entry for entry in first}
    for entry in second:
        earlier = found.get(entry.code)
        found[entry.code] = replace(entry, micro=entry.micro + earlier.micro) if earlier else entry
    return [found[code] for code in sorted(found)]


def income_statement(changes: Iterable[Entry]) -> Income:
    """Return what a stretch of time earned and spent, from what it changed on each account code."""
    listed = [entry for entry in changes if entry.micro]
    return Income(
        income=tuple(entry for entry in listed if entry.type == "income"),
        expenses=tuple(entry for entry in listed if entry.type == "expense"),
    )


def balance_sheet(entries: Iterable[Entry]) -> Balance:
    """Return the balance sheet of these balances; results so far stand as one line of what is the members' own."""
    listed = list(entries)

    def of(kind: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in listed if entry.type == kind and entry.micro)

    result = sum(entry.micro for entry in of("income")) - sum(entry.micro for entry in of("expense"))
    return Balance(of("asset"), of("liability"), of("equity"), result)


def merge_small(groups: Sequence[Group], *, smallest: int, title: str) -> list[Group]:
    """Put groups of fewer people than `smallest` together, so that nobody can be singled out.

    If the merged group is still too small, the next smallest group joins it. When everybody
    together is too few, one group remains and shows no amount (0 people stay visible as 0).
    """
    few = sorted((group for group in groups if 0 < group.people < smallest), key=lambda group: group.people)
    rest = sorted((group for group in groups if group.people >= smallest), key=lambda group: group.people)
    if not few:
        return list(groups)
    while sum(group.people for group in few) < smallest and rest:
        few.append(rest.pop(0))
    people, micro = sum(group.people for group in few), sum(group.micro for group in few)
    together = Group(title, people, micro if people >= smallest else 0, merged=True)
    kept = [group for group in groups if group in rest]
    return [*kept, together]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A month's (or several months') postings of one kind on one account. `people` is how many different parties."""

    kind: str
    first: date
    last: date
    count: int
    people: int
    micro: int
    merged: bool = False


def by_month(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Put stretches of the same month together, months in order. Of people the larger count stands."""
    found: dict[date, Stretch] = {}
    for each in sorted(stretches, key=lambda stretch: stretch.first):
        found[each.first] = replace(_joined(found[each.first], each), merged=False) if each.first in found else each
    return list(found.values())


def merge_thin(stretches: Sequence[Stretch], *, smallest: int) -> list[Stretch]:
    """Join months of one kind in which fewer than `smallest` people took part with the next month, until enough did.

    Stretches without any person (the co-op's own postings) stay as they are. What is left at
    the end joins the stretch before it. Of joined months the larger count of people stands,
    which can only be too small.
    """
    done: list[Stretch] = []
    waiting: Stretch | None = None
    for each in stretches:
        if each.people == 0:
            done.append(each)
            continue
        current = each if waiting is None else _joined(waiting, each)
        waiting = current if current.people < smallest else None
        if waiting is None:
            done.append(current)
    if waiting is None:
        return done
    earlier = next((place for place in range(len(done) - 1, -1, -1) if done[place].people), None)
    if earlier is None:
        return [*done, replace(waiting, merged=True)]
    done[earlier] = _joined(done[earlier], waiting)
    return done


def _joined(first: Stretch, second: Stretch) -> Stretch:
    return replace(
        first,
        last=second.last,
        count=first.count + second.count,
        people=max(first.people, second.people),
        micro=first.micro + second.micro,
        merged=True,
    )
