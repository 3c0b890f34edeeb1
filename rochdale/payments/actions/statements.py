"""Bring a bank statement in: each line once, whichever files hold it; what does not tie out is said, never mended."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min, Sum
from django.utils.translation import gettext_lazy as _

from rochdale.shared import keys, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries
from ..banking.form import Entry, Statement, identities
from ..models import BankLine, BankStatement, Counter
from ..queries import days


class UnknownBankAccount(Refusal):
    code = "payments.unknown_bank_account"
    status = 422
    text = _("Statements are of one of these accounts: client, own. Nothing was kept.")


class WrongCurrency(Refusal):
    code = "payments.statement_wrong_currency"
    status = 422
    text = _("This statement is in {found}; the account is kept in {wanted}. Nothing was kept.")


class InTheFuture(Refusal):
    code = "payments.statement_in_the_future"
    status = 422
    text = _("This statement holds days that have not come yet ({day}). Nothing was kept; look how its dates are written.")


class OtherAccount(Refusal):
    code = "payments.statement_of_another_account"
    text = _(
        "The file is of another account at the bank than the statements before it. Nothing was kept; choose the other "
        "account, or the right file."
    )


class BeforeTheFirst(Refusal):
    code = "payments.statement_before_the_first"
    text = _(
        "The first statement began on {first}, with a balance the books until then answer for. Lines before it would count "
        "twice. Nothing was kept."
    )


@action(
    "payments.import_statement",
    may=may.office("treasurer", "cashier") | may.host_operator,
    about=("place", "currency"),
)
def import_statement(*, actor: Actor, now: datetime, key: str, place: str, currency: str, statement: Statement) -> dict[str, Any]:
    """Keep a bank statement of the clients' account ("client") or the co-op's own ("own").

    Returns {"statement": id, "again": bool, "lines": in the file, "new": lines that were not known, "off_by", "gap":
    micro-units or None}. The same file again answers the same and keeps nothing; lines an earlier file
    brought are known again. Refuses other currencies, other accounts and days to come.
    """
    _check(place, currency, statement, now)
    content = keys.mac(_text(place, currency, statement))
    known = BankStatement.objects.filter(place=place, currency=currency, content=content).first()
    if known is not None:
        return _answer(known, again=True)
    _take_turn(place, currency)
    known = BankStatement.objects.filter(place=place, currency=currency, content=content).first()
    if known is not None:
        return _answer(known, again=True)
    _same_account(place, currency, statement)
    _not_before_the_first(place, currency, statement)
    row = BankStatement.objects.create(
        place=place,
        currency=currency,
        from_on=statement.from_on,
        until_on=statement.until_on,
        opening=statement.opening,
        closing=statement.closing,
        total=statement.total,
        lines=len(statement.entries),
        gap=_gap(place, currency, statement),
        form=statement.form[:12],
        remarks=" ".join(statement.remarks)[:120],
        content=content,
        account_sealed=_sealed_account(statement.account_name),
        imported_at=now,
        imported_by=actor.party,
    )
    _opening_line(row)
    BankLine.objects.bulk_create(_lines(row, statement.entries), ignore_conflicts=True, batch_size=500)
    return _answer(row, again=False)


def _check(place: str, currency: str, statement: Statement, now: datetime) -> None:
    if place not in queries.ACCOUNTS:
        raise UnknownBankAccount()
    if statement.currency != currency:
        raise WrongCurrency(found=statement.currency, wanted=currency)
    if statement.until_on > days.day_of(now) + timedelta(days=1):
        raise InTheFuture(day=statement.until_on.isoformat())


def _text(place: str, currency: str, statement: Statement) -> str:
    head = [place, currency, statement.from_on.isoformat(), statement.until_on.isoformat(), statement.opening, statement.closing]
    return json.dumps([head, identities(statement.entries)])


def _take_turn(place: str, currency: str) -> None:
    """Let one import of an account follow the other: what is new, and the gap before it, must be true when written."""
    name = f"bank:{place}:{currency}"
    Counter.objects.bulk_create([Counter(name=name, last=0)], ignore_conflicts=True)
    Counter.objects.filter(pk=name).update(last=F("last") + 1)


def _sealed_account(name: str) -> bytes | None:
    plain = "".join(name.split()).upper()
    return keys.encrypt_text(plain, about="payments.bank_account") if plain else None


def _same_account(place: str, currency: str, statement: Statement) -> None:
    plain = "".join(statement.account_name.split()).upper()
    rows = BankStatement.objects.filter(place=place, currency=currency, account_sealed__isnull=False).order_by("-id")
    earlier = rows.values_list("account_sealed", flat=True).first()
    if plain and earlier is not None and keys.decrypt_text(bytes(earlier), about="payments.bank_account") != plain:
        raise OtherAccount()


def _not_before_the_first(place: str, currency: str, statement: Statement) -> None:
    opening = BankLine.objects.filter(place=place, currency=currency, kind="opening").first()
    if opening is not None and any(entry.booked_on <= opening.booked_on for entry in statement.entries):
        raise BeforeTheFirst(first=(opening.booked_on + timedelta(days=1)).isoformat())


def _gap(place: str, currency: str, statement: Statement) -> int | None:
    """Return the opening balance less what the lines before it add up to; None where either is not known."""
    earlier = BankStatement.objects.filter(place=place, currency=currency, opening__isnull=False)
    if statement.opening is None or not earlier.exists():
        return None
    return statement.opening - queries.said_by_bank(place, currency, statement.from_on - timedelta(days=1))


def _opening_line(row: BankStatement) -> None:
    """Write what lay on the account before the first statement that says it, as a line the books can be held against."""
    known = BankStatement.objects.filter(place=row.place, currency=row.currency, opening__isnull=False).exclude(pk=row.id)
    if row.opening is None or known.exists():
        return
    lines = BankLine.objects.filter(place=row.place, currency=row.currency)
    first = min(day for day in (row.from_on, lines.aggregate(day=Min("booked_on"))["day"]) if day is not None)
    before = int(lines.filter(booked_on__lt=row.from_on).aggregate(total=Sum("amount", default=0))["total"])
    if row.opening != before:
        BankLine.objects.create(
            statement=row,
            place=row.place,
            currency=row.currency,
            kind="opening",
            number=0,
            booked_on=first - timedelta(days=1),
            amount=row.opening - before,
            identity=hashlib.sha256(b"opening").hexdigest(),
        )


def _lines(row: BankStatement, entries: tuple[Entry, ...]) -> list[BankLine]:
    found = []
    for number, (entry, identity) in enumerate(zip(entries, identities(entries), strict=True), 1):
        texts = {
            name: text
            for name, text in (
                ("counterparty", entry.counterparty), ("reference", entry.reference), ("bank_id", entry.bank_id),
            )
            if text
        }  # fmt: skip
        found.append(
            BankLine(
                statement=row,
                place=row.place,
                currency=row.currency,
                number=number,
                booked_on=entry.booked_on,
                value_on=entry.value_on,
                amount=entry.amount,
                identity=keys.mac(identity),
                texts_sealed=keys.encrypt_text(json.dumps(texts), about="payments.bank_line") if texts else None,
            )
        )
    return found


def _answer(row: BankStatement, *, again: bool) -> dict[str, Any]:
    off_by = None if row.opening is None or row.closing is None else row.closing - row.opening - row.total
    new = BankLine.objects.filter(statement=row, kind="entry").count()
    return {
        "statement": row.id, "again": again, "lines": row.lines, "new": new, "off_by": off_by, "gap": row.gap,
        "from_on": row.from_on.isoformat(), "until_on": row.until_on.isoformat(),
    }  # fmt: skip
