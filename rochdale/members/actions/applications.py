"""Applications: apply, admit or refuse with a reason, appeal, decide the appeal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import Application, ApplicationEvent, MemberClass
from ..reasons import ALL_REASONS, REASONS
from .membership import AlreadyInClass, UnknownClass, enter
from .notices import tell
from .parties import NameMissing, act_text, checked, keep_details, make_party, take_turn


class AlreadyApplied(Refusal):
    code = "members.already_applied"
    text = _("There is an application for “{class_code}” that waits for its decision. Nothing was changed.")


class NotYourApplication(Refusal):
    code = "members.not_your_application"
    status = 403
    text = _("You can apply, and appeal, only for yourself. Nothing was changed.")


class RegisterDiffers(Refusal):
    code = "members.register_differs"
    status = 422
    text = _(
        "The register has another name for this member, and an application does not change it. "
        "Nothing was changed; write it as it stands, or ask the secretary."
    )


class TooYoung(Refusal):
    code = "members.too_young"
    status = 422
    text = _("Members are at least {age} years old here ({law}). Nothing was kept; say that you are, or come back when you are.")


class NoSuchApplication(Refusal):
    code = "members.no_such_application"
    status = 404
    text = _("There is no such application. Nothing was changed.")


class AlreadyDecided(Refusal):
    code = "members.already_decided"
    text = _("This application was decided already, perhaps a moment ago by somebody else. Nothing was changed; open it again.")


class NotTheDecider(Refusal):
    code = "members.not_the_decider"
    status = 403
    text = _("By this co-op's bylaws this is decided by: {decider}. Nothing was changed.")


class OwnApplication(Refusal):
    code = "members.own_application"
    status = 403
    text = _("Nobody decides about their own application. Nothing was changed; leave it to another officer.")


class SameDecider(Refusal):
    code = "members.same_decider"
    status = 403
    text = _("Whoever refused does not decide the appeal. Nothing was changed; leave it to another officer.")


class ReasonMissing(Refusal):
    code = "members.reason_missing"
    status = 422
    text = _("A refusal needs one of these reasons: {reasons}. Nothing was changed.")


class NotRefused(Refusal):
    code = "members.not_refused"
    text = _("Only a refused application can be appealed, and only once. Nothing was changed.")


class AppealTooLate(Refusal):
    code = "members.appeal_too_late"
    text = _("The {days} days for an appeal have passed. Nothing was changed; you can apply again.")


class NoAppeal(Refusal):
    code = "members.no_appeal"
    text = _("No appeal waits for a decision here. Nothing was changed.")


@action(
    "members.apply",
    may=may.anyone | may.known,
    about=("party", "class_code"),
)
def apply(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    class_code: str,
    party: UUID | None = None,
    register: Mapping[str, Any] | None = None,
    contact: Mapping[str, Any] | None = None,
    old_enough: bool | None = None,
) -> dict[str, Any]:
    """Apply for a class of membership; somebody new here becomes a party by it.

    `party` is for an officer who writes down another's application. Returns {"application": id,
    "party": reference}. Refuses an unknown class, a class they are in, a second application for
    it, a nameless applicant, applying for somebody else, and to change a member's name in the register.
    Where members must have an age, `old_enough` is the applicant's yes; the day of birth is not asked for.
    """
    if not MemberClass.objects.filter(pk=class_code).exists():
        raise UnknownClass(class_code=class_code[:30])
    _check_age(party or actor.party, old_enough, now)
    applicant = _applicant(actor, now, key, party)
    take_turn(actor=actor, now=now, key=key, party=applicant)
    member = queries.member(applicant)
    if member is not None:
        _check_register(applicant, register)
    if privacy.forgotten(applicant, "contact"):
        contact = None  # who comes back after theirs were erased is reached by letter; that must not keep them out
    keep_details(actor=actor, now=now, key=key, party=applicant, register=register, contact=contact)
    if not (privacy.read(applicant, "register") or {}).get("name"):
        raise NameMissing()
    if member is not None and class_code in member.classes:
        raise AlreadyInClass(class_code=class_code)
    if any(each.open and each.class_code == class_code for each in queries.applications_of(applicant)):
        raise AlreadyApplied(class_code=class_code)
    row = Application.objects.create(
        party_id=applicant, class_code=class_code, applied_at=now, bylaws_version=bylaws.version_at(now)
    )
    _step(row.id, "applied", actor=actor, now=now, key=key)
    return {"application": row.id, "party": str(applicant)}


def _check_age(party: UUID | None, old_enough: bool | None, now: datetime) -> None:
    """Refuse a person who does not say that they are old enough, where the rules have an age; organisations have none."""
    known = queries.party(party) if party is not None else None
    if (known is not None and known.kind == "organisation") or old_enough:
        return
    age = queries.silence.minimum_age(now)
    if age and (party is None or queries.member(party, now) is None):
        row = bylaws.law("member.min_age", at=now)
        raise TooYoung(age=age, law=row.source if row else _("the bylaws"))


def _check_register(member: UUID, register: Mapping[str, Any] | None) -> None:
    """Refuse to change the name by which the register knows a member."""
    known = (privacy.read(member, "register") or {}).get("name")
    told = checked(register or {}, rules.REGISTER_FIELDS).get("name")
    if known and told and known != told:
        raise RegisterDiffers()


def _applicant(actor: Actor, now: datetime, key: str, party: UUID | None) -> UUID:
    own = actor.party
    if party is not None and party != own:
        if actor.kind == "person" and not {"secretary", "board", "chair"} & acting.held(actor, now):
            raise NotYourApplication()
        return party
    return own or UUID(make_party(actor=actor, now=now, key=key, person=actor.person))


@action(
    "members.admit_member",
    may=may.office("board", "chair", "secretary") | may.by_resolution,
    about=("application",),
)
def admit_member(*, actor: Actor, now: datetime, key: str, application: int) -> dict[str, Any]:
    """Admit an applicant; returns {"number": member number, "party": reference, "counts": bool}.

    Who admits is a bylaw. A member who applied for one more class keeps their number.
    """
    row = _to_decide(application, actor, now)
    return admitted_now(row, actor=actor, now=now, key=key)


@action(
    "members.refuse_application",
    may=may.office("board", "chair", "secretary") | may.by_resolution,
    about=("application", "reason_code"),
    private=("words",),
)
def refuse_application(
    *, actor: Actor, now: datetime, key: str, application: int, reason_code: str, words: str = ""
) -> dict[str, Any]:
    """Refuse an applicant for one of the coded reasons; they are told it, and until when they can appeal."""
    _check_reason(reason_code)
    row = _to_decide(application, actor, now)
    return refused_now(row, reason_code, actor=actor, now=now, key=key)


@action("members.appeal_refusal", may=may.known, about=("application",), private=("words",))
def appeal_refusal(*, actor: Actor, now: datetime, key: str, application: int, words: str = "") -> dict[str, Any]:
    """Appeal against a refusal, within the bylaws' days and once. Only the applicant can."""
    row = _found(application)
    if actor.party is None or actor.party != row.party_id:
        raise NotYourApplication()
    refused = ApplicationEvent.objects.filter(application=row, step=2).first()
    if refused is None or refused.state != "refused":
        raise NotRefused()
    days, _law = queries.silence.appeal_days(refused.at)
    if rules.appeal_is_late(refused.at, days, now):
        raise AppealTooLate(days=days)
    _step(row.id, "appealed", actor=actor, now=now, key=key)
    return {"application": row.id}


@action(
    "members.decide_appeal",
    may=may.office("board", "chair") | may.by_resolution,
    about=("application", "upheld", "reason_code"),
    private=("words",),
)
def decide_appeal(
    *, actor: Actor, now: datetime, key: str, application: int, upheld: bool, reason_code: str = "", words: str = ""
) -> dict[str, Any]:
    """Decide an appeal: upheld admits, otherwise the refusal stands for a coded reason.

    By the bylaws the board decides, but never whoever refused, or the general meeting.
    """
    row = _found(application)
    _check_decider("members.appeal_decided_by", actor, now)
    steps = {event.step: event for event in ApplicationEvent.objects.filter(application=row)}
    if 3 not in steps or 4 in steps:
        raise NoAppeal()
    if actor.party is not None:
        _check_not_own(row, actor.party, now)
        first = steps[2].by_party
        if first is not None and queries.is_same_human(first, actor.party, now):
            raise SameDecider()
    if upheld:
        _step(row.id, "appeal_upheld", actor=actor, now=now, key=key)
        return _admitted(row, actor=actor, now=now, key=key)
    _check_reason(reason_code)
    _step(row.id, "appeal_rejected", actor=actor, now=now, key=key, reason_code=reason_code)
    tell(
        actor=actor,
        now=now,
        key=key,
        kind="members.appeal_rejected",
        party=row.party_id,
        context={"reason": REASONS[reason_code]},
    )
    return {"application": row.id}


def admitted_now(row: Application, *, actor: Actor, now: datetime, key: str) -> dict[str, Any]:
    """Admit an applicant: the step, the number, the notice. A step of actions that have checked who decides."""
    _step(row.id, "admitted", actor=actor, now=now, key=key)
    return _admitted(row, actor=actor, now=now, key=key)


def refused_now(row: Application, reason_code: str, *, actor: Actor, now: datetime, key: str) -> dict[str, Any]:
    """Refuse an applicant: the step, and the notice with the reason and how to appeal. A step of such actions, too."""
    _step(row.id, "refused", actor=actor, now=now, key=key, reason_code=reason_code)
    days, _law = queries.silence.appeal_days(now)
    context = {"reason": ALL_REASONS[reason_code], "days": days}
    tell(actor=actor, now=now, key=key, kind="members.refused", party=row.party_id, context=context)
    return {"application": row.id, "appeal_days": days}


def _admitted(row: Application, *, actor: Actor, now: datetime, key: str) -> dict[str, Any]:
    act = act_text(actor, key)
    number = enter(actor=actor, now=now, key=key, party=row.party_id, classes=[row.class_code], act=act, application=row)
    counts = queries.is_effective(row.party_id, now)
    _shares, minimum = queries.minimum_owed(row.party_id, now)
    tell(
        actor=actor,
        now=now,
        key=key,
        kind="members.admitted",
        party=row.party_id,
        context={"number": number, "counts": counts, "minimum": minimum},
    )
    return {"number": number, "party": str(row.party_id), "counts": counts}


def _found(application: int) -> Application:
    row = Application.objects.filter(pk=application).first()
    if row is None:
        raise NoSuchApplication()
    return row


def _to_decide(application: int, actor: Actor, now: datetime) -> Application:
    row = _found(application)
    _check_decider("members.admission_decided_by", actor, now)
    if actor.party is not None:
        _check_not_own(row, actor.party, now)
    if ApplicationEvent.objects.filter(application=row, step=2).exists():
        raise AlreadyDecided()
    return row


def _check_decider(bylaw: str, actor: Actor, now: datetime) -> None:
    """Refuse an officer whom the bylaws do not let decide this; a resolution always may."""
    if actor.kind == "resolution":
        return
    choice = str(bylaws.value(bylaw, at=now))
    if not rules.DECIDERS.get(choice, frozenset()) & acting.held(actor, now):
        raise NotTheDecider(decider=choice.replace("_", " "))


def _check_not_own(row: Application, officer: UUID, now: datetime) -> None:
    if queries.is_same_human(row.party_id, officer, now):
        raise OwnApplication()


def _check_reason(reason_code: str) -> None:
    if reason_code not in rules.REFUSAL_REASONS:
        raise ReasonMissing(reasons=", ".join(rules.REFUSAL_REASONS))


def _step(application: int, state: str, *, actor: Actor, now: datetime, key: str, reason_code: str = "") -> None:
    """Write a step; of two at once the database lets one through."""
    try:
        with transaction.atomic():
            ApplicationEvent.objects.create(
                application_id=application,
                step=ApplicationEvent.STEPS[state],
                state=state,
                at=now,
                by_party=actor.party,
                act=act_text(actor, key),
                reason_code=reason_code,
            )
    except IntegrityError as error:
        if "members_application_step_once" in str(error):
            raise AlreadyDecided() from error
        raise
