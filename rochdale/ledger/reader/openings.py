"""Opening balances: an account and what it stood at, a row each. Each becomes a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from rochdale.shared import money

from . import charts, rows, sniffing, sources, values
from .columns import recognise
from .found import BadLine, Declared, Found, Line, Note, Options, Reject, Transaction, UnreadableFile
from .tables import KINDS, above

AGAINST = "Equity:Opening balances"
"""What stands on the other side; it comes to zero when all rows are in."""


def read(source: sources.Source, options: Options) -> Iterator[Found]:
    """Yield a transaction for each row, and a finding where the rows do not come to zero."""
    head = rows.head(source, options.delimiter)
    wanted = ("account", "balance", "amount", "debit", "credit", "currency", "kind", "text")
    columns = recognise(head.names, options.columns, profile=options.profile, wanted=wanted, file=source.name)
    figure = next((what for what in ("balance", "amount") if what in columns), "")
    if "account" not in columns or not (figure or {"debit", "credit"} <= columns.places.keys()):
        why = _("opening balances are two columns, account and balance; it has {names}.")
        raise UnreadableFile(file=source.name, why=why.format(names=", ".join(head.names)[:300]))
    if options.opening_on is None:
        raise UnreadableFile(file=source.name, why=_("say the day of the balances: --date 2025-12-31."))
    yield Note(_("Columns: {columns}.").format(columns=columns.said(head.names)))
    yield from above(head)
    numbers = [
        columns.of(cells, what).strip("+-−() ")
        for _n, cells in islice(rows.read(source, head), sniffing.SAMPLE)
        for what in (figure, "debit", "credit")
        if what
    ]
    mark = options.decimal or sniffing.decimal_mark([number for number in numbers if number], file=source.name)
    sums: dict[str, int] = {}
    for number, cells in rows.read(source, head):
        if rows.is_total(cells) or rows.is_total([columns.of(cells, "account")]):
            yield Note(_("Rows called “Total” were left aside: they only add up others."), number)
            continue
        try:
            account, kind = columns.of(cells, "account"), KINDS.get(columns.of(cells, "kind").lower().replace(" ", ""), "")
            if not account:
                raise BadLine(_("it names no account"))
            if kind:
                yield Declared(account, kind)
            value, written = _figure(columns.of(cells, figure), columns.of(cells, "debit"), columns.of(cells, "credit"), mark)
            currency = values.currency(
                columns.of(cells, "currency") or written or options.currency or columns.currency or _none(), options.symbols
            )
            amount = _signed(value, account, kind, options)
            sums[currency] = sums.get(currency, 0) + amount
            lines = (Line(account, amount, currency), Line(AGAINST, -amount, currency))
            yield Transaction(number, options.opening_on, lines, text=columns.of(cells, "text"), raw=(rows.written(cells, head),))
        except BadLine as bad:
            yield Reject(number, str(bad), (rows.written(cells, head),))
    for currency, total in sorted(sums.items()):
        if total:
            yield Reject(0, _off(total, currency))


def _figure(figure: str, debit: str, credit: str, mark: str) -> tuple[object, str]:
    if figure:
        return values.amount(figure, mark)
    if not debit and not credit:
        raise BadLine(_("no balance"))
    plus, written = values.amount(debit or "0", mark)
    minus, other = values.amount(credit or "0", mark)
    return plus - minus, written or other


def _signed(value: object, account: str, kind: str, options: Options) -> int:
    amount = values.micro(value)  # type: ignore[arg-type]  # a Decimal
    if options.signs == "credit":
        return -amount
    if options.signs == "normal":
        found = kind or charts.kind_of(account, options.kinds)
        if not found:
            raise BadLine(_("the kind of “{account}” is not known, so neither is its sign").format(account=values.shown(account)))
        return amount if found in ("asset", "expense") else -amount
    return amount


def _none() -> str:
    raise BadLine(_("no currency; say it for the whole file with --currency"))


def _off(total: int, currency: str) -> str:
    return _(
        "the balances do not come to zero: {rest} too much. Add what is missing; "
        "or, if a liability stands there as a positive number, say --signs normal"
    ).format(rest=f"{money.to_decimal(total):f} {currency}")
