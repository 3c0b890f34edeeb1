"""The API of the trail: what I did, or for officers what anyone did."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from rochdale.shared import api, clock

from . import queries

router = Router(tags=["audit"])


class TrailLineOut(Schema):
    id: int
    at: datetime
    written_at: datetime
    action: str
    actor_kind: str
    via: str
    party: UUID | None
    references: dict[str, Any]
    bylaws_version: int | None
    said: dict[str, Any]


@router.get("/", response=list[TrailLineOut], summary="What was done, newest first")
def trail(
    request: HttpRequest,
    before: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
    action: Annotated[str, Query(max_length=100, pattern=r"^[a-z_.]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[queries.Line]:
    """Return one's own acts; officers of a whole session see those of all. `before` is the last id already seen."""
    return queries.trail(viewer=api.actor(request), now=clock.now(), before=before, action=action, limit=limit)
