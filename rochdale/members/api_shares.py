"""Shares and copies of the register over the API: the same actions as on the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from rochdale.shared import action as acting
from rochdale.shared import api, clock, web

from . import actions, queries
from .actions.membership import NotAMember

router = Router(tags=["shares"])
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Words = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z_-]*$")]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Micro = Annotated[int, Field(ge=1, le=10**17, description="Micro-units: a million is one unit of the currency.")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
DESK = frozenset({"board", "chair", "secretary", "treasurer"})
KEEPERS = DESK | {"auditor"}


class Strict(Schema):
    """A body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class MovementOut(Schema):
    """An entry in the register. A counter-entry names in `corrects` what it takes back."""

    id: int
    kind: str
    share_class: str
    shares: int
    amount: int
    currency: str
    effective_at: datetime
    recorded_at: datetime
    corrects: int | None


class WishOut(Schema):
    """A transfer, inheritance or buy-back; `left` is what is not paid yet of a buy-back."""

    id: int
    kind: str
    share_class: str
    shares: int
    left: int
    asked_at: datetime
    due_at: datetime | None
    state: str


class InstalmentOut(Schema):
    """An instalment that is due and not wholly paid, in micro-units."""

    subscription: int
    due_at: datetime
    missing: int
    currency: str


class MySharesOut(Schema):
    """Everything about one's own shares."""

    movements: list[MovementOut]
    wishes: list[WishOut]
    overdue: list[InstalmentOut]
    certificates: list[int]


class TransferIn(Strict):
    receiver: Number
    count: Count
    share_class: Code = "member"


class AskBackIn(Strict):
    count: Count
    share_class: Code = "member"


class ClassIn(Strict):
    share_class: Code = "member"


class ShareDecisionIn(Strict):
    approved: bool
    reason_code: str = Field(default="", max_length=40, pattern=r"^[a-z_-]*$")


class AnswerIn(Strict):
    agreed: bool


class SettlementIn(Strict):
    outcome: Literal["shares", "buy_back"]


class RoundIn(Strict):
    budget: Micro
    currency: Currency


class ReasonIn(Strict):
    reason: Words


class EntryIn(Strict):
    count: Count
    share_class: Code = "member"
    effective_at: api.Moment
    evidence: Words


class PaymentIn(Strict):
    subscription: Id
    amount: Micro
    rail: Literal["bank", "cash"]
    effective_at: api.Moment
    evidence: Words


class InheritanceIn(Strict):
    heir: Number
    count: Count
    share_class: Code = "member"
    died_at: api.Moment
    evidence: Words


class ConversionIn(Strict):
    count: Count
    share_class: Code
    into: Code


class CopyIn(Strict):
    as_of: api.Moment
    known_at: api.Moment
    scope: Literal["full", "holdings", "names"] = "full"


class CopyOut(Schema):
    """A copy of the register with its digests (SHA-256)."""

    id: int
    as_of: datetime
    known_at: datetime
    scope: str
    members: int
    digest: str
    digest_without_names: str
    made_at: datetime


class CopyTextOut(Schema):
    """A copy of the register as canonical JSON: sorted names, no spaces."""

    format: str
    as_of: str
    known_at: str
    scope: str
    digest: str
    digest_without_names: str
    lines: list[dict[str, Any]]


class CopyRequestIn(Strict):
    purpose: Words
    purpose_class: Code


class CertificateOut(Schema):
    """What a certificate says, and whether the register says the same today. No name is told."""

    number: int
    share_class: str
    shares: int
    subscribed: int
    paid: int
    currency: str
    issued_at: datetime
    stands: bool


@router.get("/me/shares", response=MySharesOut, summary="My shares, wishes and instalments")
def my_shares(request: HttpRequest) -> dict[str, Any]:
    """Return every movement of one's shares, wishes, and what is overdue."""
    party, now = _party(request), clock.now()
    return {
        "movements": [_movement(row) for row in queries.share_movements(party)],
        "wishes": [
            each for kind in ("transfer", "buy_back") for each in queries.share_requests(kind, party=party, waiting_only=False)
        ],
        "overdue": queries.overdue_instalments(now, party),
        "certificates": [each.number for each in queries.certificates_of(party, now)],
    }


@router.post("/me/transfers", response=dict[str, Any], summary="Offer shares to another member")
def offer_transfer(request: HttpRequest, body: TransferIn) -> Any:
    """Offer wholly paid shares; whoever gets them agrees first, then the board decides where the bylaws say so."""
    by = _by(request)
    receiver = _of(body.receiver)
    return actions.offer_transfer(**by, party=_party(request), receiver=receiver, count=body.count, share_class=body.share_class)


@router.post("/me/buy-backs", response=dict[str, Any], summary="Ask shares back")
def ask_buy_back(request: HttpRequest, body: AskBackIn) -> Any:
    """Ask that shares be bought back, in the order of asking."""
    return actions.ask_buy_back(**_by(request), party=_party(request), count=body.count, share_class=body.share_class)


@router.post("/me/share-requests/{wish}/take-back", response={204: None}, summary="Take a wish about shares back")
def take_back(request: HttpRequest, wish: Id) -> Status[None]:
    """Take back what still waits."""
    actions.take_back_share_request(**_by(request), party=_party(request), request=wish)
    return Status(204, None)


@router.post("/me/certificates", response=dict[str, Any], summary="Issue a share certificate")
def issue_certificate(request: HttpRequest, body: ClassIn) -> Any:
    """Issue a certificate of what one holds of a class now."""
    return actions.issue_certificate(**_by(request), party=_party(request), share_class=body.share_class)


@router.get("/certificates/{code}", response=CertificateOut, summary="Check a certificate by its code")
def check_certificate(request: HttpRequest, code: Annotated[str, Field(max_length=30, pattern=r"^[A-Za-z0-9-]+$")]) -> Any:
    """Return what a certificate says, to whoever holds the paper."""
    found = queries.certificate_with_code(code, clock.now())
    if found is None:
        raise Http404
    return found


@router.get("/share-requests", response=list[WishOut], summary="Wishes about shares that wait")
def share_requests(request: HttpRequest, kind: Literal["transfer", "inheritance", "buy_back"]) -> Any:
    """Return what waits, the oldest first, to officers."""
    _officer(request, DESK)
    return queries.share_requests(kind)


@router.post("/share-requests/{wish}/decision", response=dict[str, Any], summary="Decide a transfer")
def decide_transfer(request: HttpRequest, wish: Id, body: ShareDecisionIn) -> Any:
    """Approve a transfer or refuse it for a reason."""
    return actions.decide_transfer(**_by(request), request=wish, approved=body.approved, reason_code=body.reason_code)


@router.post("/share-requests/{wish}/answer", response=dict[str, Any], summary="Answer an offer of shares")
def answer_offer(request: HttpRequest, wish: Id, body: AnswerIn) -> Any:
    """Agree to take shares over that one is offered, or decline them."""
    by = _by(request)
    return actions.agree_to_transfer(**by, receiver=_party(request), request=wish, agreed=body.agreed)


@router.post("/share-requests/{wish}/settlement", response=dict[str, Any], summary="Settle an inheritance")
def settle_inheritance(request: HttpRequest, wish: Id, body: SettlementIn) -> Any:
    """Let the heir take the shares over, or put them into the buy-back queue."""
    return actions.settle_inheritance(**_by(request), request=wish, outcome=body.outcome)


@router.post("/buy-back-rounds", response=dict[str, Any], summary="Prepare a buy-back round")
def prepare_round(request: HttpRequest, body: RoundIn) -> Any:
    """Prepare a payment to the front of the queue."""
    return actions.prepare_buy_backs(**_by(request), budget=body.budget, currency=body.currency)


@router.post("/buy-back-rounds/{number}/release", response=dict[str, Any], summary="Release a buy-back round")
def release_round(request: HttpRequest, number: Number) -> Any:
    """Pay a prepared round, as the second person."""
    return actions.release_buy_backs(**_by(request), round=number)


@router.post("/buy-back-rounds/{number}/drop", response={204: None}, summary="Drop a buy-back round")
def drop_round(request: HttpRequest, number: Number) -> Status[None]:
    """Drop a prepared round; nothing is paid."""
    actions.drop_buy_backs(**_by(request), round=number)
    return Status(204, None)


@router.post("/share-movements/{movement}/correction", response=dict[str, Any], summary="Correct an entry")
def correct(request: HttpRequest, movement: Id, body: ReasonIn) -> Any:
    """Follow a wrong entry by a counter-entry."""
    return actions.correct_movement(**_by(request), movement=movement, reason=body.reason)


@router.post("/by-number/{number}/subscriptions", response=dict[str, Any], summary="Enter shares taken earlier")
def enter_subscription(request: HttpRequest, number: Number, body: EntryIn) -> Any:
    """Enter a subscription with the day it was made; recorded now."""
    return actions.enter_subscription(**_by(request), party=_of(number), **body.dict())


@router.post("/share-payments", response=dict[str, Any], summary="Enter an earlier payment for shares")
def enter_payment(request: HttpRequest, body: PaymentIn) -> Any:
    """Enter a payment with the day it came in; booked then, recorded now."""
    return actions.enter_payment(**_by(request), **body.dict())


@router.post("/by-number/{number}/inheritances", response=dict[str, Any], summary="Note an inheritance")
def record_inheritance(request: HttpRequest, number: Number, body: InheritanceIn) -> Any:
    """Note that an heir stands in for shares of a member who died."""
    by = _by(request)
    given = body.dict() | {"heir": _of(body.heir)}
    return actions.record_inheritance(**by, party=_of(number), **given)


@router.post("/by-number/{number}/conversions", response=dict[str, Any], summary="Convert shares")
def convert(request: HttpRequest, number: Number, body: ConversionIn) -> Any:
    """Turn shares of one class into another."""
    return actions.convert_shares(**_by(request), party=_of(number), **body.dict())


@router.get("/register/copies", response=list[CopyOut], summary="Copies made of the register")
def copies(request: HttpRequest) -> Any:
    """Return the copies that were made with their digests, to officers who keep the register."""
    _officer(request, KEEPERS)
    return queries.exports()


@router.post("/register/copies", response=dict[str, Any], summary="Make a copy of the register")
def make_copy(request: HttpRequest, body: CopyIn) -> Any:
    """Make a copy as of one moment as known at another; the same moments always give the same copy."""
    return actions.copy_register(**_by(request), as_of=body.as_of, known_at=body.known_at, scope=body.scope)


@router.get("/register/copies/{number}", response=CopyTextOut, summary="Take a copy of the register again")
def take_copy(request: HttpRequest, number: Id) -> HttpResponse:
    """Return a copy as canonical JSON: the same bytes always."""
    _officer(request, KEEPERS)
    found = queries.export(number)
    if found is None:
        raise Http404
    made = queries.register_copy(found.as_of, found.known_at, found.scope)
    return HttpResponse(queries.as_json(made), content_type="application/json")


@router.post("/register/copy-requests", response=dict[str, Any], summary="Ask for a copy of the register")
def ask_copy(request: HttpRequest, body: CopyRequestIn) -> Any:
    """Ask for a copy as far as the law opens the register to whoever asks."""
    return actions.ask_copy(**_by(request), purpose=body.purpose, purpose_class=body.purpose_class)


@router.post("/register/copy-requests/{wish}/answer", response=dict[str, Any], summary="Answer a wish for a copy")
def answer_copy(request: HttpRequest, wish: Id, body: ShareDecisionIn) -> Any:
    """Give the copy, or refuse it for a reason."""
    return actions.answer_copy(**_by(request), request=wish, given=body.approved, reason_code=body.reason_code)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": api.actor(request), "now": clock.now(), "key": api.key(request)}


def _party(request: HttpRequest) -> UUID:
    party = api.actor(request).party
    if party is None:
        raise NotAMember()
    return party


def _of(number: int) -> UUID:
    found = queries.member_by_number(number)
    if found is None:
        raise NotAMember()
    return found.party


def _officer(request: HttpRequest, offices: frozenset[str]) -> None:
    if not offices & acting.held(api.actor(request), clock.now()):
        raise web.OfficersOnly(offices=", ".join(sorted(offices)))


def _movement(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "share_class": row.share_class_id,
        "shares": row.shares,
        "amount": row.amount,
        "currency": row.currency,
        "effective_at": row.effective_at,
        "recorded_at": row.recorded_at,
        "corrects": row.corrects_id,
    }
