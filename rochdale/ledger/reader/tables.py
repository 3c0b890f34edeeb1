"""A journal as CSV: rows are lines of transactions, joined by the transaction's number, or each a whole transfer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.utils.translation import gettext as _

from . import rows, sniffing, sources, values
from .columns import Columns, recognise
from .found import BadLine, Declared, Found, Note, Options, Reject, Transaction, UnreadableFile
from .settling import Draft, settle

MOST_IN_MEMORY = 300_000
"""Rows of a file whose transactions are not in one piece each: they are joined in memory up to so many."""
KINDS = {
    "asset": "asset",
    "assets": "asset",
    "bank": "asset",
    "cash": "asset",
    "receivable": "asset",
    "accountsreceivable": "asset",
    "liability": "liability",
    "liabilities": "liability",
    "creditcard": "liability",
    "payable": "liability",
    "accountspayable": "liability",
    "equity": "equity",
    "capital": "equity",
    "income": "income",
    "revenue": "income",
    "revenues": "income",
    "expense": "expense",
    "expenses": "expense",
    "costs": "expense",
}


@dataclass(slots=True)
class _Group:
    """The rows of one transaction so far."""

    name: str
    first: int
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    left: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Form:
    """How this file is to be read."""

    source: sources.Source
    head: rows.Head
    columns: Columns
    options: Options
    mark: str
    order: str
    sums: set[int] = field(default_factory=set)
    """The lines that only add up others."""


def read(source: sources.Source, options: Options) -> Iterator[Found]:
    """Yield what a journal as CSV holds. Refuses, as a whole, a file whose columns or numbers cannot be told."""
    form = form_of(source, options)
    yield Note(_("Columns: {columns}.").format(columns=form.columns.said(form.head.names)))
    yield from above(form.head)
    if form.columns.unused:
        yield Note(_("Columns that were not used: {columns}.").format(columns=", ".join(form.columns.unused)[:300]))
    if "transaction" not in form.columns and "debit_account" not in form.columns:
        yield Note(_("No column tells transactions apart: lines of one day are one transaction as soon as they come to zero."))
    known: dict[str, str] = {}
    for group in _grouped(form):
        yield from _kinds(group, form, known)
        yield _transaction(group, form)
    if form.sums:
        says = _("{count} rows that only add up others (“Total”, or an amount on both sides and no account) were left aside.")
        yield Note(says.format(count=len(form.sums)))


def above(head: rows.Head) -> Iterator[Note]:
    """Say what stands above the head."""
    if head.line > 1:
        yield Note(_("The names of the columns stand on line {line}; what is above was left aside.").format(line=head.line))


def form_of(source: sources.Source, options: Options) -> _Form:
    """Work out columns, decimal mark and the order of days."""
    head = rows.head(source, options.delimiter)
    columns = recognise(head.names, options.columns, profile=options.profile, file=source.name)
    columns = _two_accounts(head, columns)
    _refuse_missing(source, head, columns)
    sample = [cells for _number, cells in islice(rows.read(source, head), sniffing.SAMPLE)]
    numbers = [
        values_in for cells in sample for what in ("amount", "debit", "credit") if (values_in := _digits(columns.of(cells, what)))
    ]
    days = [columns.of(cells, "date") for cells in sample if columns.of(cells, "date")]
    mark = options.decimal or sniffing.decimal_mark(numbers, file=source.name)
    order = options.dates or sniffing.date_order(days, file=source.name)
    return _Form(source, head, columns, options, mark, order)


def _two_accounts(head: rows.Head, columns: Columns) -> Columns:
    """Columns “debit” and “credit” beside an amount, without one for the account, hold accounts, not amounts."""
    places = dict(columns.places)
    if {"debit", "credit", "amount"} <= places.keys() and "account" not in places:
        places |= {"debit_account": places.pop("debit"), "credit_account": places.pop("credit")}
    if "amount" in places:
        places.pop("debit", None), places.pop("credit", None)
    places.pop("balance", None)
    unused = tuple(name for place, name in enumerate(head.names) if place not in places.values())
    return Columns(places, unused, columns.currency)


def _refuse_missing(source: sources.Source, head: rows.Head, columns: Columns) -> None:
    missing = [] if "date" in columns else ["date"]
    if "account" not in columns and not ("debit_account" in columns and "credit_account" in columns):
        missing.append("account")
    if "amount" not in columns and not ("debit" in columns and "credit" in columns):
        missing.append("amount")
    if missing:
        why = _("it has no column for {missing}; it has {names}. Say which it is: --column {example}=“their name”.")
        if "account" in missing and "amount" not in missing:
            why += " " + _(
                "If it is a bank's list of payments, it is not books: it does not say what each payment was for. "
                "Take it in as a bank statement, or add a column “debit account” and one “credit account”."
            )
        names = ", ".join(f"“{values.shown(name)}”" for name in head.names[:20])
        raise UnreadableFile(file=source.name, why=why.format(missing=", ".join(missing), names=names, example=missing[0]))


def _digits(text: str) -> str:
    return text.strip("+-−()$€£₹ \u00a0").strip() if any(letter.isdigit() for letter in text) else ""


def _grouped(form: _Form) -> Iterator[_Group]:
    if "debit_account" in form.columns and "transaction" not in form.columns:
        for number, cells in _rows(form):
            yield _Group("", number, [(number, cells)])
    elif "transaction" in form.columns:
        yield from _by_number(form)
    else:
        yield from _by_zero(form)


def _rows(form: _Form) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that book something; those that only add up others are counted in the form."""
    columns = form.columns
    for number, cells in rows.read(form.source, form.head):
        nameless = not any(columns.of(cells, what) for what in ("account", "debit_account", "credit_account"))
        both = bool(columns.of(cells, "debit") and columns.of(cells, "credit")) and not columns.of(cells, "date")
        if nameless and (rows.is_total(cells) or both):
            form.sums.add(number)
        else:
            yield number, cells


def _by_number(form: _Form) -> Iterator[_Group]:
    """Join rows by the transaction's number; a row without one goes on with the transaction above it."""
    if _in_pieces(form):
        yield from _joined(form)
        return
    group: _Group | None = None
    for number, cells in _rows(form):
        name = form.columns.of(cells, "transaction")
        if group is None or (name and name != group.name):
            if group is not None:
                yield group
            group = _Group(name, number)
        group.rows.append((number, cells))
    if group is not None:
        yield group


def _in_pieces(form: _Form) -> bool:
    """Tell whether a transaction goes on after another one began (a report by account, say)."""
    seen: set[int] = set()
    last = ""
    for _number, cells in _rows(form):
        name = form.columns.of(cells, "transaction")
        if name and name != last:
            if hash(name) in seen:
                return True
            seen.add(hash(name))
            last = name
    return False


def _joined(form: _Form) -> Iterator[_Group]:
    found: dict[str, _Group] = {}
    name = ""
    for count, (number, cells) in enumerate(_rows(form), 1):
        name = form.columns.of(cells, "transaction") or name
        found.setdefault(name, _Group(name, number)).rows.append((number, cells))
        if count > MOST_IN_MEMORY:
            why = _("its transactions are in pieces, and it has more than {most} rows: sort it by transaction.")
            raise UnreadableFile(file=form.source.name, why=why.format(most=f"{MOST_IN_MEMORY:,}"))
    yield from found.values()


def _by_zero(form: _Form) -> Iterator[_Group]:
    """Without a number, a transaction is the lines of one day until they come to zero in each currency."""
    group: _Group | None = None
    day = ""
    for number, cells in _rows(form):
        on = form.columns.of(cells, "date")
        if group is not None and on and on != day:
            yield group
            group = None
        day = on or day
        group = group or _Group("", number)
        group.rows.append((number, cells))
        try:
            amount, currency = _amount(cells, form)
            group.left[currency] = group.left.get(currency, Decimal(0)) + amount
        except BadLine:
            group.left["?"] = Decimal(1)  # the whole day is one piece then, and is refused by its line
        if not any(group.left.values()):
            yield group
            group = None
    if group is not None:
        yield group


def _kinds(group: _Group, form: _Form, known: dict[str, str]) -> Iterator[Found]:
    for _number, cells in group.rows if "kind" in form.columns else ():
        account, kind = form.columns.of(cells, "account"), KINDS.get(form.columns.of(cells, "kind").lower().replace(" ", ""), "")
        if account and kind and known.get(account) != kind:
            known[account] = kind
            yield Declared(account, kind)


def _transaction(group: _Group, form: _Form) -> Transaction | Reject:
    raw = tuple(rows.written(cells, form.head) for _number, cells in group.rows)
    try:
        on, at = _day(group, form)
        drafts = []
        shared = _shared_currency(group, form)
        for _line, cells in group.rows:
            drafts += _drafts(cells, form, shared)
        lines = settle(drafts, conversion=form.options.conversion)
    except BadLine as bad:
        return Reject(group.first, str(bad), raw)
    payee, text = _words(group, form, "payee"), _words(group, form, "text")
    return Transaction(group.first, on, lines, at=at, payee=payee, text=text, raw=raw)


def _day(group: _Group, form: _Form) -> tuple[date, datetime | None]:
    days = {form.columns.of(cells, "date") for _number, cells in group.rows} - {""}
    if not days:
        raise BadLine(_("no date"))
    found = {values.moment(day, form.order) for day in days}
    if len({on for on, _at in found}) > 1:
        raise BadLine(_("its lines have different days: {days}").format(days=values.shown(", ".join(sorted(days)))))
    return min(found, key=lambda each: str(each[1] or ""))


def _shared_currency(group: _Group, form: _Form) -> str:
    """Return the one currency that a transaction names, for its lines that name none (GnuCash writes it once)."""
    named = {form.columns.of(cells, "currency") for _number, cells in group.rows} - {""}
    return next(iter(named)) if len(named) == 1 else ""


def _drafts(cells: Sequence[str], form: _Form, shared: str) -> list[Draft]:
    columns = form.columns
    if len(cells) > len(form.head.names) and any(cells[len(form.head.names) :]):
        raise BadLine(_("it has more cells than the file has columns"))
    amount, currency = _amount(cells, form, shared)
    if "debit_account" in columns:
        debit, credit = columns.of(cells, "debit_account"), columns.of(cells, "credit_account")
        if not debit or not credit:
            raise BadLine(_("it names no account to debit or none to credit"))
        return [Draft(debit, amount, currency), Draft(credit, -amount, currency)]
    account = columns.of(cells, "account")
    if not account:
        raise BadLine(_("it names no account"))
    return [Draft(account, amount, currency)]


def _amount(cells: Sequence[str], form: _Form, shared: str = "") -> tuple[Decimal, str]:
    columns = form.columns
    if "amount" in columns:
        value, written = values.amount(_there(columns.of(cells, "amount")), form.mark)
    else:
        debit, credit = columns.of(cells, "debit"), columns.of(cells, "credit")
        taken = (
            (values.amount(debit, form.mark) if debit else (Decimal(0), "")),
            (values.amount(credit, form.mark) if credit else (Decimal(0), "")),
        )
        _there(debit or credit)
        value, written = taken[0][0] - taken[1][0], taken[0][1] or taken[1][1]
    if form.options.signs == "credit":
        value = -value
    return value, _currency(columns.of(cells, "currency") or written or shared, form)


def _there(text: str) -> str:
    if not text:
        raise BadLine(_("no amount"))
    return text


def _currency(written: str, form: _Form) -> str:
    chosen = written or form.options.currency or form.columns.currency
    if not chosen:
        raise BadLine(_("no currency; say it for the whole file with --currency"))
    return values.currency(chosen.removeprefix("CURRENCY::"), form.options.symbols)


def _words(group: _Group, form: _Form, what: str) -> str:
    found = dict.fromkeys(form.columns.of(cells, what) for _number, cells in group.rows)
    return " / ".join(text for text in found if text)[:500]
