"""Wallets and the desk over the API. Amounts are whole numbers of micro-units."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from rochdale.ledger import queries as ledger
from rochdale.shared import action as acting
from rochdale.shared import api, clock, money, web
from rochdale.shared.refusals import Refusal

from . import actions, api_bank, queries, rules

if TYPE_CHECKING:
    from rochdale.cooperatives.models import Coop

router = Router(tags=["money"])
router.add_router("", api_bank.router)
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Micro = Annotated[int, Field(ge=1, le=money.LARGEST, strict=True)]
Counted = Annotated[int, Field(ge=0, le=money.LARGEST, strict=True)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Text = Annotated[str, Field(max_length=140, pattern=r"^[^\x00]*$")]
Start = Annotated[int, Query(ge=0, le=10_000_000, description="How many to leave out.")]
Size = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
DESK = frozenset({"treasurer", "cashier"})
SECOND = DESK | {"chair", "board"}


class NobodyHere(Refusal):
    code = "payments.nobody_here"
    status = 403
    text = _("This co-op does not know you yet. Nothing was changed; ask to join first.")


class Strict(Schema):
    """A body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class WalletOut(Schema):
    """A wallet; `provided_for` says whether the law packs of the co-op let it have wallets, `cap` how much they hold."""

    currency: str
    balance: int
    available: int
    provided_for: bool
    cap: int


class WalletLineOut(Schema):
    """One posting of a statement, with the balance after it."""

    posting: int
    kind: str
    happened_at: datetime
    change: int
    balance: int


class WalletStatementOut(Schema):
    """A page of a statement between an opening and a closing balance."""

    currency: str
    opening: int
    closing: int
    count: int
    entries: list[WalletLineOut]


class MoveIn(Strict):
    """Money onto a wallet or back from it."""

    party: UUID
    amount: Micro
    currency: Currency
    rail: Literal["cash", "bank"]
    reference: Text = ""
    bank_line: Id | None = None


class MovedOut(Schema):
    """`done` with its receipt and posting, or `waits` for a second person with its approval."""

    state: str
    receipt: int | None = None
    posting: int | None = None
    approval: int | None = None


class PayIn(Strict):
    """A payment for shares."""

    amount: Micro
    rail: Literal["cash", "bank"]


class PaidOut(Schema):
    """The payment, what is still owed, and whether the membership counts now."""

    receipt: int
    posting: int
    owed: int
    counts: bool


class WaitingOut(Schema):
    """A movement that waits for a second person."""

    approval: int
    kind: str
    party: UUID
    amount: int
    currency: str
    rail: str
    maker: UUID
    proposed_at: datetime
    why: str


class ApprovalIn(Strict):
    """Approve, or say no for a coded reason."""

    approve: bool
    reason_code: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$", description=", ".join(rules.REJECTIONS))] = ""


class ReceiptOut(Schema):
    """A desk movement."""

    receipt: int
    kind: str
    party: UUID
    amount: int
    currency: str
    rail: str
    posting: int
    happened_at: datetime


class DayIn(Strict):
    """Cash counted when the desk opens."""

    currency: Currency
    counted: Counted


class CountIn(Strict):
    """Cash counted when the desk closes."""

    counted: Counted


class DayOut(Schema):
    """The desk day, and what the count differed from the books."""

    day: int
    difference: int


class CoverOut(Schema):
    """What is owed to people, and what is held for them."""

    currency: str
    owed: int
    cash: int
    covered: bool


@router.get("/wallet", response=WalletOut, summary="My wallet")
def wallet(request: HttpRequest) -> dict[str, Any]:
    """Return the balance of who asks, and what may be in a wallet here."""
    found, terms = queries.wallet(_party(request), _currency(request)), queries.wallet_terms(clock.now())
    return {
        "currency": found.currency,
        "balance": found.balance,
        "available": found.available,
        "provided_for": terms.provided_for,
        "cap": terms.cap,
    }


@router.get("/wallet/statement", response=WalletStatementOut, summary="My wallet's statement")
def statement(
    request: HttpRequest,
    since: api.Moment | None = None,
    until: api.Moment | None = None,
    start: Start = 0,
    size: Size = 50,
) -> dict[str, Any]:
    """Return a page of the statement, newest first."""
    found = queries.wallet(_party(request), _currency(request))
    page = ledger.statement(found.account, since, until, size, start) if found.account is not None else None
    if page is None:
        return {"currency": found.currency, "opening": 0, "closing": 0, "count": 0, "entries": []}
    entries = [
        {
            "posting": line.posting,
            "kind": line.kind,
            "happened_at": line.happened_at,
            "change": line.change,
            "balance": line.balance,
        }
        for line in page.lines
    ]
    return {"currency": page.currency, "opening": page.opening, "closing": page.closing, "count": page.count, "entries": entries}


@router.post("/top-ups", response=MovedOut, summary="Top up a wallet at the desk")
def top_up(request: HttpRequest, body: MoveIn) -> dict[str, Any]:
    """Take money for a wallet: for the treasurer and the cashier."""
    found: dict[str, Any] = actions.top_up(actor=api.actor(request), now=clock.now(), key=api.key(request), **body.dict())
    return found


@router.post("/refunds", response=MovedOut, summary="Give wallet money back")
def refund(request: HttpRequest, body: MoveIn) -> dict[str, Any]:
    """Give unspent money back: for the treasurer and the cashier, freshly proved; no access token can."""
    found: dict[str, Any] = actions.refund_wallet(actor=api.actor(request), now=clock.now(), key=api.key(request), **body.dict())
    return found


@router.post("/subscriptions/{subscription}/payments", response=PaidOut, summary="Take a payment for shares")
def pay_shares(request: HttpRequest, subscription: Id, body: PayIn) -> dict[str, Any]:
    """Take a payment for shares: for the treasurer and the cashier."""
    found: dict[str, Any] = actions.take_share_payment(
        actor=api.actor(request), now=clock.now(), key=api.key(request), subscription=subscription, **body.dict()
    )
    return found


@router.get("/approvals", response=list[WaitingOut], summary="What waits for a second person")
def approvals(request: HttpRequest) -> list[queries.Waiting]:
    """Return movements that wait, the oldest first."""
    _officer(request, SECOND)
    return queries.waiting()


@router.post("/approvals/{approval}/decision", response=MovedOut, summary="Be the second person")
def decide(request: HttpRequest, approval: Id, body: ApprovalIn) -> dict[str, Any]:
    """Approve or reject: freshly proved, by somebody who neither made it nor receives it; no access token can."""
    found: dict[str, Any] = actions.decide_approval(
        actor=api.actor(request),
        now=clock.now(),
        key=api.key(request),
        approval=approval,
        approved=body.approve,
        reason_code=body.reason_code,
    )
    return found


@router.get("/receipts/{receipt}", response=ReceiptOut, summary="A receipt")
def receipt(request: HttpRequest, receipt: Annotated[int, Field(ge=1, le=2**31 - 1)]) -> queries.Movement:
    """Return a receipt: to the one it is about and to the desk's officers."""
    found = queries.movement(receipt)
    actor = api.actor(request)
    if found is None or (found.party != actor.party and not (DESK | {"auditor"}) & acting.held(actor, clock.now())):
        raise Http404
    return found


@router.get("/cover", response=CoverOut, summary="Is members' money covered?")
def cover(request: HttpRequest) -> queries.Cover:
    """Return what is owed to people and what is held for them: for the desk, the board and the auditor."""
    _officer(request, SECOND | {"auditor"})
    return queries.cover(_currency(request))


@router.post("/desk-days", response=DayOut, summary="Open the desk")
def open_day(request: HttpRequest, body: DayIn) -> dict[str, Any]:
    """Open the desk's day with the counted till."""
    found: dict[str, Any] = actions.open_desk_day(actor=api.actor(request), now=clock.now(), key=api.key(request), **body.dict())
    return found


@router.post("/desk-days/{day}/count", response=DayOut, summary="Close the desk")
def close_day(request: HttpRequest, day: Id, body: CountIn) -> dict[str, Any]:
    """Close the desk's day with the counted till."""
    done = actions.close_desk_day(actor=api.actor(request), now=clock.now(), key=api.key(request), day=day, counted=body.counted)
    return {"day": day, **done}


def _party(request: HttpRequest) -> UUID:
    party = api.actor(request).party
    if party is None:
        raise NobodyHere()
    return party


def _currency(request: HttpRequest) -> str:
    coop = cast("Coop", getattr(request, "coop"))  # noqa: B009  # the middleware put it there; HttpRequest does not know
    return str(coop.currency)


def _officer(request: HttpRequest, offices: frozenset[str]) -> None:
    if not offices & acting.held(api.actor(request), clock.now()):
        raise web.OfficersOnly(offices=", ".join(sorted(offices)))
