"""The API of the outbox: what the co-op sent me."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from rochdale.shared import api, web

from . import queries

router = Router(tags=["messages"])


class MessageOut(Schema):
    id: UUID
    kind: str
    channel: str
    subject: str
    body: str
    language: str
    state: str
    legal_notice: bool
    queued_at: datetime
    sent_at: datetime | None


@router.get("/mine", response=list[MessageOut], summary="Messages to me, newest first")
def mine(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> list[queries.Letter]:
    """Return the messages the co-op sent to oneself. Only for those whom the co-op knows."""
    party = api.actor(request).party
    if party is None:
        raise web.MembersOnly()
    return queries.sent(party=party, limit=limit)
