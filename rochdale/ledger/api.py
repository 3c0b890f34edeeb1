"""Accounts, statements and postings over the API. Amounts are whole numbers of micro-units."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, Field

from rochdale.shared import api, clock

from . import queries

router = Router(tags=["ledger"])
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Size = Annotated[int, Query(ge=1, le=500, description="How many lines at most.")]
Start = Annotated[int, Query(ge=0, le=10_000_000, description="How many lines to leave out.")]
Moment = Annotated[AwareDatetime, Field(ge="1900-01-01T00:00:00Z", le="2900-01-01T00:00:00Z")]


class AccountOut(Schema):
    """An account with its balance; `available` is None where nothing guards it."""

    id: int
    code: str
    currency: str
    kind: str
    balance: int
    available: int | None
    opened_at: datetime


class LineOut(Schema):
    """One posting as the account saw it."""

    posting: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    source: str
    change: int
    balance: int
    reverses: int | None


class StatementOut(Schema):
    """A page of a statement, between an opening and a closing balance."""

    account: int
    currency: str
    opening: int
    closing: int
    count: int
    lines: list[LineOut]


class LegOut(Schema):
    """A transfer, by the codes of its accounts."""

    debit: str
    credit: str
    amount: int
    currency: str
    role: str


class PostingOut(Schema):
    """A posting: what happened, by which version of the bylaws, and its transfers."""

    id: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    source: str
    standing: str
    tax: str
    bylaws_version: int
    reverses: int | None
    transfers: list[LegOut]


@router.get("/accounts", response=list[AccountOut], operation_id="ledger_accounts")
def accounts(request: HttpRequest) -> list[AccountOut]:
    """List your own accounts."""
    party = api.actor(request).party
    return [_account(each) for each in (queries.accounts_of(party) if party else [])]


@router.get("/accounts/{account}", response=AccountOut, operation_id="ledger_account")
def account(request: HttpRequest, account: Id) -> AccountOut:
    """Show an account of yours, or any for the offices of the books."""
    return _account(queries.account_for(api.actor(request), account, clock.now()))


@router.get("/accounts/{account}/statement", response=StatementOut, operation_id="ledger_statement")
def statement(
    request: HttpRequest,
    account: Id,
    start: Moment | None = None,
    end: Moment | None = None,
    limit: Size = 100,
    offset: Start = 0,
) -> StatementOut:
    """Show a page of a statement, newest first; `start` is included, `end` is not."""
    found = queries.account_for(api.actor(request), account, clock.now())
    shown = queries.statement(found.id, start, end, limit=limit, offset=offset)
    assert shown is not None  # the account was found
    lines = [
        LineOut(
            posting=line.posting,
            kind=line.kind,
            happened_at=line.happened_at,
            recorded_at=line.recorded_at,
            source=line.source,
            change=line.change,
            balance=line.balance,
            reverses=line.reverses,
        )
        for line in shown.lines
    ]
    return StatementOut(
        account=shown.account,
        currency=shown.currency,
        opening=shown.opening,
        closing=shown.closing,
        count=shown.count,
        lines=lines,
    )


@router.get("/postings/{posting}", response=PostingOut, operation_id="ledger_posting")
def posting(request: HttpRequest, posting: Id) -> PostingOut:
    """Show a posting that touches an account of yours, or any for the offices of the books."""
    found, legs = queries.posting_for(api.actor(request), posting, clock.now())
    return PostingOut(
        id=found.id,
        kind=found.kind,
        happened_at=found.happened_at,
        recorded_at=found.recorded_at,
        source=found.source,
        standing=found.standing,
        tax=found.tax,
        bylaws_version=found.bylaws_version,
        reverses=found.reverses,
        transfers=[
            LegOut(debit=leg.debit_code, credit=leg.credit_code, amount=leg.amount, currency=leg.currency, role=leg.role)
            for leg in legs
        ],
    )


def _account(found: queries.AccountDetail) -> AccountOut:
    return AccountOut(
        id=found.id,
        code=found.code,
        currency=found.currency,
        kind=found.kind,
        balance=queries.balance(found.id) or 0,
        available=queries.available(found.id),
        opened_at=found.opened_at,
    )
