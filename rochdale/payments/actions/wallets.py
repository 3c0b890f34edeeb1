"""Wallets and shares at the desk: money in, money out, and when a second person is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.ledger import actions as ledger
from rochdale.ledger.rules import Leg
from rochdale.members import actions as member_actions
from rochdale.members import queries as members
from rochdale.shared import ids, keys, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import Approval, BankLine, Counter, DeskMovement, Suspense, Turn
from . import matches
from .desk import NoOpenDay, checked_amount, require_cover, require_till

RAIL_ACCOUNTS = {"cash": queries.CASH_DESK, "bank": queries.CLIENT_BANK}
KIND_CODES = {"top_up": "payments.top_up", "refund": "payments.refund"}


class WalletNotProvidedFor(Refusal):
    code = "payments.wallet_not_provided_for"
    text = _(
        "The law packs of this co-op do not provide for a wallet: nothing confirmed is said about {missing}. "
        "No money was taken. Choose a pack that provides for it, by resolution."
    )


class OverCap(Refusal):
    code = "payments.over_wallet_cap"
    status = 422
    text = _("With this the wallet would hold {wanted}; the most it may hold is {cap}. Nothing was taken.")


class RefundNotProvidedFor(Refusal):
    code = "payments.refund_not_provided_for"
    text = _("The law packs of this co-op do not let a wallet be paid back on request. Nothing was paid out.")


class UnknownRail(Refusal):
    code = "payments.unknown_rail"
    status = 422
    text = _("Money comes and goes in cash at the desk or by bank. Nothing was taken or given.")


class UnknownParty(Refusal):
    code = "payments.unknown_party"
    status = 404
    text = _("This co-op knows nobody under this reference. Nothing was taken or given.")


class OfficerUnknown(Refusal):
    code = "payments.officer_unknown"
    status = 403
    text = _("Only an officer who is known in this co-op serves at the desk. Nothing was taken or given.")


class WalletTooLow(Refusal):
    code = "payments.wallet_too_low"
    status = 422
    text = _("The wallet has {available} to give back. Nothing was paid out.")


class BankLineNeeded(Refusal):
    code = "payments.bank_line_needed"
    status = 422
    text = _(
        "By the bylaws a wallet is topped up by bank only with the line of the bank's statement that brought the money. "
        "Nothing was taken; import the statement and top up from its line."
    )


class BankLineDiffers(Refusal):
    code = "payments.bank_line_differs"
    status = 422
    text = _("The bank's line is {line} on {account}; this top-up is {wanted}. Nothing was taken.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wallet movement somebody asks for."""

    kind: str
    party: UUID
    amount: int
    currency: str
    rail: str
    reference: str
    bank_line: int | None = None


@action("payments.open_wallet", may=may.inside)
def open_wallet(*, actor: Actor, now: datetime, key: str, party: UUID, currency: str) -> int:
    """Return the account of a party's wallet, opened if need be. Refuses where the packs provide for none."""
    require_wallet(now)
    return ledger.open_account(
        actor=actor, now=now, key=ids.derived_key(key, "wallet"), code=queries.WALLET, currency=currency, party=party
    )


@action("payments.top_up", may=may.office("treasurer", "cashier"), about=("party", "amount", "currency", "rail", "bank_line"))
def top_up(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    party: UUID,
    amount: int,
    currency: str,
    rail: str,
    reference: str = "",
    bank_line: int | None = None,
) -> dict[str, Any]:
    """Take money for a wallet, in cash at the desk or by bank; `amount` in micro-units.

    `bank_line` is the line of the clients' account with which the money came, open or put aside in
    suspense; it must be of this amount, and the top-up is matched with it. Returns {"state": "done", "receipt":
    number, "posting": id} or, where a second person is needed, {"state": "waits", "approval": id}. Refuses
    where the packs provide for no wallet, more than its cap, and by bank without a line where the bylaws want one.
    """
    wanted = Wanted("top_up", party, amount, checked_amount(amount, currency), rail, reference, bank_line)
    return _do_or_propose(wanted, actor=actor, now=now, key=key)


@action(
    "payments.refund_wallet",
    may=may.office("treasurer", "cashier"),
    about=("party", "amount", "currency", "rail", "bank_line"),
    strong=True,
)
def refund_wallet(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    party: UUID,
    amount: int,
    currency: str,
    rail: str,
    reference: str = "",
    bank_line: int | None = None,
) -> dict[str, Any]:
    """Give unspent wallet money back, at par; `amount` in micro-units. Answers like `top_up`.

    `bank_line` is the line of the clients' account by which it left already, where it was paid before it was booked.

    Refuses more than is available, where the packs provide for no refund, and while client money
    is not covered.
    """
    wanted = Wanted("refund", party, amount, checked_amount(amount, currency), rail, reference, bank_line)
    return _do_or_propose(wanted, actor=actor, now=now, key=key)


@action("payments.take_share_payment", may=may.office("treasurer", "cashier"), about=("subscription", "amount", "rail"))
def take_share_payment(
    *, actor: Actor, now: datetime, key: str, subscription: int, amount: int, rail: str, reference: str = ""
) -> dict[str, Any]:
    """Take a payment for shares at the desk, with a receipt.

    Returns {"receipt": number, "posting": id, "owed": micro-units still to pay, "counts": bool}.
    Refuses what `members.pay_shares` refuses, and cash while the desk is closed.
    """
    found = members.subscription(subscription)
    if rail == "cash" and found is not None and queries.open_day(found.currency) is None:
        raise NoOpenDay()
    paid = member_actions.pay_shares(
        actor=actor, now=now, key=ids.derived_key(key, "shares"), subscription=subscription, amount=amount, rail=rail
    )
    assert found is not None  # pay_shares refuses an unknown subscription
    wanted = Wanted("share_payment", found.party, amount, found.currency, rail, reference)
    receipt = _written(wanted, maker=officer_of(actor), approval=None, posting=paid["posting"], now=now)
    return {"receipt": receipt, **paid}


def _do_or_propose(wanted: Wanted, *, actor: Actor, now: datetime, key: str) -> dict[str, Any]:
    maker = officer_of(actor)
    take_turn(wanted.party, now)
    check(wanted, now)
    why = rules.second_person_needed(
        wanted.amount,
        earlier=[queries.moved_lately(wanted.party, wanted.kind, wanted.currency, now)],
        limit=int(bylaws.value("payments.two_people_above", at=now)),
        officer_is_receiver=members.is_same_human(maker, wanted.party, now),
    ) or _own_statement(wanted, maker, now)
    if why:
        return {"state": "waits", "approval": _propose(wanted, maker=maker, now=now, why=why)}
    return {"state": "done", **carry_out(wanted, maker=maker, approval=None, actor=actor, now=now, key=key)}


def _own_statement(wanted: Wanted, maker: UUID, now: datetime) -> str:
    """Ask for a second person where the one who tops up also brought the statement: a file is easily written."""
    if wanted.bank_line is None or wanted.kind != "top_up" or not bylaws.value("payments.bank_line_first", at=now):
        return ""
    brought_by = BankLine.objects.values_list("statement__imported_by", flat=True).get(pk=wanted.bank_line)
    return "statement" if brought_by is not None and members.is_same_human(maker, brought_by, now) else ""


def officer_of(actor: Actor) -> UUID:
    """Return the officer's party. Refuses an actor who is nobody in this co-op."""
    if actor.party is None:
        raise OfficerUnknown()
    return actor.party


def check(wanted: Wanted, now: datetime) -> None:
    """Refuse what must not be, before it is proposed and again before it is done."""
    if wanted.rail not in RAIL_ACCOUNTS:
        raise UnknownRail()
    if members.party(wanted.party) is None:
        raise UnknownParty()
    terms = require_wallet(now)
    if wanted.rail == "cash" and queries.open_day(wanted.currency) is None:
        raise NoOpenDay()
    held = queries.wallet(wanted.party, wanted.currency)
    _check_line(wanted, now)
    if wanted.kind == "top_up":
        if held.balance + wanted.amount > terms.cap:
            raise OverCap(
                wanted=money.formatted(held.balance + wanted.amount, wanted.currency),
                cap=money.formatted(terms.cap, wanted.currency),
            )
        return
    if "unspent_on_request" not in terms.refunds:
        raise RefundNotProvidedFor()
    if wanted.amount > held.available:
        raise WalletTooLow(available=money.formatted(held.available, wanted.currency))
    require_cover(wanted.currency, leaving=0 if wanted.bank_line is None else -wanted.amount)
    if wanted.rail == "cash":
        require_till(wanted.amount, wanted.currency)


def _check_line(wanted: Wanted, now: datetime) -> None:
    """Refuse a bank line that is not this money, and none at all where the bylaws want one."""
    if wanted.bank_line is None:
        if wanted.kind == "top_up" and wanted.rail == "bank" and bylaws.value("payments.bank_line_first", at=now):
            raise BankLineNeeded()
        return
    row = BankLine.objects.filter(pk=wanted.bank_line, kind="entry").first()
    if row is None or wanted.rail != "bank":
        raise matches.NoSuchLine()
    amount = wanted.amount if wanted.kind == "top_up" else -wanted.amount
    if (row.place, row.currency, row.amount) != ("client", wanted.currency, amount):
        raise BankLineDiffers(
            line=money.formatted(row.amount, row.currency),
            account=queries.ACCOUNTS[row.place],
            wanted=money.formatted(wanted.amount, wanted.currency),
        )


def require_wallet(now: datetime) -> queries.WalletTerms:
    """Return the terms of wallets. Refuses where a row of law that a wallet needs is silent or not accepted."""
    terms = queries.wallet_terms(now)
    if not terms.provided_for:
        raise WalletNotProvidedFor(missing=", ".join(terms.missing))
    return terms


def carry_out(wanted: Wanted, *, maker: UUID, approval: Approval | None, actor: Actor, now: datetime, key: str) -> dict[str, Any]:
    """Post a wallet movement and write its receipt. A step of the actions above and of an approval."""
    wallet = open_wallet(actor=actor, now=now, key=key, party=wanted.party, currency=wanted.currency)
    aside = Suspense.objects.filter(pk=wanted.bank_line, end__isnull=True).first() if wanted.bank_line is not None else None
    coming = wanted.kind == "top_up"
    code = RAIL_ACCOUNTS[wanted.rail] if aside is None else matches.OWED_ASIDE if coming else matches.CLAIMED_ASIDE
    place = ledger.open_account(actor=actor, now=now, key=ids.derived_key(key, code), code=code, currency=wanted.currency)
    posting = ledger.post(
        actor=actor,
        now=now,
        key=ids.derived_key(KIND_CODES[wanted.kind], actor.principal, key),
        kind=KIND_CODES[wanted.kind],
        transfers=[
            Leg(debit=place if coming else wallet, credit=wallet if coming else place, amount=wanted.amount, role="wallet")
        ],
        happened_at=now,
        source=f"approval:{approval.id}" if approval else "desk",
        party=wanted.party,
        standing=members.standing(wanted.party, now),
        tax="outside",
    )
    if aside is not None:
        matches.end_suspense(aside, how="topped_up" if coming else "refunded", posting=posting, actor=actor, now=now)
    elif wanted.bank_line is not None:
        line_key = ids.derived_key(key, "match")
        matches.match(actor=actor, now=now, key=line_key, lines=[wanted.bank_line], entries=[posting], why=wanted.kind)
    return {"receipt": _written(wanted, maker=maker, approval=approval, posting=posting, now=now), "posting": posting}


def _propose(wanted: Wanted, *, maker: UUID, now: datetime, why: str) -> int:
    row = Approval.objects.create(
        kind=wanted.kind,
        party=wanted.party,
        amount=wanted.amount,
        currency=wanted.currency,
        rail=wanted.rail,
        maker=maker,
        proposed_at=now,
        why=why,
        reference_sealed=_sealed(wanted.reference),
        bank_line=wanted.bank_line,
    )
    return row.id


def _written(wanted: Wanted, *, maker: UUID, approval: Approval | None, posting: int, now: datetime) -> int:
    day = queries.open_day(wanted.currency) if wanted.rail == "cash" else None
    row = DeskMovement.objects.create(
        receipt=_next_receipt(),
        kind=wanted.kind,
        party=wanted.party,
        amount=wanted.amount,
        currency=wanted.currency,
        rail=wanted.rail,
        day_id=day.id if day else None,
        maker=maker,
        approval=approval,
        posting=posting,
        happened_at=now,
        reference_sealed=_sealed(wanted.reference),
    )
    return row.receipt


def _sealed(reference: str) -> bytes | None:
    """Seal what an officer wrote on the movement: a bank's reference may hold a name."""
    return keys.encrypt_text(reference.strip()[:140], about="payments.reference") if reference.strip() else None


def _next_receipt() -> int:
    Counter.objects.bulk_create([Counter(name="receipt", last=0)], ignore_conflicts=True)
    Counter.objects.filter(pk="receipt").update(last=F("last") + 1)
    return Counter.objects.values_list("last", flat=True).get(pk="receipt")


def take_turn(party: UUID, now: datetime) -> None:
    """Wait until nobody else moves this human's money at the desk: cap and daily sums must be true when they are used.

    Every party behind which the human stands, always in the same order: daily sums count them together.
    """
    for each in sorted(members.parties_of_same_human(party, now)):
        Turn.objects.bulk_create([Turn(party=each)], ignore_conflicts=True)
        Turn.objects.filter(pk=each).update(taken=F("taken") + 1)
