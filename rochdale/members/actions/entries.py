"""Entries in the register after the fact: back-dated movements and counter-entries to wrong ones; instalments' reminders."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import actions as ledger
from rochdale.shared import ids, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries
from ..models import InstalmentReminder, ShareMovement
from . import recording
from .membership import NotAMember, settle_start
from .notices import tell
from .shares import (
    MOST_SHARES,
    RAILS,
    BadPayment,
    BadShareCount,
    Overpaid,
    UnknownRail,
    check_maximum,
    post_shares,
    share_class_row,
    subscription_row,
)


class NoSuchMovement(Refusal):
    code = "members.no_such_movement"
    status = 404
    text = _("The register has no such entry. Nothing was changed.")


class CorrectedAlready(Refusal):
    code = "members.corrected_already"
    text = _("This entry was corrected already, or is itself a correction. Nothing was changed.")


class AfterTheFact(Refusal):
    code = "members.before_admission"
    status = 422
    text = _("They were admitted on {day}; nothing is entered for them before that. Nothing was changed.")


@action(
    "members.correct_movement",
    may=may.office("secretary", "treasurer"),
    about=("movement",),
    private=("reason",),
)
def correct_movement(*, actor: Actor, now: datetime, key: str, movement: int, reason: str) -> dict[str, Any]:
    """Follow a wrong entry by a counter-entry that names it; both stay in the history.

    The counter-entry has effect from the same moment as the wrong one, and is recorded now. Of
    shares that changed hands both halves are countered; money that was booked is reversed in the
    ledger as of now. Returns {"counter_entries": ids}. Refuses an officer's own shares, what was
    corrected already, and what later entries build on (correct those first).
    """
    row = ShareMovement.objects.filter(pk=movement).select_related("came_from").first()
    if row is None:
        raise NoSuchMovement()
    pair = [row.came_from or row]
    pair += list(ShareMovement.objects.filter(came_from=pair[0], corrects__isnull=True))
    parties = {each.party_id for each in pair}
    recording.check_not_own(actor, parties, now)
    recording.take_turns(actor=actor, now=now, key=key, parties=parties)
    numbers = [each.id for each in pair]
    if row.corrects_id is not None or ShareMovement.objects.filter(corrects__in=numbers).exists():
        raise CorrectedAlready()
    evidence = recording.sealed(reason)
    counters = [_counter(each, actor=actor, now=now, key=key, evidence=evidence) for each in reversed(pair)]
    recording.check_lots([each.subscription_id or each.id for each in pair])
    return {"counter_entries": [each.id for each in counters]}


def _counter(row: ShareMovement, *, actor: Actor, now: datetime, key: str, evidence: bytes | None) -> ShareMovement:
    posting = None
    if row.posting is not None:
        posting = ledger.reverse(
            actor=actor,
            now=now,
            key=ids.derived_key("members.correction", actor.principal, key, row.id),
            posting=row.posting,
            reason_code="members.correction",
        )
    return ShareMovement.objects.create(
        party_id=row.party_id,
        share_class_id=row.share_class_id,
        kind=row.kind,
        shares=row.shares,
        par_value=row.par_value,
        amount=row.amount,
        carried=row.carried,
        currency=row.currency,
        effective_at=row.effective_at,
        recorded_at=recording.recorded(now),
        act=recording.act_of(actor, key),
        subscription_id=row.subscription_id or row.id,
        came_from_id=row.came_from_id,
        corrects=row,
        posting=posting,
        evidence_sealed=evidence,
    )


@action(
    "members.enter_subscription",
    may=may.office("secretary", "treasurer"),
    about=("party", "share_class", "count", "effective_at"),
    private=("evidence",),
)
def enter_subscription(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    party: UUID,
    count: int,
    effective_at: datetime,
    evidence: str,
    share_class: str = "member",
) -> dict[str, Any]:
    """Enter a subscription that was made on paper earlier: effective then, recorded now, at the price of then.

    Returns {"subscription": id, "amount": micro-units}. Refuses the future, a time before the
    member was admitted, an officer's own, more than the law and the bylaws let one member hold.
    """
    if not 0 < count <= MOST_SHARES:
        raise BadShareCount(most=MOST_SHARES)
    row = share_class_row(share_class)
    _check_time(party, effective_at, now)
    recording.check_not_own(actor, [party], now)
    recording.take_turns(actor=actor, now=now, key=key, parties=[party])
    terms = queries.share_terms(share_class, effective_at, party)
    amount = count * terms.par_value
    held = queries.holdings([party], max(now, effective_at)).get(party, [])
    check_maximum(sum(each.subscribed for each in held) + amount, terms)
    movement = ShareMovement.objects.create(
        party_id=party,
        share_class=row,
        kind="subscribed",
        shares=count,
        par_value=terms.par_value,
        amount=amount,
        currency=row.currency,
        effective_at=effective_at,
        recorded_at=recording.recorded(now),
        act=recording.act_of(actor, key),
        evidence_sealed=recording.sealed(evidence),
    )
    return {"subscription": movement.id, "amount": amount}


@action(
    "members.enter_payment",
    may=may.office("treasurer"),
    about=("subscription", "amount", "rail", "effective_at"),
    private=("evidence",),
)
def enter_payment(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    subscription: int,
    amount: int,
    rail: str,
    effective_at: datetime,
    evidence: str,
) -> dict[str, Any]:
    """Enter a payment for shares that came in earlier: effective and booked then, recorded now.

    Returns {"posting": id, "owed": micro-units}. Refuses the future, a month the ledger has
    closed, an officer's own payment, and more than is owed.
    """
    found = subscription_row(subscription)
    if rail not in RAILS:
        raise UnknownRail()
    _check_time(found.party, effective_at, now)
    recording.check_not_own(actor, [found.party], now)
    recording.take_turns(actor=actor, now=now, key=key, parties=[found.party])
    found = subscription_row(subscription)
    if amount <= 0 or money.payable(amount, found.currency) != amount:
        raise BadPayment(currency=found.currency)
    if amount > found.owed:
        raise Overpaid(owed=money.formatted(found.owed, found.currency), given=money.formatted(amount, found.currency))
    posting = post_shares(
        actor, now, key, found, debit=RAILS[rail], credit="equity.share_capital", amount=amount, happened_at=effective_at
    )
    ShareMovement.objects.create(
        party_id=found.party,
        share_class_id=found.share_class,
        kind="paid",
        shares=0,
        par_value=found.par_value,
        amount=amount,
        currency=found.currency,
        effective_at=effective_at,
        recorded_at=recording.recorded(now),
        act=recording.act_of(actor, key),
        subscription_id=found.id,
        posting=posting,
        evidence_sealed=recording.sealed(evidence),
    )
    recording.check_lots([found.id])
    settle_start(found.party, now)
    return {"posting": posting, "owed": found.owed - amount}


def _check_time(party: UUID, effective_at: datetime, now: datetime) -> None:
    if effective_at > now:
        raise recording.NotYet()
    member = queries.member(party)
    if member is None:
        raise NotAMember()
    if effective_at < member.admitted_at:
        raise AfterTheFact(day=member.admitted_at.date().isoformat())


@action("members.remind_instalments", may=may.jobs | may.office("treasurer"))
def remind_instalments(*, actor: Actor, now: datetime, key: str, most: int = 500) -> int:
    """Remind everybody whose instalment is overdue, once for each instalment; returns how many were told."""
    told = 0
    done = set(InstalmentReminder.objects.values_list("subscription_id", "due_at"))
    for each in queries.overdue_instalments(now):
        if told >= most or (each.subscription, each.due_at) in done:
            continue
        try:
            with transaction.atomic():
                InstalmentReminder.objects.create(subscription_id=each.subscription, due_at=each.due_at, sent_at=now)
        except IntegrityError as error:
            if "members_reminded_once" in str(error):
                continue
            raise
        tell(
            actor=actor,
            now=now,
            key=ids.derived_key(key, each.subscription, each.due_at.isoformat()),
            kind="members.instalment_overdue",
            party=each.party,
            context={
                "amount": money.formatted(each.missing, each.currency),
                "due": each.due_at.date(),
                "subscription": each.subscription,
            },
        )
        told += 1
    return told
