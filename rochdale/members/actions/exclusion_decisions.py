"""Deciding an exclusion and the appeal against it; it counts when it is final, never before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.shared import action as acting
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import OUTCOMES, ExclusionCase, ExclusionVote, Member
from ..queries import exclusion
from ..reasons import GROUNDS
from . import exclusion_steps as steps
from .applications import NotTheDecider
from .ending import end
from .exclusion import NotServed
from .exclusion_steps import BOARD
from .parties import act_text


class HearingRuns(Refusal):
    code = "members.hearing_runs"
    text = _("The member can answer until {until}. Nothing was decided; decide after that.")


class UnknownOutcome(Refusal):
    code = "members.unknown_outcome"
    status = 422
    text = _("A case ends with excluded or dismissed. Nothing was changed.")


class VotedAlready(Refusal):
    code = "members.voted_already"
    text = _("You have decided in this case already. Nothing was changed; another officer is needed.")


class DecidedBefore(Refusal):
    code = "members.decided_before"
    status = 403
    text = _("Whoever decided the case does not decide the appeal. Nothing was changed; leave it to others.")


class NothingToAppeal(Refusal):
    code = "members.nothing_to_appeal"
    text = _("There is no decision here that could be appealed, or it was appealed already. Nothing was changed.")


class ExclusionAppealTooLate(Refusal):
    code = "members.exclusion_appeal_too_late"
    text = _("The time for an appeal ended on {until}. Nothing was changed.")


class NoExclusionAppeal(Refusal):
    code = "members.no_exclusion_appeal"
    text = _("No appeal waits for a decision in this case. Nothing was changed.")


class NotFinalYet(Refusal):
    code = "members.exclusion_not_final"
    text = _("The time for an appeal has not passed, or an appeal waits. Nothing was changed: the member keeps all rights.")


@action(
    "members.decide_exclusion",
    may=may.office(*BOARD) | may.by_resolution,
    about=("case", "outcome"),
    private=("reasons",),
    strong=True,
)
def decide_exclusion(*, actor: Actor, now: datetime, key: str, case: int, outcome: str, reasons: str) -> dict[str, Any]:
    """Decide a case: "excluded" or "dismissed", with reasons. Returns {"case": id, "decided": bool}.

    By the bylaws two people of the board must agree (so that whoever opened the case cannot do it alone), or the
    general meeting decides. Refuses to exclude before the member was served and heard, a second vote by the same
    person, and an officer who is, or stands behind, the member. The member is told, and how to appeal.
    """
    if outcome not in OUTCOMES:
        raise UnknownOutcome()
    said = steps.checked_words(reasons)
    row = steps.locked(case, actor, now, key)
    _decider("members.exclusion_decided_by", actor, now)
    steps.not_own(actor, row.member.party_id, now)
    if steps.step_of(row, "decided") is not None:
        raise steps.CaseDecided()
    if outcome == "excluded":
        _require_hearing(row, now)
    if not _agreed(row, 1, outcome, said, actor=actor, now=now, key=key):
        return {"case": row.id, "decided": False}
    _decide(row, outcome, said, actor=actor, now=now, key=key)
    return {"case": row.id, "decided": True}


@action("members.appeal_exclusion", may=may.known, about=("case",), private=("words",))
def appeal_exclusion(*, actor: Actor, now: datetime, key: str, case: int, words: str) -> dict[str, Any]:
    """Appeal against one's own exclusion, once and in time; an officer may write it down. Until decided it does not count."""
    row = steps.locked(case, actor, now, key)
    steps.own_or_written_down(row, actor, now)
    decided = steps.step_of(row, "decided")
    if decided is None or decided.state != "excluded" or steps.step_of(row, "appealed") is not None:
        raise NothingToAppeal()
    view = exclusion.case(case, now)
    if view is not None and view.appeal_until is not None and now >= view.appeal_until:
        raise ExclusionAppealTooLate(until=steps.day_before(view.appeal_until))
    said = steps.checked_words(words, least=2)
    steps.write_step(row, "appealed", "appealed", actor=actor, now=now, key=key, words=said)
    return {"case": row.id}


@action(
    "members.decide_exclusion_appeal",
    may=may.office(*BOARD) | may.by_resolution,
    about=("case", "upheld"),
    private=("reasons",),
    strong=True,
)
def decide_exclusion_appeal(*, actor: Actor, now: datetime, key: str, case: int, upheld: bool, reasons: str) -> dict[str, Any]:
    """Decide an appeal: upheld lifts the exclusion, rejected makes it final and ends the membership.

    By the bylaws the general meeting decides, or two people of the board of whom none decided before.
    Returns {"case": id, "decided": bool}.
    """
    said = steps.checked_words(reasons)
    row = steps.locked(case, actor, now, key)
    _decider("members.exclusion_appeal_decided_by", actor, now)
    steps.not_own(actor, row.member.party_id, now)
    if steps.step_of(row, "appealed") is None or steps.step_of(row, "appeal_decided") is not None:
        raise NoExclusionAppeal()
    _not_before(row, actor, now)
    if not _agreed(row, 2, "dismissed" if upheld else "excluded", said, actor=actor, now=now, key=key):
        return {"case": row.id, "decided": False}
    steps.write_step(row, "appeal_decided", "lifted" if upheld else "rejected", actor=actor, now=now, key=key, words=said)
    if upheld:
        steps.close(row, "lifted", said, actor=actor, now=now, key=key)
    else:
        steps.serve(row, "appeal", "members.exclusion_rejected", {"reasons": said}, actor=actor, now=now, key=key)
        _exclude(row, actor=actor, now=now, key=key)
    return {"case": row.id, "decided": True}


@action("members.make_exclusion_final", may=may.jobs, about=("case",))
def make_exclusion_final(*, actor: Actor, now: datetime, key: str, case: int) -> dict[str, Any]:
    """End the membership of somebody excluded who let the time for an appeal pass. Refuses a moment too early."""
    row = steps.locked(case, actor, now, key)
    view = exclusion.case(case, now)
    assert view is not None  # it is locked
    if view.stage != "appeal_period" or view.appeal_until is None or now < view.appeal_until:
        raise NotFinalYet()
    _exclude(row, actor=actor, now=now, key=key)
    return {"case": row.id}


def _decider(bylaw: str, actor: Actor, now: datetime) -> None:
    if actor.kind == "resolution":
        return
    choice = str(bylaws.value(bylaw, at=now))
    if not rules.DECIDERS.get(choice, frozenset()) & acting.held(actor, now):
        raise NotTheDecider(decider=choice.replace("_", " "))


def _not_before(row: ExclusionCase, actor: Actor, now: datetime) -> None:
    """Refuse who decided the case in an appeal against it."""
    voters = ExclusionVote.objects.filter(case=row, round=1).values_list("by_party", flat=True)
    if actor.party is not None and any(queries.is_same_human(each, actor.party, now) for each in voters):
        raise DecidedBefore()


def _require_hearing(row: ExclusionCase, now: datetime) -> None:
    view = exclusion.case(row.id, now)
    if view is None or view.hearing_until is None:
        raise NotServed()
    if now < view.hearing_until:
        raise HearingRuns(until=steps.day_before(view.hearing_until))


def _agreed(row: ExclusionCase, number: int, outcome: str, words: str, *, actor: Actor, now: datetime, key: str) -> bool:
    """Count an officer's vote, and say whether enough people agree; a resolution needs no second."""
    if actor.party is None:
        return True
    votes = list(ExclusionVote.objects.filter(case=row, round=number))
    if any(queries.is_same_human(each.by_party, actor.party, now) for each in votes):
        raise VotedAlready()
    ExclusionVote.objects.create(
        case=row,
        round=number,
        by_party=actor.party,
        outcome=outcome,
        reasons_sealed=steps.sealed(words, row.place, f"vote{number}"),
        at=now,
        act=act_text(actor, key),
    )
    return 1 + sum(each.outcome == outcome for each in votes) >= exclusion.VOTES_NEEDED


def _decide(row: ExclusionCase, outcome: str, words: str, *, actor: Actor, now: datetime, key: str) -> None:
    terms = exclusion.appeal_terms(now)
    if outcome == "dismissed":
        steps.write_step(row, "decided", outcome, actor=actor, now=now, key=key, words=words)
        steps.close(row, "dismissed", words, actor=actor, now=now, key=key)
        return
    steps.write_step(
        row, "decided", outcome, actor=actor, now=now, key=key, words=words,
        appeal_days=terms.days, appeal_counting=terms.counting,
    )  # fmt: skip
    context = {"ground": GROUNDS[row.ground], "reasons": words, "days": terms.days}
    steps.serve(row, "decision", "members.exclusion_decided", context, actor=actor, now=now, key=key)


def _exclude(row: ExclusionCase, *, actor: Actor, now: datetime, key: str) -> None:
    member = Member.objects.get(pk=row.member_id)
    end(actor=actor, now=now, key=key, member=member, effective_at=now, reason="excluded", act=f"exclusion:{row.id}")
