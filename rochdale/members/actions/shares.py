"""Shares: subscribe, pay, and give back where the law allows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.ledger import actions as ledger
from rochdale.ledger import rules as ledger_rules
from rochdale.shared import ids, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries
from ..models import ShareClass, ShareMovement
from .known import recorded
from .membership import NotAMember, settle_start
from .parties import act_text, take_turn

RAILS = {"cash": "assets.cash.desk", "bank": "assets.bank.own"}
"""Which of the co-op's accounts a payment for shares comes in on. Share capital is the co-op's own money."""
RESERVE = "equity.kept_of_leavers"
"""Where what is kept of a leaver's shares stays (Ley 27/1999 art. 51 and 55: the compulsory reserve)."""
MOST_SHARES = 1_000_000
SIX_MONTHS = timedelta(days=183)


class UnknownShareClass(Refusal):
    code = "members.unknown_share_class"
    status = 422
    text = _("This co-op has no shares of the class “{share_class}”. Nothing was changed.")


class BadShareCount(Refusal):
    code = "members.bad_share_count"
    status = 422
    text = _("A number of shares is a whole number from 1 to {most}. Nothing was changed.")


class UnderMinimum(Refusal):
    code = "members.under_minimum_shares"
    status = 422
    text = _("A member of these classes holds at least {minimum} shares. Nothing was changed; take {missing} or more.")


class OverMaximum(Refusal):
    code = "members.over_maximum_holding"
    status = 422
    text = _("With these shares you would hold {wanted}; the most one member may hold is {maximum}. {law} Nothing was changed.")


class RaiseNeedsPermission(Refusal):
    code = "members.raise_needs_permission"
    text = _(
        "With these shares the co-op would raise {wanted} in six months; "
        "above {maximum} it needs the registrar's permission ({law}). Nothing was changed."
    )


class NoSuchSubscription(Refusal):
    code = "members.no_such_subscription"
    status = 404
    text = _("There is no such subscription for shares. Nothing was changed.")


class Overpaid(Refusal):
    code = "members.overpaid"
    status = 422
    text = _("Of this subscription {owed} is still to pay; {given} is too much. Nothing was taken.")


class BadPayment(Refusal):
    code = "members.bad_payment"
    status = 422
    text = _("A payment is more than nothing, in whole units of {currency}. Nothing was taken.")


class UnknownRail(Refusal):
    code = "members.unknown_rail"
    status = 422
    text = _("Shares are paid in cash at the desk or by bank. Nothing was taken.")


class OwnPayment(Refusal):
    code = "members.own_payment"
    status = 403
    text = _("Nobody takes down their own payment. Nothing was changed; ask another officer.")


class NotWithdrawable(Refusal):
    code = "members.shares_not_withdrawable"
    text = _("Shares of this co-op are not given back for cash ({law}). Nothing was changed.")


class NotThatMany(Refusal):
    code = "members.not_that_many_shares"
    status = 422
    text = _(
        "Only {most} wholly paid shares of this subscription can be given back; "
        "the minimum of the bylaws stays. Nothing was changed."
    )


@action(
    "members.buy_shares",
    may=may.own("party") | may.office("treasurer", "cashier", "secretary"),
    about=("party", "share_class", "count"),
)
def buy_shares(*, actor: Actor, now: datetime, key: str, party: UUID, count: int, share_class: str = "member") -> dict[str, Any]:
    """Subscribe for shares at the bylaws' par value of the moment; they are paid afterwards.

    Returns {"subscription": id, "amount": micro-units, "currency": code}. Refuses who is no
    member, fewer shares in all than the classes ask for, more than bylaws and law let one member
    hold, and raising more from members in six months than the law allows without permission.
    """
    if not 0 < count <= MOST_SHARES:
        raise BadShareCount(most=MOST_SHARES)
    row = share_class_row(share_class)
    member = queries.member(party)
    if member is None:
        raise NotAMember()
    take_turn(actor=actor, now=now, key=key, party=party)
    terms = queries.share_terms(share_class, now, party)
    amount = count * terms.par_value
    held = queries.holdings([party], now).get(party, [])
    _check_minimum(party, sum(each.shares for each in held) + count, count, now)
    check_maximum(sum(each.subscribed for each in held) + amount, terms)
    _check_raise(amount, row.currency, now)
    movement = ShareMovement.objects.create(
        party_id=party,
        share_class=row,
        kind="subscribed",
        shares=count,
        par_value=terms.par_value,
        amount=amount,
        currency=row.currency,
        effective_at=now,
        recorded_at=recorded(now),
        act=act_text(actor, key),
    )
    return {"subscription": movement.id, "amount": amount, "currency": row.currency}


@action("members.pay_shares", may=may.office("treasurer", "cashier"), about=("subscription", "amount", "rail"))
def pay_shares(*, actor: Actor, now: datetime, key: str, subscription: int, amount: int, rail: str) -> dict[str, Any]:
    """Take a payment for a subscription, in cash at the desk or by bank, into the share capital.

    `amount` in micro-units, `rail` "cash" or "bank". Returns {"posting": id, "owed": micro-units
    still to pay, "counts": whether the membership counts now}. Refuses more than is owed and
    an officer's own payment.
    """
    found = subscription_row(subscription)
    if rail not in RAILS:
        raise UnknownRail()
    if actor.party is not None and queries.is_same_human(actor.party, found.party, now):
        raise OwnPayment()
    take_turn(actor=actor, now=now, key=key, party=found.party)
    found = subscription_row(subscription)
    if amount <= 0 or money.payable(amount, found.currency) != amount:
        raise BadPayment(currency=found.currency)
    if amount > found.owed:
        raise Overpaid(owed=money.formatted(found.owed, found.currency), given=money.formatted(amount, found.currency))
    posting = post_shares(actor, now, key, found, debit=RAILS[rail], credit="equity.share_capital", amount=amount)
    ShareMovement.objects.create(
        **follows(found, kind="paid", shares=0, amount=amount, posting=posting, actor=actor, now=now, key=key)
    )
    return {"posting": posting, "owed": found.owed - amount, "counts": settle_start(found.party, now)}


def share_class_row(code: str) -> ShareClass:
    """Return a class of shares. Refuses one this co-op has not."""
    row = ShareClass.objects.filter(pk=code).first()
    if row is None:
        raise UnknownShareClass(share_class=code[:30])
    return row


def subscription_row(number: int) -> queries.Subscription:
    """Return a lot with what is left of it. Refuses one that is unknown."""
    found = queries.subscription(number)
    if found is None:
        raise NoSuchSubscription()
    return found


def _check_minimum(party: UUID, would_hold: int, count: int, now: datetime) -> None:
    minimum, _amount = queries.minimum_owed(party, now)
    if would_hold < minimum:
        raise UnderMinimum(minimum=minimum, missing=minimum - would_hold + count)


def check_maximum(would_hold: int, terms: queries.ShareTerms) -> None:
    """Refuse to hold more than bylaws and law let one member hold."""
    if would_hold > terms.maximum:
        raise OverMaximum(
            wanted=money.formatted(would_hold, terms.currency),
            maximum=money.formatted(terms.maximum, terms.currency),
            law=terms.law,
        )


def _check_raise(amount: int, currency: str, now: datetime) -> None:
    """Refuse to raise more in six months than `raise.max_without_permission` allows, where the pack has that row."""
    law = bylaws.law("raise.max_without_permission", at=now)
    if law is None or law.amount is None:
        return
    raised = ShareMovement.objects.filter(kind="subscribed", currency=currency, effective_at__gt=now - SIX_MONTHS)
    total = int(raised.aggregate(total=Sum(queries.change_of("subscribed"), default=0))["total"]) + amount
    if total > law.amount:
        raise RaiseNeedsPermission(
            wanted=money.formatted(total, currency), maximum=money.formatted(law.amount, currency), law=law.source
        )


def post_shares(
    actor: Actor,
    now: datetime,
    key: str,
    found: queries.Subscription,
    *,
    debit: str,
    credit: str,
    amount: int,
    happened_at: datetime | None = None,
    kept: int = 0,
) -> int:
    """Book money that came in or went out for shares; of what goes out, `kept` goes to the reserve. A step of the actions."""
    accounts = {
        code: ledger.open_account(actor=actor, now=now, key=ids.derived_key(key, code), code=code, currency=found.currency)
        for code in (debit, credit, *([RESERVE] if kept else []))
    }
    legs = [ledger_rules.Leg(debit=accounts[debit], credit=accounts[credit], amount=amount - kept, role="shares")]
    if kept:
        legs.append(ledger_rules.Leg(debit=accounts[debit], credit=accounts[RESERVE], amount=kept, role="kept"))
    kind = "members.share_payment" if credit == "equity.share_capital" else "members.share_withdrawal"
    return ledger.post(
        actor=actor,
        now=now,
        key=ids.derived_key(kind, actor.principal, key, found.id),
        kind=kind,
        transfers=legs,
        happened_at=happened_at or now,
        source=f"subscription:{found.id}",
        party=found.party,
        standing=queries.standing(found.party, now),
        tax="outside",
    )


def follows(
    found: queries.Subscription,
    *,
    kind: str,
    shares: int,
    amount: int,
    posting: int,
    actor: Actor,
    now: datetime,
    key: str,
) -> dict[str, Any]:
    """Return the columns of a movement that follows a lot, recorded now. A step of the actions."""
    return {
        "party_id": found.party,
        "share_class_id": found.share_class,
        "kind": kind,
        "shares": shares,
        "par_value": found.par_value,
        "amount": amount,
        "currency": found.currency,
        "effective_at": now,
        "recorded_at": recorded(now),
        "act": act_text(actor, key),
        "subscription_id": found.id,
        "posting": posting,
    }
