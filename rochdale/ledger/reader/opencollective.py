"""The transactions of a collective as Open Collective exports them, one row an event's side; columns vary by version.

A row moves its net amount on the collective's balance; the gross amount is income or an expense, and what lies
between is fees. Newer exports state each fee; older ones leave host and platform fees out, and then the difference
is taken as such and said. The exports' own balance column is checked, and where it differs, that is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice

from django.utils.translation import gettext as _

from rochdale.shared import money

from . import rows, sniffing, sources, values
from .columns import plain
from .found import BadLine, Finding, Found, Line, Note, Options, Reject, Transaction, UnreadableFile

NAMES: dict[str, tuple[str, ...]] = {
    "date": ("datetime", "effectivedate", "effectivedatetime", "date", "transactiondate", "createdat", "orderdate"),
    "id": ("shortid", "shorttransactionid", "id", "transactionid", "legacyid", "legacytransactionid", "uuid"),
    "group": ("shortgroup", "shortgroupid", "group", "groupid", "transactiongroup"),
    "description": ("description", "transactiondescription"),
    "type": ("type", "creditdebit", "transactiontype"),
    "kind": ("kind", "transactionkind"),
    "refund": ("isrefund", "isreverse", "isreversal", "refund", "reverse"),
    "amount": ("amount", "amountsinglecolumn", "grossamount", "amountincollectivecurrency", "transactionamount"),
    "credited": ("amountcredited", "creditamount", "amountreceived"),
    "debited": ("amountdebited", "debitamount", "amountpaid"),
    "fee": ("paymentprocessorfee", "paymentprocessorfeeincollectivecurrency", "paymentprocessorfeeinhostcurrency"),
    "host_fee": ("hostfee", "hostfeeincollectivecurrency", "hostfeeinhostcurrency"),
    "platform_fee": ("platformfee", "platformtip", "platformfeeincollectivecurrency", "platformfeeinhostcurrency"),
    "net": ("netamount", "netamountincollectivecurrency", "netcollectiveamount"),
    "balance": ("balance",),
    "currency": ("currency", "collectivecurrency", "accountcurrency"),
    "host_currency": ("hostcurrency",),
    "account": ("accountslug", "collectiveslug", "accounthandle", "accountname"),
    "other": ("oppositeaccountname", "username", "oppositeaccountslug", "oppositeaccounthandle"),
    "expense_type": ("expensetype",),
    "tax": ("taxamount",),
}
INCOME = {
    "CONTRIBUTION": "Income:Contributions",
    "ADDED_FUNDS": "Income:Added funds",
    "PAYMENT_PROCESSOR_COVER": "Income:Payment fees given back",
    "PAYMENT_PROCESSOR_DISPUTE_FEE": "Expenses:Fees:Payment disputes",
    "BALANCE_TRANSFER": "Equity:Balance transfers",
    "PREPAID_PAYMENT_METHOD": "Income:Prepaid",
    "HOST_FEE": "Expenses:Fees:Host",
    "HOST_FEE_SHARE": "Expenses:Fees:Host share",
    "PLATFORM_FEE": "Expenses:Fees:Platform",
    "PLATFORM_TIP": "Expenses:Fees:Platform tips",
    "PAYMENT_PROCESSOR_FEE": "Expenses:Fees:Payments",
    "TAX": "Liabilities:Tax collected",
    "HOST_FEE_SHARE_DEBT": "Liabilities:Owed to the platform:Host fee share",
    "PLATFORM_TIP_DEBT": "Liabilities:Owed to the platform:Tips",
}
"""Which account a kind of row belongs to, whichever its sign: a refund takes back from the same account."""
SPENT = ("EXPENSE",)
WALLET = "Assets:Open Collective:"


@dataclass(slots=True)
class _Sum:
    """One account's rows in the order of time: what they come to, and what the balance column says."""

    currency: str = ""
    rows: list[tuple[str, int, int, Decimal, Decimal]] = field(default_factory=list)


def looks_like(names: Sequence[str]) -> bool:
    """Say whether a file's head is an Open Collective export."""
    bare = {plain(name) for name in names}
    theirs = {"kind", "type", "collectivecurrency", "transactiondescription", "creditdebit", "transactionkind", "hostcurrency"}
    amount = bool(bare & {*NAMES["amount"], *NAMES["credited"]})
    fees = bare & {*NAMES["fee"], *NAMES["host_fee"]} or bare & {"accountslug", "collectiveslug", "accounthandle"}
    return amount and bool(bare & theirs) and bool(bare & set(NAMES["net"]) or fees)


def read(source: sources.Source, options: Options) -> Iterator[Found]:
    """Yield a transaction for each row; at the end what the balance column says otherwise."""
    head = rows.head(source, options.delimiter)
    bare = [plain(name) for name in head.names]
    places = {
        what: next(bare.index(name) for name in names if name in bare) for what, names in NAMES.items() if set(names) & set(bare)
    }
    if {"credited", "debited"} <= places.keys():
        places.setdefault("amount", places["credited"])
    missing = [what for what in ("date", "amount") if what not in places]
    if missing:
        raise UnreadableFile(
            file=source.name, why=_("an Open Collective export has columns for {missing}.").format(missing=", ".join(missing))
        )
    yield from _told(head, places)
    options = _settled(source, head, places, options)
    sums: dict[str, _Sum] = {}
    unstated: dict[str, Decimal] = {}
    count = 0
    for number, cells in rows.read(source, head):
        given = {what: cells[place] if place < len(cells) else "" for what, place in places.items()}
        if rows.is_total(cells):
            yield Note(_("Rows called “Total” were left aside: they only add up others."), number)
            continue
        try:
            done, rest = _transaction(number, given, options, raw=rows.written(cells, head))
            yield done
        except BadLine as bad:
            yield Reject(number, str(bad), (rows.written(cells, head),))
            continue
        if rest:
            count += 1
            unstated[done.lines[0].currency] = unstated.get(done.lines[0].currency, Decimal(0)) + rest
        if given.get("balance"):
            _count_balance(number, given, done, sums, options.decimal)
    if count:
        total = ", ".join(f"{value:f} {currency}" for currency, value in sorted(unstated.items()))
        says = _(
            "On {count} rows the net amount is lower than amount and stated fees by {total} in all: fees of host and "
            "platform that this export has no column for. They were taken as Expenses:Fees:Host and platform."
        )
        yield Note(says.format(count=count, total=total))
    yield from _balances(sums)


def _told(head: rows.Head, places: dict[str, int]) -> Iterator[Note]:
    """Say which column was taken for what, and what is worked out because there is none for it."""
    said = ", ".join(f"{what} ← “{head.names[place]}”" for what, place in places.items())
    yield Note(_("Columns: {columns}.").format(columns=said))
    if "net" not in places:
        yield Note(_("There is no column for the net amount: it was taken as the amount with the fees and the tax stated."))
    if "refund" not in places:
        yield Note(_("No column tells refunds: contributions below zero were taken as given to others, not as paid back."))
    if "kind" not in places:
        yield Note(_("No column tells kinds: what came in was taken as contributions, what went out as expenses."))


def _settled(source: sources.Source, head: rows.Head, places: dict[str, int], options: Options) -> Options:
    """Return the options with decimal mark and order of days, worked out from the file where they were not said."""
    sample = [cells for _number, cells in islice(rows.read(source, head), sniffing.SAMPLE)]

    def cells_of(*what: str) -> list[str]:
        wanted = [places[each] for each in what if each in places]
        return [cells[place] for cells in sample for place in wanted if place < len(cells) and cells[place]]

    numbers = [text.strip("+-−()$€£ ") for text in cells_of("amount", "debited", "net", "fee", "host_fee", "balance")]
    mark = options.decimal or sniffing.decimal_mark(numbers, file=source.name)
    return replace(options, decimal=mark, dates=options.dates or sniffing.date_order(cells_of("date"), file=source.name))


def _transaction(number: int, given: dict[str, str], options: Options, *, raw: str) -> tuple[Transaction, Decimal]:
    on, at = values.moment(given["date"], options.dates or "ymd")
    currency = values.currency(given.get("currency") or options.currency or _no_currency(), options.symbols)
    mark = options.decimal
    gross = _gross(given, mark)
    fees = _fees(given, gross, currency, mark)
    tax = -abs(_number(given.get("tax") or "0", mark))
    net = _number(given["net"], mark) if "net" in given else gross + sum(fees.values()) + tax
    rest = net - gross - sum(fees.values())
    if tax and rest == tax:
        fees["Liabilities:Tax collected"], rest = tax, Decimal(0)
    if rest > 0:
        raise BadLine(_("the net amount {net} is more than the amount {gross} and its fees").format(net=net, gross=gross))
    fees["Expenses:Fees:Host and platform"] = rest
    where = f"{WALLET}{values.shown(given.get('account', '')) or 'Balance'}"
    parts = [(where, net), (_account_of(given, gross), -gross), *((account, -fee) for account, fee in fees.items())]
    lines = tuple(Line(account, values.micro(value), currency) for account, value in parts if value)
    own_id = f"opencollective:{given['id']}" if given.get("id") else ""
    text = " ".join(part for part in (given.get("description", ""), f"[{given['group']}]" if given.get("group") else "") if part)
    return Transaction(number, on, lines, at=at, payee=given.get("other", ""), text=text, own_id=own_id, raw=(raw,)), -rest


def _account_of(given: dict[str, str], gross: Decimal) -> str:
    kind = given.get("kind", "").strip().upper().replace(" ", "_")
    if kind in SPENT:
        return f"Expenses:Paid:{values.shown(given.get('expense_type', '')).capitalize() or 'Other'}"
    if kind == "CONTRIBUTION" and gross < 0 and not _is_refund(given):
        return "Expenses:Contributions given"
    if kind in INCOME:
        return INCOME[kind]
    if not kind and given.get("type", "").upper() in ("CREDIT", "DEBIT", ""):
        return "Income:Contributions" if gross > 0 else "Expenses:Paid:Other"
    why = _("“{kind}” is not a kind of row we know how to book; if it is one of {known}, write that")
    raise BadLine(why.format(kind=values.shown(given.get("kind", "")), known=", ".join([*SPENT, *INCOME])))


def _gross(given: dict[str, str], mark: str) -> Decimal:
    """Return the amount before fees: from one column, or from one for what came and one for what went."""
    if "credited" not in given or given["amount"] != given["credited"]:
        return _number(given["amount"], mark)
    return abs(_number(given["credited"] or "0", mark)) - abs(_number(given.get("debited") or "0", mark))


def _is_refund(given: dict[str, str]) -> bool:
    return given.get("refund", "").strip().lower() not in ("", "no", "false", "0")


def _number(text: str, mark: str) -> Decimal:
    value, _currency = values.amount(text, mark)
    return value


def _fees(given: dict[str, str], gross: Decimal, currency: str, mark: str) -> dict[str, Decimal]:
    """Return each stated fee as what it changes. Exports write fees below zero; where one writes them above, they are turned.

    Fees in the host's currency, where it is another, are left out; they are part of what the net amount is lower by.
    """
    if given.get("host_currency", "") not in ("", currency):
        return {}
    stated = {
        "Expenses:Fees:Payments": given.get("fee", ""),
        "Expenses:Fees:Host": given.get("host_fee", ""),
        "Expenses:Fees:Platform": given.get("platform_fee", ""),
    }
    fees = {account: _number(text, mark) if text.strip() else Decimal(0) for account, text in stated.items()}
    turned = gross > 0 and sum(fees.values()) > 0
    return {account: -fee if turned else fee for account, fee in fees.items()}


def _no_currency() -> str:
    raise BadLine(_("no currency; say it for the whole file with --currency"))


def _count_balance(number: int, given: dict[str, str], done: Transaction, sums: dict[str, _Sum], mark: str) -> None:
    account = sums.setdefault(given.get("account", ""), _Sum(done.lines[0].currency))
    try:
        net = sum(line.amount for line in done.lines if line.account.startswith(WALLET))
        account.rows.append((given["date"], -number, number, money.to_decimal(net), _number(given["balance"], mark)))
    except BadLine:
        return


def _balances(sums: dict[str, _Sum]) -> Iterator[Finding]:
    """Compare the balance column with the rows in the order of time; exports begin with the newest."""
    for account, found in sorted(sums.items()):
        newest_first = len(found.rows) > 1 and found.rows[0][0] > found.rows[-1][0]
        ordered = found.rows[::-1] if newest_first else found.rows
        total, differing, last_good = Decimal(0), 0, 0
        first = ordered[0][4] - ordered[0][3]
        for place, (_day, _back, _line, net, balance) in enumerate(ordered):
            total += net
            if balance - first == total:
                last_good = place
            else:
                differing += 1
        end = ordered[-1][4] - first - total
        if end:
            line = ordered[min(last_good + 1, len(ordered) - 1)][2]
            yield Finding(_end(account, ordered[-1], total + first, end, found.currency, since=line), ordered[-1][2])
        elif differing:
            says = _("The balance column of {account} differs from the rows on {count} rows and agrees at the end.")
            yield Finding(says.format(account=account or "the export", count=differing))


def _end(
    account: str, last: tuple[str, int, int, Decimal, Decimal], comes_to: Decimal, off: Decimal, currency: str, *, since: int
) -> str:
    return _(
        "The export disagrees with itself: its balance column ends at {said} {currency} for {account}, but its rows come to "
        "{comes_to} {currency}, a difference of {off}. The last row (line {line}, {day}) states a net amount of {net}; "
        "the column last agreed before line {since}. The rows were taken as they are: ask the host which is right."
    ).format(
        said=f"{last[4]:,.2f}",
        comes_to=f"{comes_to:,.2f}",
        off=f"{off:,.2f}",
        currency=currency,
        account=account or "the export",
        line=last[2],
        day=last[0][:10],
        net=f"{last[3]:,.2f}",
        since=since,
    )
