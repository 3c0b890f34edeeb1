"""The tables of the open books, as the pages and the CSV files show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.shared import tables

from . import queries, rules
from .queries import figures


def statement(found: queries.Books) -> dict[str, Any]:
    """Return the statements as sections of lines with amounts that explain themselves."""

    def section(entries: tuple[rules.Entry, ...]) -> list[tuple[str, tables.Money]]:
        return [(queries.title_of(entry.code), _money(found, entry)) for entry in entries]

    def total(micro: int, what: str) -> tables.Money:
        return tables.Money(micro, found.currency, figures.sum_url(found, what))

    return {
        "income": section(found.income.income),
        "expenses": section(found.income.expenses),
        "earned": total(found.income.earned, "income"),
        "spent": total(found.income.spent, "expenses"),
        "result": total(found.income.result, "result"),
        "assets": section(found.balance.assets),
        "liabilities": section(found.balance.liabilities),
        "equity": section(found.balance.equity),
        "there_is": total(found.balance.there_is, "assets"),
        "owed": total(found.balance.owed, "liabilities"),
        "own": total(found.balance.own, "equity"),
        "claims": total(found.balance.owed_and_own, "claims"),
        "unshared": tables.Money(found.balance.result, found.currency, figures.sum_url(found, "equity")),
    }


def _money(found: queries.Books, entry: rules.Entry) -> tables.Money:
    return tables.Money(entry.micro, found.currency, figures.code_url(found.year, entry.code, found.currency))


def of_year(which: str, year: queries.Year, currency: str, *, now: datetime) -> tables.Table:
    """Return one of a year's tables. Refuses a name that is none of `flow`, `income`, `balance`, `members`."""
    makers = {"flow": _flow, "income": _income, "balance": _balance}
    smallest = queries.smallest_group(now)
    if which == "members":
        return members(queries.people(now, smallest=smallest))
    if which not in makers:
        raise queries.NoSuchFigure()
    return makers[which](queries.sums(year, smallest=smallest), currency)


def members(found: queries.People) -> tables.Table:
    """Return the members by class, small classes together."""
    return tables.Table(
        name="members",
        caption=_("Members by class"),
        columns=[tables.Column("class", _("Class"), main=True), tables.Column("people", _("Members"), end=True)],
        rows=[{"class": group.title, "people": group.people} for group in found.by_class],
        foot={"class": _("All members, each once"), "people": found.members},
    )


def stretches(figure: queries.Figure) -> tables.Table:
    """Return an account's postings by kind and month, thin months joined."""
    return tables.Table(
        name="postings",
        caption=_("Postings by kind and month"),
        columns=[
            tables.Column("kind", _("Kind"), main=True),
            tables.Column("first", _("From month")),
            tables.Column("last", _("To month")),
            tables.Column("count", _("Postings"), end=True),
            tables.Column("amount", _("Amount"), end=True),
        ],
        rows=[
            {
                "kind": queries.kinds_title(each.kind, figure.joined),
                "first": f"{each.first:%Y-%m}",
                "last": f"{each.last:%Y-%m}",
                "count": each.count,
                "amount": tables.Money(each.micro, figure.currency, sign=True),
            }
            for each in figure.stretches
        ],
        csv_url=f"{reverse('openbooks:account_csv', args=[figure.year.number, figure.code])}?currency={figure.currency}",
        empty=_("Nothing was posted here in this year."),
    )


def own_postings(figure: queries.Figure) -> tables.Table:
    """Return the co-op's own postings on an account, one by one."""
    return tables.Table(
        name="own",
        caption=_("The co-op's own postings, one by one"),
        columns=[
            tables.Column("posting", _("Posting"), main=True),
            tables.Column("at", _("When")),
            tables.Column("version", _("Bylaws version"), end=True),
            tables.Column("amount", _("Amount"), end=True),
        ],
        rows=[
            {
                "posting": f"{queries.kind_title(each.kind)} {each.id}",
                "at": each.happened_at,
                "version": each.bylaws_version,
                "amount": tables.Money(each.amount, figure.currency, sign=True),
            }
            for each in figure.own
        ],
    )


def _flow(sums: queries.Sums, currency: str) -> tables.Table:
    picture = queries.picture(sums, currency)
    return tables.Table(
        name="flow",
        caption=picture.title,
        columns=[
            tables.Column("source", _("From"), main=True),
            tables.Column("target", _("To")),
            tables.Column("amount", _("Amount"), end=True),
        ],
        rows=[
            {"source": str(link.source_title), "target": str(link.target_title), "amount": tables.Money(link.micro, currency)}
            for link in picture.links
        ],
    )


def _income(sums: queries.Sums, currency: str) -> tables.Table:
    found = queries.books(sums, currency).income
    rows = [_line(_("Came in"), entry, currency) for entry in found.income]
    rows += [_line(_("Spent"), entry, currency) for entry in found.expenses]
    foot = {"part": _("Left of the year"), "amount": tables.Money(found.result, currency)}
    return _statement("income", _("Income statement"), rows, foot)


def _balance(sums: queries.Sums, currency: str) -> tables.Table:
    found = queries.books(sums, currency).balance
    rows = [_line(_("There is"), entry, currency) for entry in found.assets]
    rows += [_line(_("Owed"), entry, currency) for entry in found.liabilities]
    rows += [_line(_("The members' own"), entry, currency) for entry in found.equity]
    unshared = tables.Money(found.result, currency)
    rows.append({"part": _("The members' own"), "account": _("Results not yet shared out"), "amount": unshared})
    return _statement("balance", _("Balance sheet"), rows, {})


def _line(part: str, entry: rules.Entry, currency: str) -> dict[str, Any]:
    amount = tables.Money(entry.micro, currency)
    return {"part": part, "account": queries.title_of(entry.code), "code": entry.code, "amount": amount}


def _statement(name: str, caption: str, rows: list[dict[str, Any]], foot: dict[str, Any]) -> tables.Table:
    return tables.Table(
        name=name,
        caption=caption,
        columns=[
            tables.Column("part", _("Part")),
            tables.Column("account", _("Account"), main=True),
            tables.Column("code", _("Code")),
            tables.Column("amount", _("Amount"), end=True),
        ],
        rows=rows,
        foot=foot,
    )
