"""Leaving: give notice, withdraw it, end memberships whose day has come, record a death or a dissolution."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import queries as cooperatives
from rochdale.offices import queries as offices
from rochdale.shared import ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import deadlines, queries
from ..models import ClassMembership, LeavingNotice, LeavingStep, Member
from ..queries import leaving
from .closing import close_classes
from .ending import AlreadyEnded, end
from .known import recorded
from .membership import NotAMember
from .notices import tell
from .parties import act_text, take_turn
from .recording import LEAST_EVIDENCE, EvidenceMissing

OFFICERS = ("secretary", "board", "chair")


class NoticeGiven(Refusal):
    code = "members.notice_given"
    text = _("Notice of leaving was given already, to {last_on}. Nothing was changed.")


class LastDayTooEarly(Refusal):
    code = "members.last_day_too_early"
    status = 422
    text = _("The earliest last day is {earliest}. {law} Nothing was changed; choose that day or a later one.")


class LastDayTooFar(Refusal):
    code = "members.last_day_too_far"
    status = 422
    text = _("A last day lies at most five years ahead. Nothing was changed; give notice later.")


class NoNotice(Refusal):
    code = "members.no_notice"
    status = 404
    text = _("No notice of leaving runs here. Nothing was changed.")


class NoticeTookEffect(Refusal):
    code = "members.notice_took_effect"
    text = _("The last day has passed, so the notice cannot be withdrawn any more. Nothing was changed; apply to join again.")


class EndedOnWrong(Refusal):
    code = "members.ended_on_wrong"
    status = 422
    text = _("That day lies ahead, or before they became a member. Nothing was changed; check the day.")


class WrongKindOfEnd(Refusal):
    code = "members.wrong_kind_of_end"
    status = 422
    text = _("A person dies, an organisation is dissolved. Nothing was changed; choose what happened.")


class OwnEnd(Refusal):
    code = "members.own_end"
    status = 403
    text = _("Nobody records this about themselves. Nothing was changed; give notice of leaving, or ask another officer.")


class NotDueYet(Refusal):
    code = "members.notice_not_due"
    text = _("The last day of this membership has not passed. Nothing was changed.")


class NotInClass(Refusal):
    code = "members.not_in_class"
    text = _("They do not belong to the class “{class_code}”. Nothing was changed.")


@action(
    "members.give_notice",
    may=may.own("party") | may.office(*OFFICERS),
    about=("party", "last_on"),
    private=("evidence",),
)
def give_notice(
    *, actor: Actor, now: datetime, key: str, party: UUID, last_on: date | None = None, evidence: str = ""
) -> dict[str, Any]:
    """Say that a member leaves; the membership ends after its last day, and until then all rights stay.

    `last_on` is the last day (without it: the earliest that bylaws and law allow). An officer writes down what a member
    said at the desk or in a letter, and says so in `evidence`. Returns {"notice": id, "last_on": day}. Refuses who is no
    member, a second notice, and a last day that is too early or more than five years ahead.
    """
    _require_evidence(actor, party, evidence)
    take_turn(actor=actor, now=now, key=key, party=party)
    member = _member(party)
    running = leaving.open_notice(party)
    if running is not None:
        raise NoticeGiven(last_on=running.last_on.isoformat())
    zone = cooperatives.time_zone()
    day = _checked_day(last_on, deadlines.local_day(now, zone), now)
    row = LeavingNotice.objects.create(
        member=member,
        turn=LeavingNotice.objects.filter(member=member).count() + 1,
        given_at=now,
        last_on=day,
        ends_at=deadlines.after_day(day, zone),
        bylaws_version=bylaws.version_at(now),
        act=act_text(actor, key),
    )
    context = {"last_on": day, "number": member.number, "missing": _titles(party, now)}
    tell(actor=actor, now=now, key=key, kind="members.notice_given", party=party, context=context)
    return {"notice": row.id, "last_on": day.isoformat()}


@action("members.withdraw_notice", may=may.own("party") | may.office(*OFFICERS), about=("party",), private=("evidence",))
def withdraw_notice(*, actor: Actor, now: datetime, key: str, party: UUID, evidence: str = "") -> dict[str, Any]:
    """Take a notice of leaving back: the membership goes on as before. Refuses after the last day."""
    _require_evidence(actor, party, evidence)
    take_turn(actor=actor, now=now, key=key, party=party)
    running = leaving.open_notice(party)
    if running is None:
        raise NoNotice()
    if running.ends_at <= now:
        raise NoticeTookEffect()
    _close(running.id, "withdrawn", actor=actor, now=now, key=key)
    return {"notice": running.id}


@action("members.end_after_notice", may=may.jobs, about=("notice",))
def end_after_notice(*, actor: Actor, now: datetime, key: str, notice: int) -> dict[str, Any]:
    """End a membership whose last day has passed, once nothing blocks any more; else say what is missing, and to whom.

    Returns {"ended": bool, "missing": [codes]}. The member and the secretary are told at most once a week. Safe to
    repeat: an ended membership is reported as such.
    """
    row = LeavingNotice.objects.select_related("member").filter(pk=notice).first()
    if row is None:
        raise NoNotice()
    party = row.member.party_id
    take_turn(actor=actor, now=now, key=key, party=party)
    if LeavingStep.objects.filter(notice=row).exists():
        return {"ended": LeavingStep.objects.filter(notice=row, state="ended").exists(), "missing": []}
    if row.ends_at > now:
        raise NotDueYet()
    missing = [each for each in leaving.obligations(party, now) if each.blocks]
    if missing:
        _tell_missing(row, [str(each.title) for each in missing], actor=actor, now=now)
        return {"ended": False, "missing": sorted({each.code for each in missing})}
    end(actor=actor, now=now, key=key, member=row.member, effective_at=row.ends_at, reason="resigned", act=f"notice:{row.id}")
    return {"ended": True, "missing": []}


@action(
    "members.record_end",
    may=may.office(*OFFICERS) | may.by_resolution,
    about=("party", "reason", "ended_on"),
    private=("evidence",),
    strong=True,
)
def record_end(
    *, actor: Actor, now: datetime, key: str, party: UUID, reason: str, ended_on: date, evidence: str
) -> dict[str, Any]:
    """Record that a member died or that an organisation was dissolved, with what shows it; it ends the membership.

    Heirs take the shares afterwards (`members.record_inheritance`). Returns {"number": member number}. Refuses a day ahead
    or before the admission, the wrong kind for the party, no evidence, and an officer's own end.
    """
    if len(evidence.strip()) < LEAST_EVIDENCE:
        raise EvidenceMissing(least=LEAST_EVIDENCE)
    known = queries.party(party)
    if known is None or reason != {"person": "died", "organisation": "dissolved"}[known.kind]:
        raise WrongKindOfEnd()
    if actor.party is not None and queries.is_same_human(party, actor.party, now):
        raise OwnEnd()
    take_turn(actor=actor, now=now, key=key, party=party)
    member = _member(party)
    zone = cooperatives.time_zone()
    if not deadlines.local_day(member.admitted_at, zone) <= ended_on <= deadlines.local_day(now, zone):
        raise EndedOnWrong()
    effective = min(now, max(member.admitted_at, deadlines.after_day(ended_on, zone)))
    end(actor=actor, now=now, key=key, member=member, effective_at=effective, reason=reason, act=act_text(actor, key))
    return {"number": member.number}


@action("members.end_class", may=may.by_resolution, about=("party", "class_code"))
def end_class(*, actor: Actor, now: datetime, key: str, party: UUID, class_code: str) -> dict[str, Any]:
    """End a member's place in a class, by a resolution; with the last one the membership ends. Returns {"ended": bool}."""
    take_turn(actor=actor, now=now, key=key, party=party)
    member = _member(party)
    held = ClassMembership.objects.filter(member=member, until_at__isnull=True)
    if not held.filter(class_code=class_code).exists():
        raise NotInClass(class_code=class_code[:30])
    if held.count() > 1:
        close_classes(held.filter(class_code=class_code), until_at=recorded(now), act=act_text(actor, key))
        return {"ended": False}
    end(actor=actor, now=now, key=key, member=member, effective_at=now, reason="class_ended", act=act_text(actor, key))
    return {"ended": True}


def _member(party: UUID) -> Member:
    row = Member.objects.filter(queries.lasting(None), party=party).first()
    if row is None:
        raise NotAMember()
    return row


def _require_evidence(actor: Actor, party: UUID, evidence: str) -> None:
    """Ask an officer what shows that the member wants this; who acts for themselves needs nothing."""
    if actor.kind == "person" and actor.party != party and len(evidence.strip()) < LEAST_EVIDENCE:
        raise EvidenceMissing(least=LEAST_EVIDENCE)


def _checked_day(wanted: date | None, today: date, now: datetime) -> date:
    terms = leaving.notice_terms(now)
    earliest = leaving.earliest_last_day(today, terms, now)
    if wanted is not None and wanted < earliest:
        raise LastDayTooEarly(earliest=earliest.isoformat(), law=f"({terms.law})" if terms.law else "")
    if wanted is not None and wanted > max(earliest, today + timedelta(days=leaving.MOST_DAYS_AHEAD)):
        raise LastDayTooFar()
    return wanted or earliest


def _close(notice: int, state: str, *, actor: Actor, now: datetime, key: str) -> None:
    try:
        with transaction.atomic():
            LeavingStep.objects.create(notice_id=notice, state=state, at=now, by_party=actor.party, act=act_text(actor, key))
    except IntegrityError as error:
        if "members_leavingstep_pkey" in str(error):
            raise AlreadyEnded() from error
        raise


def _titles(party: UUID, now: datetime) -> list[str]:
    return [str(each.title) for each in leaving.obligations(party, now) if each.blocks]


def _tell_missing(row: LeavingNotice, missing: list[str], *, actor: Actor, now: datetime) -> None:
    week = now.strftime("%G-W%V")
    context = {"number": row.member_id, "last_on": row.last_on, "missing": missing}
    for party in dict.fromkeys([row.member.party_id, *offices.holders("secretary", now)]):
        key = ids.derived_key("members.leaving_blocked", row.id, week, party)
        tell(
            actor=actor, now=now, key=key, kind="members.leaving_blocked", party=party,
            context=context | {"own": party == row.member.party_id},
        )  # fmt: skip
