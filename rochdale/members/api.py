"""Members over the API: joining, one's own membership and shares, the register, decisions of officers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema, Status
from pydantic import ConfigDict, Field

from rochdale.shared import action as acting
from rochdale.shared import api, clock, web
from rochdale.shared.refusals import Refusal

from . import actions, api_shares, queries, rules
from . import api_leaving as _leaving  # noqa: F401  # adds its operations to the router
from .api_router import router

router.add_router("", api_shares.router)
LARGEST_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Words = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[a-z][a-z_-]*$")]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Start = Annotated[int, Query(ge=0, le=10_000_000, description="How many to leave out.")]
Size = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
DECIDERS = frozenset({"board", "chair", "secretary"})


class NobodyHere(Refusal):
    code = "members.nobody_here"
    status = 403
    text = _("This co-op does not know you yet. Nothing was changed; ask to join first.")


class Strict(Schema):
    """A body in which an unknown field is an error: nobody slips in a role or a balance."""

    model_config = ConfigDict(extra="forbid")


class HoldingOut(Schema):
    """Shares of a class; amounts in micro-units."""

    share_class: str
    currency: str
    shares: int
    subscribed: int
    paid: int


class SubscriptionOut(Schema):
    """Shares taken, and what is still to pay for them in micro-units."""

    id: int
    share_class: str
    shares: int
    amount: int
    owed: int
    currency: str


class MemberOut(Schema):
    """One's own membership; without a number, none yet."""

    party: UUID
    number: int | None
    admitted_at: datetime | None
    counts_from: datetime | None
    classes: list[str]
    standing: str
    holdings: list[HoldingOut]
    to_pay: list[SubscriptionOut]


class ApplicationOut(Schema):
    """An application and where it stands. The name is shown to officers and to oneself."""

    id: int
    party: UUID
    name: str
    class_code: str
    applied_at: datetime
    state: str
    reason_code: str
    due_at: datetime


class RegisterLineOut(Schema):
    """A member in the register; `holdings` is null where the law hides them from who asks."""

    number: int
    name: str
    classes: list[str]
    joined_at: datetime
    holdings: list[HoldingOut] | None


class RegisterOut(Schema):
    """A page of the register, and the article that opens it to who asks."""

    count: int
    law: str
    members: list[RegisterLineOut]


class RegisterIn(Strict):
    """What the register keeps."""

    name: Text
    address: Text = ""


class ContactIn(Strict):
    """How one is reached."""

    email: Text = ""
    phone: Text = ""
    language: Annotated[str, Field(max_length=10, pattern=r"^[a-zA-Z-]*$")] = ""


class ApplyIn(Strict):
    """An application for a class."""

    class_code: Code
    details: RegisterIn | None = None
    contact: ContactIn | None = None


class AppliedOut(Schema):
    """The application made."""

    application: int
    party: UUID


class DecisionIn(Strict):
    """Admit, or refuse for a coded reason."""

    admit: bool
    reason_code: Annotated[str, Field(max_length=40, pattern=r"^[a-z_-]*$", description=", ".join(rules.REFUSAL_REASONS))] = ""
    words: Words = ""


class WordsIn(Strict):
    """Free words, kept encrypted."""

    words: Words = ""


class PurposeIn(Strict):
    """What somebody from outside needs the register for; it is logged."""

    purpose: Words


class BuyIn(Strict):
    """How many shares of which class."""

    count: Count
    share_class: Code = "member"


@router.get("/me", response=MemberOut, summary="My membership and shares")
def me(request: HttpRequest) -> dict[str, Any]:
    """Return the membership, shares and what is to pay, of who asks."""
    party, now = _party(request), clock.now()
    member = queries.member(party, now)
    return {
        "party": party,
        "number": member.number if member else None,
        "admitted_at": member.admitted_at if member else None,
        "counts_from": member.effective_at if member else None,
        "classes": list(member.classes) if member else [],
        "standing": queries.standing(party, now),
        "holdings": queries.holdings([party], now).get(party, []),
        "to_pay": queries.subscriptions_to_pay(party),
    }


@router.put("/me/contact", response={204: None}, summary="Change how I am reached")
def change_contact(request: HttpRequest, body: ContactIn) -> Status[None]:
    """Change e-mail, phone, language. Anything else is refused."""
    party = _party(request)
    actions.change_contact(
        actor=api.actor(request), now=clock.now(), key=api.key(request), party=party, contact=body.dict(exclude_unset=True)
    )
    return Status(204, None)


@router.get("/me/applications", response=list[ApplicationOut], summary="My applications")
def my_applications(request: HttpRequest) -> list[queries.ApplicationView]:
    """Return the applications of who asks, newest first."""
    return queries.applications_of(_party(request))


@router.get("/applications", response=list[ApplicationOut], summary="Applications that wait")
def open_applications(request: HttpRequest) -> list[queries.ApplicationView]:
    """Return what waits for a decision: for the board and the secretary."""
    _officer(request, DECIDERS)
    return queries.open_applications(clock.now())


@router.post("/applications", response=AppliedOut, summary="Apply for membership")
def apply(request: HttpRequest, body: ApplyIn) -> dict[str, Any]:
    """Apply for a class, for oneself."""
    found: dict[str, Any] = actions.apply(
        actor=api.actor(request),
        now=clock.now(),
        key=api.key(request),
        class_code=body.class_code,
        register=_told(body.details),
        contact=_told(body.contact),
    )
    return found


@router.post("/applications/{application}/decision", response={204: None}, summary="Decide an application or appeal")
def decide(request: HttpRequest, application: Id, body: DecisionIn) -> Status[None]:
    """Admit or refuse; where an appeal waits, decide the appeal."""
    actor, now, key = api.actor(request), clock.now(), api.key(request)
    _officer(request, DECIDERS)
    found = queries.application(application)
    if found is None:
        raise Http404
    given: dict[str, Any] = {"actor": actor, "now": now, "key": key, "application": application}
    if found.state == "appealed":
        actions.decide_appeal(**given, upheld=body.admit, reason_code=body.reason_code, words=body.words)
    elif body.admit:
        actions.admit_member(**given)
    else:
        actions.refuse_application(**given, reason_code=body.reason_code, words=body.words)
    return Status(204, None)


@router.post("/applications/{application}/appeal", response={204: None}, summary="Appeal against my refusal")
def appeal(request: HttpRequest, application: Id, body: WordsIn) -> Status[None]:
    """Appeal, within the days of the bylaws."""
    actions.appeal_refusal(
        actor=api.actor(request), now=clock.now(), key=api.key(request), application=application, words=body.words
    )
    return Status(204, None)


@router.get("/register", response=RegisterOut, summary="The register of members")
def register(
    request: HttpRequest,
    as_of: api.Moment | None = None,
    known_at: api.Moment | None = None,
    sort: Annotated[str, Query(max_length=20, description=", ".join(queries.SORTS))] = "number",
    descending: bool = False,
    start: Start = 0,
    size: Size = 50,
) -> dict[str, Any]:
    """Return members as of a moment, as known at another. People from outside say a purpose first (POST …/looks)."""
    view, _law = queries.register_view(api.actor(request), clock.now())
    if view.logged:
        raise actions.PurposeMissing(least=actions.LEAST_PURPOSE)
    return _register(request, as_of=as_of, known_at=known_at, sort=sort, descending=descending, start=start, size=size)


@router.post("/register/looks", response=RegisterOut, summary="Look at the register from outside")
def look(request: HttpRequest, body: PurposeIn, start: Start = 0, size: Size = 50) -> dict[str, Any]:
    """Log a purpose and return the register, where the law opens it to people from outside."""
    actions.inspect_register(actor=api.actor(request), now=clock.now(), key=api.key(request), purpose=body.purpose)
    return _register(request, as_of=None, known_at=None, sort="number", descending=False, start=start, size=size)


@router.post("/me/subscriptions", response=SubscriptionOut, summary="Take shares")
def buy_shares(request: HttpRequest, body: BuyIn) -> dict[str, Any]:
    """Subscribe for shares at the price of the moment; they are paid at the desk or by bank."""
    bought = actions.buy_shares(
        actor=api.actor(request),
        now=clock.now(),
        key=api.key(request),
        party=_party(request),
        count=body.count,
        share_class=body.share_class,
    )
    found = queries.subscription(bought["subscription"])
    assert found is not None  # just made
    return {
        "id": found.id,
        "share_class": found.share_class,
        "shares": found.shares,
        "amount": found.amount,
        "owed": found.owed,
        "currency": found.currency,
    }


def _register(
    request: HttpRequest, *, as_of: datetime | None, known_at: datetime | None, sort: str, descending: bool, start: int, size: int
) -> dict[str, Any]:
    page = queries.register(
        viewer=api.actor(request),
        now=clock.now(),
        as_of=as_of,
        known_at=known_at,
        sort=sort,
        descending=descending,
        start=start,
        size=size,
    )
    lines = [
        {
            "number": line.number,
            "name": line.name,
            "classes": list(line.classes),
            "joined_at": line.joined_at,
            "holdings": None if line.holdings is None else list(line.holdings),
        }
        for line in page.lines
    ]
    return {"count": page.total, "law": page.law, "members": lines}


def _told(given: Schema | None) -> dict[str, Any] | None:
    return given.dict(exclude_unset=True) if given is not None else None


def _party(request: HttpRequest) -> UUID:
    party = api.actor(request).party
    if party is None:
        raise NobodyHere()
    return party


def _officer(request: HttpRequest, offices: frozenset[str]) -> None:
    if not offices & acting.held(api.actor(request), clock.now()):
        raise web.OfficersOnly(offices=", ".join(sorted(offices)))
