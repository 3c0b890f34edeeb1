"""Close a month for ever: one officer says it is ready, another closes it, in order, with a checklist."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import actions as ledger
from rochdale.members import queries as members
from rochdale.shared import ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import MonthDecision, MonthProposal
from .wallets import officer_of


class NoSuchMonth(Refusal):
    code = "payments.no_such_month"
    status = 422
    text = _("Months are written like 2026-05. Nothing was changed.")


class MonthNotOver(Refusal):
    code = "payments.month_not_over"
    text = _("The month {month} is not over. Nothing was changed.")


class MonthOutOfOrder(Refusal):
    code = "payments.month_out_of_order"
    text = _("Months are closed in order, each once: the next is {next}. Nothing was changed.")


class MonthNotReady(Refusal):
    code = "payments.month_not_ready"
    text = _("The month cannot be closed yet: {points}. Nothing was changed; the checklist leads to what is to be done.")


class MonthWaits(Refusal):
    code = "payments.month_waits"
    text = _("A month waits for its second person already. Nothing was changed.")


class NoMonthWaits(Refusal):
    code = "payments.no_month_waits"
    status = 404
    text = _("No month waits to be closed here, or it was decided a moment ago. Nothing was changed.")


class MonthNeedsTwo(Refusal):
    code = "payments.month_needs_two"
    status = 403
    text = _("Whoever says a month is ready does not close it, under no other name either. Nothing was changed.")


class NotClosedNeedsReason(Refusal):
    code = "payments.not_closed_needs_reason"
    status = 422
    text = _("Saying no needs one of these reasons: {reasons}. Nothing was changed.")


@action("payments.propose_month", may=may.office("treasurer"), about=("month",), strong=True)
def propose_month(*, actor: Actor, now: datetime, key: str, month: str) -> dict[str, Any]:
    """Say that a month ("2026-05") is ready to be closed; a second person closes it. Returns {"proposal": id}.

    Refuses a month that is not over or not the next one, and while a point of the checklist that blocks is not done.
    """
    maker, found = officer_of(actor), _month(month)
    _check(found, now)
    if queries.month_waiting() is not None:
        raise MonthWaits()
    points = _ready(found, now)
    try:
        with transaction.atomic():
            row = MonthProposal.objects.create(
                starts_on=found.starts_on,
                starts_at=found.starts_at,
                ends_at=found.ends_at,
                round=MonthProposal.objects.filter(starts_on=found.starts_on).count(),
                proposed_by=maker,
                proposed_at=now,
                checklist=[{"code": each.code, "done": each.done, "blocks": each.blocks} for each in points],
            )
    except IntegrityError as error:
        raise MonthWaits() from error
    return {"proposal": row.id}


@action(
    "payments.decide_month",
    may=may.office("auditor", "board", "chair"),
    about=("proposal", "closed", "reason_code"),
    strong=True,
)
def decide_month(*, actor: Actor, now: datetime, key: str, proposal: int, closed: bool, reason_code: str = "") -> dict[str, Any]:
    """Close a proposed month for ever, or say why not. Returns {"state": "closed", "period": id} or {"state": "open"}.

    Refuses whoever proposed it; looks at the whole checklist again. There is no way to open it again: what was
    wrong is put right by an adjusting entry.
    """
    row = MonthProposal.objects.filter(pk=proposal, decision__isnull=True).first()
    if row is None:
        raise NoMonthWaits()
    second = officer_of(actor)
    if members.is_same_human(second, row.proposed_by, now):
        raise MonthNeedsTwo()
    if not closed:
        if reason_code not in rules.NOT_CLOSED:
            raise NotClosedNeedsReason(reasons=", ".join(rules.NOT_CLOSED))
        _decide(row, second, now, period=None, reason_code=reason_code)
        return {"state": "open"}
    found = queries.month(row.starts_on)
    _check(found, now)
    _ready(found, now)
    starts_at = queries.closing_start(found)
    period = ledger.close_period(
        actor=actor, now=now, key=ids.derived_key(key, "period"), starts_at=starts_at, ends_at=found.ends_at
    )
    _decide(row, second, now, period=period, reason_code="")
    return {"state": "closed", "period": period}


def _decide(row: MonthProposal, by: UUID, now: datetime, *, period: int | None, reason_code: str) -> None:
    try:
        with transaction.atomic():
            MonthDecision.objects.create(
                proposal=row, closed=period is not None, by=by, at=now, period=period, reason_code=reason_code
            )
    except IntegrityError as error:
        raise NoMonthWaits() from error


def _month(code: str) -> queries.Month:
    found = queries.month_of_code(code)
    if found is None:
        raise NoSuchMonth()
    return found


def _check(month: queries.Month, now: datetime) -> None:
    coming = queries.next_month()
    if coming is None or month != coming:
        raise MonthOutOfOrder(next=coming.code if coming else "–")
    if month.ends_at > now:
        raise MonthNotOver(month=month.code)


def _ready(month: queries.Month, now: datetime) -> list[queries.Point]:
    points = queries.checklist(month, now)
    stops = [str(point.title) for point in points if point.stops]
    if stops:
        raise MonthNotReady(points="; ".join(stops))
    return points
