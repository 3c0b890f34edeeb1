"""The till: open and close a day with counted cash, count by two, move cash between places."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import actions as ledger
from rochdale.ledger.rules import Leg
from rochdale.members import queries as members
from rochdale.shared import ids, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import Approval, CountConfirmed, DeskCount, DeskDay

PLACES = {"desk": queries.CASH_DESK, "client": queries.CLIENT_BANK, "own": queries.OWN_BANK}


class DayIsOpen(Refusal):
    code = "payments.day_is_open"
    text = _("A desk day is open already. Nothing was changed; close it first.")


class NoOpenDay(Refusal):
    code = "payments.no_open_day"
    text = _(
        "The desk is closed: cash moves only on an open desk day. Nothing was taken or given; count the till and open the day."
    )


class BadAmount(Refusal):
    code = "payments.bad_amount"
    status = 422
    text = _("An amount is more than nothing, in whole units of {currency}. Nothing was taken or given.")


class BadCount(Refusal):
    code = "payments.bad_count"
    status = 422
    text = _("A count of the till is nothing or more, in whole units of {currency}. Nothing was changed.")


class UnknownPlace(Refusal):
    code = "payments.unknown_place"
    status = 422
    text = _("Cash moves between two of these: desk, client, own. Nothing was moved.")


class NotCovered(Refusal):
    code = "payments.not_covered"
    text = _(
        "{cash} is held for people and {owed} is owed to them. "
        "Until that is whole again nothing is paid out. Nothing was changed."
    )


class TillTooLow(Refusal):
    code = "payments.till_too_low"
    text = _("The till holds {held} by the books. Nothing was taken out; use the bank, or put cash in first.")


class DayNotCounted(Refusal):
    code = "payments.day_not_counted"
    status = 404
    text = _("This desk day was not closed with a count yet. Nothing was changed.")


class CountedAlone(Refusal):
    code = "payments.counted_alone"
    status = 403
    text = _("Two people count the till: whoever closed the day does not confirm it. Nothing was changed.")


def require_till(amount: int, currency: str) -> None:
    """Refuse to take more cash out of the till than the books say it holds."""
    held = queries.in_till(currency)
    if amount > held:
        raise TillTooLow(held=money.formatted(held, currency))


def checked_amount(amount: int, currency: str) -> str:
    """Return the currency's code. Refuses nothing, less than nothing, and what the currency cannot pay."""
    code = money.currency_code(currency)
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0 or money.payable(amount, code) != amount:
        raise BadAmount(currency=code)
    if amount > money.LARGEST:
        raise BadAmount(currency=code)
    return code


def require_cover(currency: str, *, leaving: int = 0) -> None:
    """Refuse while the money held for people, less what leaves for the co-op's own account, is below what is owed to them."""
    now_held = queries.cover(currency)
    if not rules.covered(cash=now_held.cash - leaving, owed=now_held.owed):
        raise NotCovered(cash=money.formatted(now_held.cash, currency), owed=money.formatted(now_held.owed, currency))


@action("payments.open_desk_day", may=may.office("treasurer", "cashier"), about=("currency", "counted"))
def open_desk_day(*, actor: Actor, now: datetime, key: str, currency: str, counted: int) -> dict[str, Any]:
    """Open the desk's day with the cash counted in the till (micro-units); returns {"day": id, "difference": micro-units}.

    What differs from the books is posted as a desk difference. Refuses a second open day.
    """
    code = _checked_count(counted, currency)
    expected = queries.in_till(code)
    posting = _difference(actor, now, key, code, counted - expected)
    try:
        with transaction.atomic():
            row = DeskDay.objects.create(
                currency=code,
                opened_at=now,
                opened_by=_officer(actor),
                counted=counted,
                expected=expected,
                posting=posting,
            )
    except IntegrityError as error:
        if "payments_one_open_desk_day" in str(error):
            raise DayIsOpen() from error
        raise
    return {"day": row.id, "difference": counted - expected}


@action("payments.close_desk_day", may=may.office("treasurer", "cashier"), about=("day", "counted"))
def close_desk_day(*, actor: Actor, now: datetime, key: str, day: int, counted: int) -> dict[str, Any]:
    """Close a desk day with the cash counted in the till; returns {"difference": micro-units}.

    What differs from the books is posted as a desk difference. Refuses a day that is not open.
    """
    row = DeskDay.objects.filter(pk=day).first()
    if row is None:
        raise NoOpenDay()
    code = _checked_count(counted, row.currency)
    if not DeskDay.objects.filter(pk=day, closed_at__isnull=True).update(closed_at=now):
        raise NoOpenDay()
    expected = queries.in_till(code)
    posting = _difference(actor, now, key, code, counted - expected)
    DeskCount.objects.create(day=row, at=now, by=_officer(actor), counted=counted, expected=expected, posting=posting)
    return {"difference": counted - expected}


@action("payments.move_cash", may=may.office("treasurer"), about=("source", "target", "amount", "currency"), strong=True)
def move_cash(*, actor: Actor, now: datetime, key: str, source: str, target: str, amount: int, currency: str) -> dict[str, Any]:
    """Move money between the till ("desk"), the clients' bank account ("client") and the co-op's own ("own").

    Returns {"state": "done", "posting": id}. To the co-op's own account it waits for a second person, {"state":
    "waits", "approval": id}, and is refused when the rest would not cover what is owed to people; the till
    needs an open day.
    """
    if source not in PLACES or target not in PLACES or source == target:
        raise UnknownPlace()
    code = checked_amount(amount, currency)
    _check_move(source, target, amount, code)
    if target == "own":
        row = Approval.objects.create(
            kind="to_own",
            party=_officer(actor),
            amount=amount,
            currency=code,
            rail="cash" if source == "desk" else "bank",
            maker=_officer(actor),
            proposed_at=now,
            why="to_own",
        )
        return {"state": "waits", "approval": row.id}
    return {"state": "done", "posting": carry(source, target, amount, code, actor=actor, now=now, key=key)}


def _check_move(source: str, target: str, amount: int, code: str) -> None:
    if "desk" in (source, target) and queries.open_day(code) is None:
        raise NoOpenDay()
    if source == "desk":
        require_till(amount, code)
    if target == "own":
        require_cover(code, leaving=amount)


def carry(source: str, target: str, amount: int, code: str, *, actor: Actor, now: datetime, key: str) -> int:
    """Post money that moves between the co-op's places; a step of the action above and of an approval. Checks again."""
    _check_move(source, target, amount, code)
    legs = [
        Leg(
            debit=_account(actor, now, key, PLACES[target], code),
            credit=_account(actor, now, key, PLACES[source], code),
            amount=amount,
            role="cash",
        )
    ]
    return ledger.post(
        actor=actor,
        now=now,
        key=ids.derived_key("payments.cash_moved", actor.principal, key),
        kind="payments.cash_moved",
        transfers=legs,
        happened_at=now,
        source=f"{source}>{target}",
        tax="outside",
    )


@action("payments.confirm_count", may=may.office("treasurer", "cashier", "chair", "board", "auditor"), about=("day",))
def confirm_count(*, actor: Actor, now: datetime, key: str, day: int) -> None:
    """Say that one counted the till with the officer who closed the day. Refuses that officer, and a day that is open."""
    row = DeskCount.objects.filter(pk=day).first()
    if row is None:
        raise DayNotCounted()
    if members.is_same_human(_officer(actor), row.by, now):
        raise CountedAlone()
    if not CountConfirmed.objects.filter(pk=day).exists():
        CountConfirmed.objects.bulk_create([CountConfirmed(day_id=day, at=now, by=_officer(actor))], ignore_conflicts=True)


def _checked_count(counted: int, currency: str) -> str:
    code = money.currency_code(currency)
    if isinstance(counted, bool) or not isinstance(counted, int) or not 0 <= counted <= money.LARGEST:
        raise BadCount(currency=code)
    if money.payable(counted, code) != counted:
        raise BadCount(currency=code)
    return code


def _difference(actor: Actor, now: datetime, key: str, currency: str, difference: int) -> int | None:
    """Post what the count differs from the books: too little is an expense, too much lowers it."""
    till = _account(actor, now, key, queries.CASH_DESK, currency)
    if not difference:
        return None
    expense = _account(actor, now, key, queries.DIFFERENCES, currency)
    debit, credit = (till, expense) if difference > 0 else (expense, till)
    return ledger.post(
        actor=actor,
        now=now,
        key=ids.derived_key("payments.desk_difference", actor.principal, key),
        kind="payments.desk_difference",
        transfers=[Leg(debit=debit, credit=credit, amount=abs(difference), role="difference")],
        happened_at=now,
        source="desk day",
        tax="outside",
    )


def _account(actor: Actor, now: datetime, key: str, code: str, currency: str) -> int:
    return ledger.open_account(actor=actor, now=now, key=ids.derived_key(key, code), code=code, currency=currency)


def _officer(actor: Actor) -> Any:
    if actor.party is None:
        raise NoOpenDay()
    return actor.party
