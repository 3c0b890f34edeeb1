"""The API of offices: who acts for the co-op. Access tokens are made and ended on their page only."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from rochdale.shared import api, clock, web

from . import queries

router = Router(tags=["offices"])


class TermOut(Schema):
    id: UUID
    office: str
    title: str
    party: UUID
    from_on: date
    until_on: date
    act: str
    ended_at: datetime | None


class MineOut(Schema):
    party: UUID | None
    offices: list[str]
    scopes: list[str] | None


@router.get("/", response=list[TermOut], summary="Who holds which office now")
def holdings(request: HttpRequest) -> list[queries.Holding]:
    """Return the terms of office that stand now. Only for those whom the co-op knows."""
    if api.actor(request).party is None:
        raise web.MembersOnly()
    return queries.holdings(clock.now())


@router.get("/me", response=MineOut, summary="Who I am here")
def me(request: HttpRequest) -> MineOut:
    """Return one's party reference in this co-op, the offices one holds, and the scopes of the token in use."""
    actor = api.actor(request)
    held = sorted(queries.held_by_actor(actor, clock.now()))
    return MineOut(party=actor.party, offices=held, scopes=None if actor.scopes is None else sorted(actor.scopes))
