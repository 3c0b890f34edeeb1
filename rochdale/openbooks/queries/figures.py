"""The statements of a year, and the answer each of their figures gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rochdale.ledger import catalogue
from rochdale.ledger import queries as ledger
from rochdale.ledger.queries import published
from rochdale.openbooks import rules
from rochdale.shared import explain

from .sight import NoSuchFigure
from .years import Year

FLOWING = frozenset({"income", "expense"})
RULES: dict[str, Any] = {
    "asset": gettext_lazy("What there was when the year began, and everything the year's postings added or took."),
    "liability": gettext_lazy("What was owed when the year began, and everything the year's postings added or paid."),
    "equity": gettext_lazy("What was the members' own when the year began, and everything the year added or gave back."),
    "income": gettext_lazy("Everything the year's postings brought in for the co-op on this account, less what was reversed."),
    "expense": gettext_lazy("Everything the year's postings spent on this account, less what was reversed."),
}
PRIVACY = gettext_lazy(
    "Postings of people are never listed here: they are counted by month, and months in which fewer than {n} people "
    "took part are put together. What is your own stands on your statement."
)


@dataclass(frozen=True, slots=True)
class Sums:
    """All that a year's pages are made of, read once: what moved in the year, and the balances before it."""

    year: Year
    moved: Sequence[published.Moved]
    before: Sequence[ledger.TrialLine]
    people: Mapping[str, int]
    smallest: int

    def of(self, currency: str) -> list[rules.Moved]:
        """Return what moved in one currency."""
        return [
            rules.Moved(each.kind, each.debit, each.debit_kind, each.credit, each.credit_kind, each.amount)
            for each in self.moved
            if each.currency == currency
        ]

    def opening(self, currency: str) -> list[rules.Entry]:
        """Return the balances in one currency when the year began."""
        return [rules.Entry(line.code, line.kind, line.balance) for line in self.before if line.currency == currency]


@dataclass(frozen=True, slots=True)
class Books:
    """A year's statements in one currency."""

    year: Year
    currency: str
    income: rules.Income
    balance: rules.Balance

    @property
    def empty(self) -> bool:
        return not (self.income.income or self.income.expenses or self.balance.assets or self.balance.liabilities)


@dataclass(frozen=True, slots=True)
class Figure:
    """An account code's year: what it began with, what each kind of posting did by month, what it ended with."""

    code: str
    type: str
    title: str
    year: Year
    currency: str
    opening: int
    closing: int
    stretches: Sequence[rules.Stretch]
    own: Sequence[published.OwnPosting]
    version: int | None
    joined: Mapping[str, str]

    @property
    def shown(self) -> int:
        """Return what the statements show: the year's sum for income and expenses, the balance for the rest."""
        return self.closing - self.opening if self.type in FLOWING else self.closing


def sums(year: Year, *, smallest: int) -> Sums:
    """Read a year's sums: one pass over its transfers, one over its postings, and the balances before it."""
    stretch = {"start": year.start, "end": year.end}
    before = ledger.trial_balance(until=year.start)
    return Sums(year, published.moved(**stretch), before, published.people_by_kind(**stretch), smallest)


def currencies(found: Sums, home: str) -> list[str]:
    """Return the currencies in the books up to a year's end, the co-op's own first."""
    used = {each.currency for each in found.moved} | {line.currency for line in found.before}
    return [home, *sorted(used - {home})]


def books(found: Sums, currency: str) -> Books:
    """Return a year's income statement and the balance sheet at its end (or now), in micro-units of one currency."""
    changes = rules.changes(found.of(currency))
    standing = rules.together(found.opening(currency), changes)
    return Books(found.year, currency, rules.income_statement(changes), rules.balance_sheet(standing))


def figure(code: str, *, year: Year, currency: str, smallest: int) -> Figure:
    """Return an account code's year. Refuses a code that has no account."""
    kind = published.type_of(code)
    if kind is None:
        raise NoSuchFigure()
    months = published.months_of(code, currency, start=year.start, end=year.end, zone=year.zone)
    people = published.people_by_kind(start=year.start, end=year.end)
    joined = rules.partners({each.kind: frozenset({code}) for each in months}, people, smallest=smallest)
    stretches: list[rules.Stretch] = []
    for posted in dict.fromkeys(joined.get(each.kind, each.kind) for each in months):
        mine = rules.by_month(
            [
                rules.Stretch(posted, each.month, each.month, each.count, each.parties, each.amount)
                for each in months
                if joined.get(each.kind, each.kind) == posted
            ]
        )
        stretches += rules.merge_thin(mine, smallest=smallest)
    before = ledger.trial_balance(until=year.start, currency=currency)
    opening = sum(line.balance for line in before if line.code == code)
    return Figure(
        code=code,
        type=kind,
        title=title_of(code),
        year=year,
        currency=currency,
        opening=opening,
        closing=opening + sum(stretch.micro for stretch in stretches),
        stretches=stretches,
        own=published.own_postings(code, currency, start=year.start, end=year.end),
        version=max((each.bylaws_version for each in months), default=None),
        joined=joined,
    )


def code_explanation(found: Figure, *, smallest: int) -> explain.Explanation:
    """Answer how an account's figure was computed: where it began, what each kind of posting did, where it ended."""
    lines = [] if found.type in FLOWING else [explain.Line(_("When the year began"), found.opening, found.currency)]
    for kind in dict.fromkeys(stretch.kind for stretch in found.stretches):
        mine = [stretch for stretch in found.stretches if stretch.kind == kind]
        count = sum(stretch.count for stretch in mine)
        words = ngettext("{kind} (one posting)", "{kind} ({count} postings)", count).format(
            kind=kinds_title(kind, found.joined), count=count
        )
        lines.append(explain.Line(words, sum(stretch.micro for stretch in mine), found.currency))
    lines.append(explain.Line(_("Together"), found.shown, found.currency, total=True))
    return explain.Explanation(
        title=f"{found.title}, {found.year.title}",
        rule=RULES[found.type],
        micro=found.shown,
        currency=found.currency,
        lines=lines,
        bylaw_version=found.version,
        postings_count=sum(stretch.count for stretch in found.stretches),
        postings=[_posted(each, found.currency) for each in found.own[:5]],
        more_url=_address("openbooks:account", found.year, found.code, found.currency),
        privacy=str(PRIVACY).format(n=smallest),
    )


def sum_explanation(found: Books, what: str) -> explain.Explanation:
    """Answer how a sum of the statements was computed.

    `what` is one of `result`, `income`, `expenses`, `assets`, `liabilities`, `equity`, `claims`.
    """
    makers = {
        "income": _income,
        "expenses": _expenses,
        "result": _result,
        "assets": _assets,
        "liabilities": _liabilities,
        "equity": _equity,
        "claims": _claims,
    }
    if what not in makers:
        raise NoSuchFigure()
    title, rule, micro, lines = makers[what](found)
    return explain.Explanation(
        title=f"{title}, {found.year.title}",
        rule=rule,
        micro=micro,
        currency=found.currency,
        lines=[*lines, explain.Line(_("Together"), micro, found.currency, total=True)],
        back_url=_address("openbooks:year", found.year, None, found.currency),
    )


Explained = tuple[str, str, int, list[explain.Line]]
"""A sum's title, its rule in words, its amount, and its lines."""


def _income(found: Books) -> Explained:
    entries = found.income.income
    return _("What came in for the co-op"), _("All income accounts together."), found.income.earned, _lines(found, entries)


def _expenses(found: Books) -> Explained:
    entries = found.income.expenses
    return _("What the co-op spent"), _("All expense accounts together."), found.income.spent, _lines(found, entries)


def _result(found: Books) -> Explained:
    lines = [
        explain.Line(_("Came in"), found.income.earned, found.currency, url=sum_url(found, "income")),
        explain.Line(_("Spent"), -found.income.spent, found.currency, url=sum_url(found, "expenses")),
    ]
    rule = _("What came in for the co-op, less what it spent. The members decide what becomes of it.")
    return _("What is left of the year"), rule, found.income.result, lines


def _assets(found: Books) -> Explained:
    rule = _("All the co-op's money and things together.")
    return _("What there is"), rule, found.balance.there_is, _lines(found, found.balance.assets)


def _liabilities(found: Books) -> Explained:
    rule = _("All that the co-op owes to people and others.")
    return _("What is owed"), rule, found.balance.owed, _lines(found, found.balance.liabilities)


def _equity(found: Books) -> Explained:
    unshared = explain.Line(_("Results not yet shared out"), found.balance.result, found.currency)
    rule = _("Share capital and reserves, and the results that were not yet shared out.")
    return _("What belongs to the members together"), rule, found.balance.own, [*_lines(found, found.balance.equity), unshared]


def _claims(found: Books) -> Explained:
    lines = [
        explain.Line(_("What is owed"), found.balance.owed, found.currency, url=sum_url(found, "liabilities")),
        explain.Line(_("What belongs to the members together"), found.balance.own, found.currency, url=sum_url(found, "equity")),
    ]
    rule = _("All that there is belongs to somebody: it is owed, or it is the members' own. So this sum equals what there is.")
    return _("Owed and own together"), rule, found.balance.owed_and_own, lines


def sum_url(found: Books, what: str) -> str:
    """Return where a sum of the statements is explained."""
    return _address("openbooks:sum", found.year, what, found.currency)


def code_url(year: Year, code: str, currency: str) -> str:
    """Return where an account's figure is explained."""
    return _address("openbooks:explain", year, code, currency)


def title_of(code: str) -> str:
    """Return what people call an account, of personal ones all together; its code where no module declares it any more."""
    plan = catalogue.account_plan(code)
    if plan is None:
        return code
    return str(plan.place or plan.title) if plan.per == "party" else str(plan.title)


def kind_title(code: str) -> str:
    """Return what people call a kind of posting."""
    kind = catalogue.posting_kind(code)
    return str(kind.title) if kind else code


def _posted(each: published.OwnPosting, currency: str) -> explain.Posted:
    return explain.Posted(each.id, each.happened_at, kind_title(each.kind), each.amount, currency)


def kinds_title(code: str, joined: Mapping[str, str]) -> str:
    """Return what people call a kind of posting, and those that are shown together with it."""
    others = sorted(kind for kind, partner in joined.items() if partner == code and kind != code)
    return " + ".join(kind_title(kind) for kind in [code, *others])


def _lines(found: Books, entries: Sequence[rules.Entry]) -> list[explain.Line]:
    return [
        explain.Line(title_of(entry.code), entry.micro, found.currency, url=code_url(found.year, entry.code, found.currency))
        for entry in entries
    ]


def _address(name: str, year: Year, what: str | None, currency: str) -> str:
    given = [year.number] if what is None else [year.number, what]
    return f"{reverse(name, args=given)}?currency={currency}"
