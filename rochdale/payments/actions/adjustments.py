"""Correct a closed month by an adjusting entry in the open one: proposed by one, approved by two others (T13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import actions as ledger
from rochdale.ledger import catalogue
from rochdale.ledger.rules import Leg
from rochdale.members import queries as members
from rochdale.shared import ids, keys, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import Adjustment, AdjustmentApproval, AdjustmentEnd
from .desk import checked_amount
from .wallets import officer_of

MOST_LEGS = 20


class MonthIsOpen(Refusal):
    code = "payments.adjusts_no_closed_month"
    status = 422
    text = _("An adjusting entry corrects a closed month, and {month} is not closed. Nothing was proposed; book it as usual.")


class AdjustmentNeedsReason(Refusal):
    code = "payments.adjustment_needs_reason"
    status = 422
    text = _("Say why: one of {reasons}, and in words. Nothing was proposed.")


class BadAdjustment(Refusal):
    code = "payments.bad_adjustment"
    status = 422
    text = _(
        "An adjusting entry moves amounts between two different accounts of the co-op itself. Nothing was proposed; a "
        "person's account is corrected by a movement of its own."
    )


class NoSuchAdjustment(Refusal):
    code = "payments.no_such_adjustment"
    status = 404
    text = _("No adjusting entry waits here. Nothing was changed.")


class AdjustmentNeedsOthers(Refusal):
    code = "payments.adjustment_needs_others"
    status = 403
    text = _("An adjusting entry is made by one person and approved by two others: three people. Nothing was changed.")


class AdjustmentDecided(Refusal):
    code = "payments.adjustment_decided"
    text = _("This was decided a moment ago by somebody else. Nothing was changed; open the page again.")


@action(
    "payments.propose_adjustment",
    may=may.office("treasurer", "board", "chair"),
    about=("month", "currency", "reason_code"),
    private=("reason",),
    strong=True,
)
def propose_adjustment(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    month: str,
    currency: str,
    legs: Sequence[Mapping[str, Any]],
    reason_code: str,
    reason: str,
) -> dict[str, Any]:
    """Propose a correction of a closed month ("2026-05"); nothing is posted before two others approve.

    `legs` are {"debit": account code, "credit": account code, "amount": micro-units} between accounts of the
    co-op itself. Returns {"adjustment": id}. Refuses a month that is not closed, and people's accounts.
    """
    found = queries.month_of_code(month)
    closed = queries.closed_month(found) if found is not None else None
    if closed is None:
        raise MonthIsOpen(month=month[:10])
    if reason_code not in rules.ADJUSTMENTS or not reason.strip():
        raise AdjustmentNeedsReason(reasons=", ".join(rules.ADJUSTMENTS))
    row = Adjustment.objects.create(
        period=closed.period,
        currency=currency,
        legs=[_leg(each, currency) for each in legs[: MOST_LEGS + 1]] if 0 < len(legs) <= MOST_LEGS else _none(),
        reason_code=reason_code,
        reason_sealed=keys.encrypt_text(reason.strip()[:1000], about="payments.adjustment"),
        proposed_by=officer_of(actor),
        proposed_at=now,
    )
    return {"adjustment": row.id}


def _leg(given: Mapping[str, Any], currency: str) -> dict[str, Any]:
    debit, credit, amount = str(given.get("debit", "")), str(given.get("credit", "")), given.get("amount", 0)
    plans = [catalogue.account_plan(code) for code in (debit, credit)]
    if debit == credit or any(plan is None or plan.per != "co-op" for plan in plans):
        raise BadAdjustment()
    checked_amount(amount, currency)
    return {"debit": debit, "credit": credit, "amount": amount}


def _none() -> list[dict[str, Any]]:
    raise BadAdjustment()


@action(
    "payments.decide_adjustment",
    may=may.office("treasurer", "cashier", "board", "chair", "auditor"),
    about=("adjustment", "approved", "reason_code"),
    strong=True,
)
def decide_adjustment(
    *, actor: Actor, now: datetime, key: str, adjustment: int, approved: bool, reason_code: str = ""
) -> dict[str, Any]:
    """Approve an adjusting entry, or reject it for a coded reason. The second approval posts it, dated now.

    Returns {"state": "waits" | "posted" | "rejected", "posting": id or None}. Refuses its maker, and the same human twice.
    """
    row = Adjustment.objects.filter(pk=adjustment, end__isnull=True).first()
    if row is None:
        raise NoSuchAdjustment()
    second = officer_of(actor)
    approvals = list(AdjustmentApproval.objects.filter(adjustment=row))
    if any(members.is_same_human(second, each, now) for each in (row.proposed_by, *(one.by for one in approvals))):
        raise AdjustmentNeedsOthers()
    if not approved:
        if reason_code not in rules.NOT_CLOSED:
            raise AdjustmentNeedsReason(reasons=", ".join(rules.NOT_CLOSED))
        _write(AdjustmentEnd(adjustment=row, posting=None, by=second, at=now, reason_code=reason_code))
        return {"state": "rejected", "posting": None}
    _write(AdjustmentApproval(adjustment=row, place=len(approvals) + 1, by=second, at=now))
    if not approvals:
        return {"state": "waits", "posting": None}
    posting = _posted(row, actor=actor, now=now, key=key)
    _write(AdjustmentEnd(adjustment=row, posting=posting, by=second, at=now))
    return {"state": "posted", "posting": posting}


def _write(row: AdjustmentApproval | AdjustmentEnd) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AdjustmentDecided() from error


def _posted(row: Adjustment, *, actor: Actor, now: datetime, key: str) -> int:
    def account(code: str) -> int:
        return ledger.open_account(actor=actor, now=now, key=ids.derived_key(key, code), code=code, currency=row.currency)

    return ledger.adjust(
        actor=actor,
        now=now,
        key=f"payments.adjustment:{row.id}",
        period=row.period,
        transfers=[Leg(account(leg["debit"]), account(leg["credit"]), int(leg["amount"]), "adjustment") for leg in row.legs],
        reason_code=row.reason_code,
    )
