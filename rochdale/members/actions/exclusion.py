"""Exclusion with due process: open a case, see that the member gets its text, hear them, withdraw it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import deadlines, queries
from ..models import ExclusionCase, ExclusionReply, ExclusionService, Member
from ..queries import exclusion
from ..reasons import GROUNDS
from . import exclusion_steps as steps
from .exclusion_steps import OPENERS
from .membership import NotAMember
from .parties import act_text, take_turn


class UnknownGround(Refusal):
    code = "members.unknown_ground"
    status = 422
    text = _("An exclusion needs one of these grounds: {grounds}. Nothing was opened.")


class CaseRuns(Refusal):
    code = "members.case_runs"
    text = _("A case about this member is open already. Nothing was opened; go on with that one.")


class NotServed(Refusal):
    code = "members.case_not_served"
    text = _("The member has not been given the text yet, so no time runs. Nothing was changed; hand it over first.")


class NotTheAccuser(Refusal):
    code = "members.not_the_accuser"
    status = 403
    text = _("Before the decision, a case is withdrawn by whoever opened it. Nothing was changed; you can vote to dismiss it.")


class HandedOnWrong(Refusal):
    code = "members.handed_on_wrong"
    status = 422
    text = _("The text can have been handed over between {earliest} and today. Nothing was changed; check the day.")


@action("members.open_exclusion", may=may.office(*OPENERS) | may.by_resolution, about=("party", "ground"), private=("facts",))
def open_exclusion(*, actor: Actor, now: datetime, key: str, party: UUID, ground: str, facts: str) -> dict[str, Any]:
    """Open a case for excluding a member and send them its text; returns {"case": id}. They keep all rights.

    Refuses an unknown ground, facts that say nothing, a second case, who is no member, and an officer who is, or
    stands behind, the member.
    """
    if ground not in GROUNDS:
        raise UnknownGround(grounds=", ".join(GROUNDS))
    said = steps.checked_words(facts)
    steps.not_own(actor, party, now)
    take_turn(actor=actor, now=now, key=key, party=party)
    member = Member.objects.filter(queries.lasting(None), party=party).first()
    if member is None:
        raise NotAMember()
    if any(each.open for each in exclusion.cases_against(party, now)):
        raise CaseRuns()
    terms, place = exclusion.hearing_terms(now), uuid4()
    row = ExclusionCase.objects.create(
        place=place,
        member=member,
        ground=ground,
        facts_sealed=steps.sealed(said, place, "facts"),
        opened_at=now,
        opened_by=actor.party,
        hearing_days=terms.days,
        hearing_counting=terms.counting,
        bylaws_version=bylaws.version_at(now),
        act=act_text(actor, key),
    )
    context = {"ground": GROUNDS[ground], "facts": said, "days": terms.days}
    steps.serve(row, "charge", "members.exclusion_charge", context, actor=actor, now=now, key=key)
    return {"case": row.id}


@action("members.hand_over_case_text", may=may.office(*OPENERS), about=("case", "what", "handed_on"))
def hand_over_case_text(*, actor: Actor, now: datetime, key: str, case: int, what: str, handed_on: date) -> dict[str, Any]:
    """Record that an officer put a text of a case ("charge" or "decision") into the member's hands on a day.

    For a message that reached nobody. The time begins with that day. Refuses a day ahead or before the text was
    there, a text that was never made, and an officer who is the member.
    """
    row = steps.locked(case, actor, now, key)
    steps.not_own(actor, row.member.party_id, now)
    made = {"charge": row.opened_at, "decision": getattr(steps.step_of(row, "decided"), "at", None)}.get(what)
    if made is None:
        raise NotServed()
    zone = cooperatives.time_zone()
    earliest, today = deadlines.local_day(made, zone), deadlines.local_day(now, zone)
    if not earliest <= handed_on <= today:
        raise HandedOnWrong(earliest=earliest.isoformat())
    handed_at = min(now, deadlines.after_day(handed_on, zone) - timedelta(seconds=1))
    ExclusionService.objects.create(
        case=row, what=what, handed_at=handed_at, recorded_at=now, by_party=actor.party, act=act_text(actor, key)
    )
    return {"case": row.id}


@action("members.answer_exclusion", may=may.known, about=("case",), private=("words",))
def answer_exclusion(*, actor: Actor, now: datetime, key: str, case: int, words: str) -> dict[str, Any]:
    """Answer in one's own case, as often as one likes until it is decided; an officer may write down what was said."""
    row = steps.locked(case, actor, now, key)
    steps.own_or_written_down(row, actor, now)
    if steps.step_of(row, "decided") is not None:
        raise steps.CaseDecided()
    said = steps.checked_words(words, least=2)
    reply = ExclusionReply.objects.create(
        case=row, at=now, by_party=actor.party, words_sealed=steps.sealed(said, row.place, "reply"), act=act_text(actor, key)
    )
    return {"case": row.id, "reply": reply.id}


@action("members.withdraw_exclusion", may=may.office(*OPENERS) | may.by_resolution, about=("case",), private=("reasons",))
def withdraw_exclusion(*, actor: Actor, now: datetime, key: str, case: int, reasons: str) -> dict[str, Any]:
    """Withdraw a case: before the decision by whoever opened it, by a resolution until it is final. The member is told."""
    said = steps.checked_words(reasons, least=2)
    row = steps.locked(case, actor, now, key)
    if actor.kind != "resolution":
        if steps.step_of(row, "decided") is not None:
            raise steps.CaseDecided()
        if actor.party != row.opened_by:
            raise NotTheAccuser()
    steps.close(row, "withdrawn", said, actor=actor, now=now, key=key)
    return {"case": row.id}
