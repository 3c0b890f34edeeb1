"""Membership itself: open the register, enter somebody, classes, from when it counts, who looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rochdale.audit import actions as audit
from rochdale.bylaws import queries as bylaws
from rochdale.shared import keys, may, module, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import (
    Application,
    ClassMembership,
    Counter,
    Member,
    MemberClass,
    MembershipStart,
    RegisterInspection,
    ShareClass,
    ShareMovement,
)
from .known import recorded
from .parties import act_text, take_turn


class UnknownClass(Refusal):
    code = "members.unknown_class"
    status = 422
    text = _("This co-op has no class “{class_code}”. Nothing was changed; choose one of its classes.")


class AlreadyInClass(Refusal):
    code = "members.already_in_class"
    text = _("They belong to the class “{class_code}” already. Nothing was changed.")


class NotAMember(Refusal):
    code = "members.not_a_member"
    text = _("They are not a member of this co-op. Nothing was changed; they can apply first.")


class PurposeMissing(Refusal):
    code = "members.purpose_missing"
    status = 422
    text = _(
        "Say what you want to use the register for, in at least {least} letters. "
        "It is logged and members can see it. Nothing was shown."
    )


class NotOpenToYou(Refusal):
    code = "members.register_closed"
    status = 403
    text = _("The law of this co-op does not open the register to outsiders. Nothing was shown.")


LEAST_PURPOSE = 10


@action("members.open_register", may=may.by_resolution, about=("act",))
def open_register(
    *, actor: Actor, now: datetime, key: str, classes: Sequence[module.MemberClass], currency: str, act: str
) -> None:
    """Define a co-op's classes of members and of shares, at its founding. Doing it again adds only what is new.

    Everybody holds ordinary shares; where a class has no vote there are supporter shares too.
    They may be given back for cash only where the pack does not forbid it.
    """
    currency = money.currency_code(currency)
    forbidden = bylaws.law("share.withdrawable", at=now)
    withdrawable = forbidden is None or forbidden.kind != "forbidden"
    MemberClass.objects.bulk_create(
        (
            MemberClass(
                code=each.code,
                title=str(each.title),
                explanation=str(each.explanation),
                votes=each.votes,
                defined_at=now,
                act=act,
            )
            for each in classes
        ),
        ignore_conflicts=True,
    )
    titles = {"member": _("Member share")} | ({} if all(each.votes for each in classes) else {"supporter": _("Supporter share")})
    ShareClass.objects.bulk_create(
        (
            ShareClass(code=code, title=str(title), currency=currency, withdrawable=withdrawable, defined_at=now, act=act)
            for code, title in titles.items()
        ),
        ignore_conflicts=True,
    )


@action("members.enrol_founder", may=may.by_resolution, about=("party", "act"))
def enrol_founder(*, actor: Actor, now: datetime, key: str, party: UUID, classes: Sequence[str], act: str) -> int:
    """Enter a founder, by the act of founding; returns the member number."""
    return enter(actor=actor, now=now, key=key, party=party, classes=classes, act=act)


@action("members.add_class", may=may.office("board", "chair", "secretary") | may.by_resolution, about=("party", "class_code"))
def add_class(*, actor: Actor, now: datetime, key: str, party: UUID, class_code: str) -> None:
    """Put a member into one more class. Refuses somebody who is no member and a class they are in."""
    if queries.member(party) is None:
        raise NotAMember()
    enter(actor=actor, now=now, key=key, party=party, classes=[class_code], act=act_text(actor, key))


@action("members.inspect_register", may=may.anyone)
def inspect_register(*, actor: Actor, now: datetime, key: str, purpose: str, purpose_class: str = "other") -> dict[str, Any]:
    """Log that somebody from outside looks at the register, with their purpose (sealed); returns the entry's number.

    Refuses where the pack opens the register to nobody outside, and a purpose that says nothing.
    """
    view, _law = queries.register_view(actor, now)
    if not view.names:
        raise NotOpenToYou()
    if len(purpose.strip()) < LEAST_PURPOSE:
        raise PurposeMissing(least=LEAST_PURPOSE)
    row = RegisterInspection.objects.create(
        at=now,
        person=actor.person,
        party=actor.party,
        viewer=queries.viewer_kind(actor, now),
        purpose_class=purpose_class if purpose_class in rules.PURPOSES else "other",
        purpose_sealed=keys.encrypt_text(purpose.strip()[:500], about="members.inspection"),
        shown_holdings=view.holdings,
    )
    return {"inspection": row.id}


def enter(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    party: UUID,
    classes: Iterable[str],
    act: str,
    application: Application | None = None,
) -> int:
    """Enter a party into classes, as a new member or one more time; returns the member number.

    A new number is the last one plus one, under the counter's row lock, so that none is skipped
    and none is given twice. A step of the actions above.
    """
    take_turn(actor=actor, now=now, key=key, party=party)
    known = {row.code for row in MemberClass.objects.all()}
    wanted = list(dict.fromkeys(classes))
    for code in wanted:
        if code not in known:
            raise UnknownClass(class_code=code[:30])
    member = Member.objects.filter(queries.lasting(None), party=party).first()
    if member is None:
        member = Member.objects.create(
            number=_next_number(), party_id=party, admitted_at=now, recorded_at=recorded(now), application=application, act=act
        )
        audit.note(
            action="members.admitted", actor=actor, references={"number": member.number, "party": party, "act": act}, now=now
        )
    for code in wanted:
        _join(member, code, now, act)
    settle_start(party, now)
    return member.number


def settle_start(party: UUID, now: datetime) -> bool:
    """Let a membership count as soon as the bylaws say so; returns whether it counts. A step of the actions above."""
    member = Member.objects.filter(queries.lasting(None), party=party).first()
    if member is None:
        return False
    if MembershipStart.objects.filter(member=member).exists():
        return True
    rule = str(bylaws.value("members.effective_when", at=now))
    _count, minimum = queries.minimum_owed(party, now)
    start = rules.counts_from(
        rule,
        admitted_at=member.admitted_at,
        minimum_amount=rules.entry_amount(minimum, int(bylaws.value("members.entry_paid_pct", at=now))),
        payments=_payments(party, member.admitted_at),
    )
    if start is None:
        return False
    MembershipStart.objects.create(member=member, effective_at=start, recorded_at=recorded(now), rule=rule)
    return True


def _payments(party: UUID, admitted_at: datetime) -> list[tuple[datetime, int]]:
    """Return what was paid for shares, by moment. Of an earlier membership only what is still held counts, from the admission."""
    before = sum(each.paid for each in queries.holdings([party], admitted_at).get(party, []))
    rows = ShareMovement.objects.filter(party=party, effective_at__gt=admitted_at)
    changes = rows.annotate(change=queries.change_of("paid")).exclude(change=0)
    return [(admitted_at, before), *changes.values_list("effective_at", "change")]


def _next_number() -> int:
    Counter.objects.bulk_create([Counter(name="member", last=0)], ignore_conflicts=True)
    Counter.objects.filter(pk="member").update(last=F("last") + 1)
    return Counter.objects.values_list("last", flat=True).get(pk="member")


def _join(member: Member, code: str, now: datetime, act: str) -> None:
    try:
        with transaction.atomic():
            ClassMembership.objects.create(member=member, class_code_id=code, from_at=now, recorded_at=recorded(now), act=act)
    except IntegrityError as error:
        if "members_in_a_class_once" in str(error):
            raise AlreadyInClass(class_code=code) from error
        raise
