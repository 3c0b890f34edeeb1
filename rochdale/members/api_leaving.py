"""Leaving and exclusion over the API: one's own plan and case, who is leaving, the steps of a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Schema, Status
from pydantic import ConfigDict, Field

from rochdale.shared import action as acting
from rochdale.shared import api, clock, web
from rochdale.shared.module import Obligation

from . import actions, queries
from .api_router import router
from .reasons import GROUNDS

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
OFFICERS = frozenset({"board", "chair", "secretary"})


class LeavingBody(Schema):
    """A body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class StepOut(Schema):
    """Something to settle, or that ends by itself; `amount` in micro-units."""

    code: str
    title: str
    amount: int | None
    currency: str
    owed_to: str
    settled_by: str
    blocks: bool


class PartOut(Schema):
    """A part of what is paid back: by which day, how much in micro-units."""

    due_on: date
    amount: int


class SharesBackOut(Schema):
    """What becomes of shares: `way` is stays or paid_back; amounts in micro-units."""

    share_class: str
    shares: int
    paid: int
    owed: int
    currency: str
    way: str
    law: str
    least: int
    schedule: list[PartOut]


class PlanOut(Schema):
    """The plan of leaving as of now; `notice_given_at` is null until notice was given."""

    number: int
    earliest_on: date
    last_on: date
    ends_at: datetime
    notice_given_at: datetime | None
    law: str
    steps: list[StepOut]
    shares: list[SharesBackOut]


class NoticeIn(LeavingBody):
    """The last day; without it the earliest."""

    last_on: date | None = None


class NoticeOut(Schema):
    """The notice given."""

    notice: int
    last_on: date


class LeaverOut(Schema):
    """Somebody who gave notice, and the codes of what still holds the end."""

    number: int
    party: UUID
    given_at: datetime
    last_on: date
    missing: list[str]


class ReplyOut(Schema):
    """What the member said."""

    at: datetime
    words: str
    by_member: bool


class CaseOut(Schema):
    """A case of exclusion and where it stands."""

    id: int
    number: int
    ground: str
    facts: str
    opened_at: datetime
    stage: str
    hearing_until: datetime | None
    replies: list[ReplyOut]
    outcome: str
    reasons: str
    appeal_until: datetime | None
    appealed_at: datetime | None
    appeal_outcome: str
    closed: str


class OpenCaseIn(LeavingBody):
    """A case against a member."""

    party: UUID
    ground: Annotated[str, Field(max_length=40, description=", ".join(GROUNDS))]
    facts: Text


class CaseMadeOut(Schema):
    """The case opened."""

    case: int


class CaseWordsIn(LeavingBody):
    """Words, kept encrypted."""

    words: Text


class OutcomeIn(LeavingBody):
    """A decision with its reasons, which the member reads."""

    outcome: Literal["excluded", "dismissed"]
    reasons: Text


class AppealOutcomeIn(LeavingBody):
    """A decision about an appeal with its reasons."""

    upheld: bool
    reasons: Text


class DecidedOut(Schema):
    """Whether it is decided now, or a second person is needed."""

    decided: bool


@router.get("/me/leaving", response=PlanOut, summary="What leaving means for me now")
def my_plan(request: HttpRequest) -> dict[str, Any]:
    """Return what is to settle, what is owed to whom, and when the membership would end."""
    plan = queries.leaving.plan(_party(request), clock.now())
    if plan is None:
        raise Http404
    return {
        "number": plan.member.number,
        "earliest_on": plan.earliest_on,
        "last_on": plan.last_on,
        "ends_at": plan.ends_at,
        "notice_given_at": plan.notice.given_at if plan.notice else None,
        "law": plan.terms.law,
        "steps": [_step(each) for each in plan.steps],
        "shares": plan.shares,
    }


@router.post("/me/leaving", response=NoticeOut, summary="Give notice of leaving")
def give_notice(request: HttpRequest, body: NoticeIn) -> dict[str, Any]:
    """Give notice; all rights stay until the last day."""
    found: dict[str, Any] = actions.give_notice(**_given(request), party=_party(request), last_on=body.last_on)
    return found


@router.delete("/me/leaving", response={204: None}, summary="Withdraw my notice of leaving")
def withdraw_notice(request: HttpRequest) -> Status[None]:
    """Take the notice back, until the last day."""
    actions.withdraw_notice(**_given(request), party=_party(request))
    return Status(204, None)


@router.get("/leavers", response=list[LeaverOut], summary="Who is leaving")
def leavers(request: HttpRequest) -> list[dict[str, Any]]:
    """Return who gave notice and what still holds them: for the board and the secretary."""
    _officer(request)
    now = clock.now()
    return [
        {
            "number": each.number,
            "party": each.party,
            "given_at": each.given_at,
            "last_on": each.last_on,
            "missing": sorted({step.code for step in queries.leaving.obligations(each.party, now) if step.blocks}),
        }
        for each in queries.leaving.leavers()
    ]


@router.get("/me/cases", response=list[CaseOut], summary="Cases of exclusion against me")
def my_cases(request: HttpRequest) -> list[queries.exclusion.CaseView]:
    """Return what is said, until when to answer and appeal, and what was decided."""
    return queries.exclusion.cases_against(_party(request), clock.now())


@router.get("/exclusions", response=list[CaseOut], summary="Open cases of exclusion")
def open_cases(request: HttpRequest) -> list[queries.exclusion.CaseView]:
    """Return the open cases, the nearest deadline first: for the board and the secretary, without one's own."""
    _officer(request)
    own, now = api.actor(request).party, clock.now()
    return [each for each in queries.exclusion.open_cases(now) if own is None or not queries.is_same_human(each.party, own, now)]


@router.post("/exclusions", response=CaseMadeOut, summary="Open a case of exclusion")
def open_case(request: HttpRequest, body: OpenCaseIn) -> dict[str, Any]:
    """Open a case and send the member its text."""
    made: dict[str, Any] = actions.open_exclusion(**_given(request), **body.dict())
    return made


@router.post("/exclusions/{case}/answers", response={204: None}, summary="Answer in a case")
def answer_case(request: HttpRequest, case: Id, body: CaseWordsIn) -> Status[None]:
    """Answer in one's own case, or write down what the member said."""
    actions.answer_exclusion(**_given(request), case=case, words=body.words)
    return Status(204, None)


@router.post("/exclusions/{case}/decision", response=DecidedOut, summary="Decide a case")
def decide_case(request: HttpRequest, case: Id, body: OutcomeIn) -> dict[str, Any]:
    """Exclude or dismiss, after the hearing; two people of the board must agree."""
    done: dict[str, Any] = actions.decide_exclusion(**_given(request), case=case, **body.dict())
    return done


@router.post("/exclusions/{case}/withdrawal", response={204: None}, summary="Withdraw a case")
def withdraw_case(request: HttpRequest, case: Id, body: CaseWordsIn) -> Status[None]:
    """Withdraw a case that one opened, before its decision."""
    actions.withdraw_exclusion(**_given(request), case=case, reasons=body.words)
    return Status(204, None)


@router.post("/exclusions/{case}/appeal", response={204: None}, summary="Appeal against an exclusion")
def appeal_case(request: HttpRequest, case: Id, body: CaseWordsIn) -> Status[None]:
    """Appeal in time; until it is decided the exclusion does not count."""
    actions.appeal_exclusion(**_given(request), case=case, words=body.words)
    return Status(204, None)


@router.post("/exclusions/{case}/appeal/decision", response=DecidedOut, summary="Decide an appeal against an exclusion")
def decide_case_appeal(request: HttpRequest, case: Id, body: AppealOutcomeIn) -> dict[str, Any]:
    """Uphold or reject an appeal."""
    done: dict[str, Any] = actions.decide_exclusion_appeal(**_given(request), case=case, **body.dict())
    return done


def _given(request: HttpRequest) -> dict[str, Any]:
    return {"actor": api.actor(request), "now": clock.now(), "key": api.key(request)}


def _party(request: HttpRequest) -> UUID:
    party = api.actor(request).party
    if party is None:
        raise web.MembersOnly()
    return party


def _officer(request: HttpRequest) -> None:
    if not OFFICERS & acting.held(api.actor(request), clock.now()):
        raise web.OfficersOnly(offices=", ".join(sorted(OFFICERS)))


def _step(each: Obligation) -> dict[str, Any]:
    return {
        "code": each.code,
        "title": str(each.title),
        "amount": each.amount,
        "currency": each.currency,
        "owed_to": each.owed_to,
        "settled_by": each.settled_by,
        "blocks": each.blocks,
    }
