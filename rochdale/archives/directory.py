"""What an archive says of its co-op in the directory, looked at before it is believed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rochdale.cooperatives.models import Coop
from rochdale.shared import coops

from .refused import Damaged


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    slug: str
    schema_name: str
    name: str = Field(min_length=1, max_length=120)
    purpose: str = Field(max_length=10_000)
    state: Literal["formation", "active", "closed"]
    is_demo: bool
    listed: bool
    country: str = Field(pattern=r"^[A-Z]{2}$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    time_zone: str
    languages: list[str] = Field(max_length=50)
    kit: str = Field(max_length=40, pattern=r"^[a-z_]*$")
    created_at: datetime

    @field_validator("name", "purpose")
    @classmethod
    def no_nothing(cls, text: str) -> str:
        """Refuse a zero sign, which no text holds."""
        if "\0" in text:
            raise ValueError("holds a zero sign")
        return text

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """Refuse a time zone nobody knows."""
        if name not in available_timezones():
            raise ValueError("is no time zone")
        return name


def checked(told: dict[str, Any], *, slug: str) -> Coop:
    """Return the co-op's row as it will stand here, under its slug or another. Refuses what is no such row."""
    try:
        row = _Row.model_validate(told)
        schema = coops.schema_of(slug or row.slug)
    except ValidationError as wrong:
        raise Damaged(why=f"the co-op's own {'.'.join(map(str, wrong.errors()[0]['loc']))[:40]} is not one") from None
    except ValueError:
        raise Damaged(why="the co-op's address is not one") from None
    if row.created_at.tzinfo is None:
        raise Damaged(why="the co-op's own created_at is not one")
    return Coop(**row.model_dump() | {"slug": slug or row.slug, "schema_name": schema})
