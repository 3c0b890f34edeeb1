"""The end of a membership: one way for all reasons. A step of other actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.audit import actions as audit
from rochdale.cooperatives import queries as cooperatives
from rochdale.offices import actions as offices
from rochdale.shared import ids
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import deadlines, queries
from ..models import (
    ClassMembership,
    ExclusionCase,
    ExclusionStep,
    LeavingNotice,
    LeavingStep,
    Member,
    MembershipEnd,
    Representative,
)
from ..reasons import END_REASONS
from .buyback import ask_buy_back
from .closing import close_classes, close_representation
from .known import recorded
from .notices import tell


class AlreadyEnded(Refusal):
    code = "members.already_ended"
    text = _("This membership has ended already, perhaps a moment ago by another way. Nothing was changed.")


def end(*, actor: Actor, now: datetime, key: str, member: Member, effective_at: datetime, reason: str, act: str) -> None:
    """End a membership: classes, offices, access tokens and acting for organisations end with it.

    The register keeps the row with its leaving date, and the number is never given again. Whoever calls this holds the
    party's turn. Of two ways at once the database lets one through.
    """
    _write(member, effective_at=effective_at, now=now, reason=reason, act=act)
    close_classes(ClassMembership.objects.filter(member=member), until_at=effective_at, act=act)
    offices.vacate(actor=actor, now=now, key=key, party=member.party_id, act=act)
    close_representation(Representative.objects.filter(representative=member.party_id), until_at=now, act=act)
    _close_what_runs(member, now=now, actor=actor, reason=reason, act=act)
    if reason != "died":
        _ask_shares_back(member.party_id, actor=actor, now=now, key=key)
    audit.note(
        action="members.ended",
        actor=actor,
        references={"number": member.number, "party": member.party_id, "reason": reason, "act": act},
        now=now,
    )
    if reason != "died":
        last_on = deadlines.local_day(effective_at - timedelta(microseconds=1), cooperatives.time_zone())
        context = {"number": member.number, "last_on": last_on, "reason": END_REASONS[reason]}
        tell(actor=actor, now=now, key=key, kind="members.left", party=member.party_id, context=context)


def close_case(case: ExclusionCase, state: str, *, actor: Actor, now: datetime, act: str, by: UUID | None = None) -> bool:
    """Close a case of exclusion; False where it was closed before."""
    made = ExclusionStep.objects.bulk_create(
        [ExclusionStep(case=case, step=ExclusionStep.STEPS["closed"], state=state, at=now, by_party=by or actor.party, act=act)],
        ignore_conflicts=True,
    )
    return bool(made) and ExclusionStep.objects.filter(case=case, step=4, state=state, at=now, act=act).exists()


def _write(member: Member, *, effective_at: datetime, now: datetime, reason: str, act: str) -> None:
    try:
        with transaction.atomic():
            MembershipEnd.objects.create(
                member=member, effective_at=effective_at, recorded_at=recorded(now), reason=reason, act=act
            )
    except IntegrityError as error:
        if "members_membershipend_pkey" in str(error):
            raise AlreadyEnded() from error
        raise


def _ask_shares_back(party: UUID, *, actor: Actor, now: datetime, key: str) -> None:
    """Put a leaver's shares into the buy-back queue where the law lets shares be given back; heirs choose for themselves."""
    for held in queries.holdings([party], now).get(party, []):
        free = queries.free_shares(party, held.share_class, now, keep_minimum=False)
        if free > 0 and queries.withdrawable(held.share_class, now)[0]:
            ask_buy_back(
                actor=actor, now=now, key=ids.derived_key(key, "back", held.share_class), party=party, count=free,
                share_class=held.share_class, whole=True,
            )  # fmt: skip


def _close_what_runs(member: Member, *, now: datetime, actor: Actor, reason: str, act: str) -> None:
    """Let a notice of leaving and a case of exclusion end with the membership, whichever way it went."""
    running = LeavingNotice.objects.filter(member=member, outcome__isnull=True)
    LeavingStep.objects.bulk_create(
        [LeavingStep(notice=each, state="ended", at=now, by_party=actor.party, act=act) for each in running]
    )
    closed = ExclusionStep.objects.filter(step=4).values("case")
    for case in ExclusionCase.objects.filter(member=member).exclude(pk__in=closed):
        close_case(case, "final" if reason == "excluded" else "left", actor=actor, now=now, act=act)
