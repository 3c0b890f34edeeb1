"""Bank statements, matching and months over the API. Amounts are whole numbers of micro-units, signed on bank lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from rochdale.shared import action as acting
from rochdale.shared import api, clock, money, web

from . import actions, queries, rules
from .banking import profiles, tables

if TYPE_CHECKING:
    from rochdale.cooperatives.models import Coop

router = Router(tags=["money"])
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Signed = Annotated[int, Field(ge=-money.LARGEST, le=money.LARGEST, strict=True)]
Place = Literal["client", "own"]
Code = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$")]
Month = Annotated[str, Field(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$")]
READERS = frozenset({"treasurer", "cashier", "auditor", "board", "chair"})


class Strict(Schema):
    """A body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class StatementIn(Strict):
    """A bank's CSV file as text, its layout, and what the file does not say itself."""

    place: Place
    content: Annotated[str, Field(max_length=2_000_000)]
    profile: Annotated[str, Field(max_length=40, description=", ".join(profiles.PROFILES))] = "generic"
    mapping: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=20)] = []
    decimal: Literal["", ",", "."] = ""
    dates: Literal["", "year first", "day first", "month first"] = ""
    from_on: date | None = None
    until_on: date | None = None
    opening: Signed | None = None
    closing: Signed | None = None


class ImportedOut(Schema):
    """What came of a file: `again` where it was here already, `off_by` and `gap` where it does not tie out."""

    statement: int
    again: bool
    lines: int
    new: int
    off_by: int | None
    gap: int | None
    from_on: date
    until_on: date


class BankLineOut(Schema):
    """A bank line."""

    id: int
    kind: str
    booked_on: date
    amount: int
    currency: str
    counterparty: str
    reference: str


class BankEntryOut(Schema):
    """A posting as it changed the bank account."""

    posting: int
    kind: str
    day: date
    amount: int


class ChoiceOut(Schema):
    """Lines and entries that may be the same money, with a score to 100 and its reasons."""

    lines: list[BankLineOut]
    entries: list[BankEntryOut]
    score: int
    reasons: list[str]


class BankOut(Schema):
    """An account held against its bank. books − outstanding + unmatched = said; `missing` is what said lacks to bank."""

    place: str
    currency: str
    on: date | None
    books: int | None
    outstanding: int | None
    unmatched: int | None
    said: int | None
    bank: int | None
    missing: int | None
    whole: bool
    choices: list[ChoiceOut]
    lines: list[BankLineOut]
    entries: list[BankEntryOut]


class MatchIn(Strict):
    """Lines and postings that are the same money."""

    lines: Annotated[list[Id], Field(min_length=1, max_length=200)]
    entries: Annotated[list[Id], Field(max_length=2000)] = []


class MatchOut(Schema):
    match: int


class UndoIn(Strict):
    """Why a match is taken back."""

    reason_code: Annotated[Code, Field(description=", ".join(rules.UNDO_REASONS))]


class DoneOut(Schema):
    done: bool = True


class BookIn(Strict):
    """What a line is that the books know nothing of; suspense needs a reason."""

    how: Literal["fee", "interest", "suspense"]
    reason_code: Annotated[Code, Field(description=", ".join(rules.SUSPENSE_REASONS))] = ""


class PlaceIn(Strict):
    """What money put aside was; `returned` names the line it went back by."""

    how: Literal["fee", "interest", "returned"]
    by_line: Id | None = None


class PostedOut(Schema):
    posting: int


class PointOut(Schema):
    """A point of a month's checklist."""

    code: str
    title: str
    done: bool
    blocks: bool
    says: str


class MonthOut(Schema):
    """A month and its checklist."""

    month: str
    closed: bool
    points: list[PointOut]


class ProposalOut(Schema):
    proposal: int


class MonthDecisionIn(Strict):
    """Close the month, or say why not."""

    close: bool
    reason_code: Annotated[Code, Field(description=", ".join(rules.NOT_CLOSED))] = ""


class MonthDecisionOut(Schema):
    state: str
    period: int | None = None


class ProposedIn(Strict):
    """Which month is ready."""

    month: Month


class LegIn(Strict):
    """One amount from one account code to another."""

    debit: Annotated[str, Field(max_length=80)]
    credit: Annotated[str, Field(max_length=80)]
    amount: Annotated[int, Field(ge=1, le=money.LARGEST, strict=True)]


class AdjustmentIn(Strict):
    """A correction of a closed month."""

    month: Month
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    legs: Annotated[list[LegIn], Field(min_length=1, max_length=20)]
    reason_code: Annotated[Code, Field(description=", ".join(rules.ADJUSTMENTS))]
    reason: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


class AdjustmentOut(Schema):
    adjustment: int


class AdjustmentDecisionIn(Strict):
    """Approve, or say no for a coded reason."""

    approve: bool
    reason_code: Annotated[Code, Field(description=", ".join(rules.NOT_CLOSED))] = ""


class AdjustmentDecisionOut(Schema):
    """`waits` for one more, `posted`, or `rejected`."""

    state: str
    posting: int | None


class ReconciledOut(Schema):
    """Up to which day bank and books say the same; None where that was never so."""

    currency: str
    until: date | None
    as_of: datetime


@router.get("/reconciled", response=ReconciledOut, summary="Reconciled with the bank up to", auth=None)
def reconciled(request: HttpRequest) -> dict[str, Any]:
    """Return up to which day the books are reconciled with the bank: for everybody."""
    currency = _coop(request).currency
    return {"currency": currency, "until": queries.reconciled_until(currency), "as_of": clock.now()}


@router.post("/bank-statements", response=ImportedOut, summary="Bring a bank statement in")
def import_statement(request: HttpRequest, body: StatementIn) -> dict[str, Any]:
    """Keep a statement: for the treasurer and the cashier. The same file again keeps nothing twice."""
    currency = _coop(request).currency
    profile = profiles.chosen(body.profile, mapping=tuple(body.mapping), decimal=body.decimal, dates=body.dates)
    said = tables.Said(body.from_on, body.until_on, body.opening, body.closing)
    found: dict[str, Any] = actions.import_statement(
        actor=api.actor(request),
        now=clock.now(),
        key=api.key(request),
        place=body.place,
        currency=currency,
        statement=tables.read(body.content.encode(), profile, currency=currency, said=said),
    )
    return found


@router.get("/bank/{place}", response=BankOut, summary="Bank and books")
def bank(request: HttpRequest, place: Place, on: Annotated[date | None, Query()] = None) -> dict[str, Any]:
    """Return how an account stands against its bank on a day, with what is left to do now: for the offices of the books."""
    _reader(request)
    currency = _coop(request).currency
    day = on or queries.covered_until(place, currency)
    found = queries.reconciliation(place, currency, day) if day is not None else None
    work = queries.worklist(place, currency, clock.now())
    names = ("on", "books", "outstanding", "unmatched", "said", "bank", "missing")
    return {
        "place": place,
        "currency": currency,
        **{name: getattr(found, name, None) for name in names},
        "whole": found is not None and found.whole,
        "choices": work.choices,
        "lines": work.lines,
        "entries": work.entries,
    }


@router.post("/bank-matches", response=MatchOut, summary="Match lines and entries")
def match(request: HttpRequest, body: MatchIn) -> dict[str, Any]:
    """Say that lines and entries are the same money: for the treasurer and the cashier."""
    found: dict[str, Any] = actions.match(
        actor=api.actor(request), now=clock.now(), key=api.key(request), lines=body.lines, entries=body.entries
    )
    return found


@router.post("/bank-matches/{match}/undo", response=DoneOut, summary="Take a match back")
def undo_match(request: HttpRequest, match: Id, body: UndoIn) -> dict[str, Any]:
    """Take a match back by a new row: for the treasurer and the cashier."""
    actions.undo_match(actor=api.actor(request), now=clock.now(), key=api.key(request), match=match, reason_code=body.reason_code)
    return {"done": True}


@router.post("/bank-lines/{line}/booking", response=PostedOut, summary="Book a bank line")
def book_line(request: HttpRequest, line: Id, body: BookIn) -> dict[str, Any]:
    """Book a fee, interest, or put money aside: for the treasurer and the cashier."""
    found: dict[str, Any] = actions.book_line(
        actor=api.actor(request), now=clock.now(), key=api.key(request), line=line, how=body.how, reason_code=body.reason_code
    )
    return found


@router.post("/bank-lines/{line}/placing", response=PostedOut, summary="Place money that was put aside")
def place_suspense(request: HttpRequest, line: Id, body: PlaceIn) -> dict[str, Any]:
    """Say what money put aside was; a member's money goes on by a top-up that names the line."""
    found: dict[str, Any] = actions.place_suspense(
        actor=api.actor(request), now=clock.now(), key=api.key(request), line=line, how=body.how, by_line=body.by_line
    )
    return found


@router.get("/months/{month}", response=MonthOut, summary="A month's checklist")
def month(request: HttpRequest, month: Month) -> dict[str, Any]:
    """Return what must be done before a month can be closed: for the offices of the books."""
    _reader(request)
    found = queries.month_of_code(month)
    if found is None:
        raise Http404
    points = [
        {"code": each.code, "title": str(each.title), "done": each.done, "blocks": each.blocks, "says": str(each.says)}
        for each in queries.checklist(found, clock.now())
    ]
    return {"month": month, "closed": queries.closed_month(found) is not None, "points": points}


@router.post("/month-proposals", response=ProposalOut, summary="Say that a month is ready")
def propose_month(request: HttpRequest, body: ProposedIn) -> dict[str, Any]:
    """Say that a month is ready to be closed: for the treasurer, freshly proved; no access token can."""
    found: dict[str, Any] = actions.propose_month(
        actor=api.actor(request), now=clock.now(), key=api.key(request), month=body.month
    )
    return found


@router.post("/month-proposals/{proposal}/decision", response=MonthDecisionOut, summary="Close a month")
def decide_month(request: HttpRequest, proposal: Id, body: MonthDecisionIn) -> dict[str, Any]:
    """Close a month for ever, or say why not: for auditor, board and chair, freshly proved; never its proposer."""
    found: dict[str, Any] = actions.decide_month(
        actor=api.actor(request),
        now=clock.now(),
        key=api.key(request),
        proposal=proposal,
        closed=body.close,
        reason_code=body.reason_code,
    )
    return found


@router.post("/adjustments", response=AdjustmentOut, summary="Propose to correct a closed month")
def propose_adjustment(request: HttpRequest, body: AdjustmentIn) -> dict[str, Any]:
    """Propose an adjusting entry: for treasurer, board and chair, freshly proved."""
    found: dict[str, Any] = actions.propose_adjustment(
        actor=api.actor(request), now=clock.now(), key=api.key(request), **body.dict()
    )
    return found


@router.post("/adjustments/{adjustment}/decision", response=AdjustmentDecisionOut, summary="Approve an adjusting entry")
def decide_adjustment(request: HttpRequest, adjustment: Id, body: AdjustmentDecisionIn) -> dict[str, Any]:
    """Approve an adjusting entry or say no; the second approval posts it. Three people in all."""
    found: dict[str, Any] = actions.decide_adjustment(
        actor=api.actor(request),
        now=clock.now(),
        key=api.key(request),
        adjustment=adjustment,
        approved=body.approve,
        reason_code=body.reason_code,
    )
    return found


def _coop(request: HttpRequest) -> Coop:
    return cast("Coop", getattr(request, "coop"))  # noqa: B009  # the middleware put it there; HttpRequest does not know


def _reader(request: HttpRequest) -> None:
    if not READERS & acting.held(api.actor(request), clock.now()):
        raise web.OfficersOnly(offices=", ".join(sorted(READERS)))
