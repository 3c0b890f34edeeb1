"""What a pack of law is made of: rows with dated values, and the hash of all it says. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


class PackError(ValueError):
    """A pack that cannot be trusted. `reason` is a stable word, `where` the file or key."""

    def __init__(self, reason: str, where: str, detail: str) -> None:
        self.reason, self.where, self.detail = reason, where, detail
        super().__init__(f"{where}: {detail}")


@dataclass(frozen=True, slots=True)
class Dated:
    """What the law says from a day on: the value, where it stands, and how sure we are."""

    valid_from: date
    value: Any
    source: str
    status: str
    note: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of law with all its values by date, oldest first."""

    key: str
    title: str
    unit: str
    kind: str
    binding: str
    counting: str
    values: tuple[Dated, ...]
    on_violation: str
    applies_to: tuple[str, ...]
    reviewed_by: str | None

    def at(self, on: date) -> Dated | None:
        """Return what stood on a day, or None before the first value."""
        standing = [dated for dated in self.values if dated.valid_from <= on]
        return standing[-1] if standing else None

    @property
    def currency(self) -> str:
        """Return the currency of an amount row, or the empty string."""
        return self.unit.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Pack:
    """A legal form's or an activity's rules in one country, with the hash of all it says."""

    name: str
    title: str
    kind: str
    country: str
    countries: tuple[str, ...]
    legal_form: str
    currency: str
    languages: tuple[str, ...]
    minimum_founders: int
    prepared_on: date
    reviewed_by: str | None
    sources: tuple[str, ...]
    caution: str
    rows: Mapping[str, Row]
    hash: str
    content: Mapping[str, Any] = field(repr=False, compare=False)
    """All it says as plain data: what is hashed, and what a co-op keeps."""

    @property
    def code(self) -> str:
        """Return the name under another word, as forms ask for it."""
        return self.name


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A binding row that nobody has checked in the statute: the co-op must accept it by an act."""

    pack: str
    key: str
    title: str
    value: Any
    unit: str
    source: str
    note: str
    valid_from: date
    hash: str


def canonical(content: Any) -> str:
    """Write plain data in one way only: sorted names, no spaces, days as ISO text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def hash_of(content: Any) -> str:
    """Return the SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a pack holds plain data, not {type(value).__name__}")


def row_hash(row: Row, dated: Dated) -> str:
    """Return the hash of one value of one row: what a co-op accepts is exactly this text."""
    return hash_of(
        {
            "key": row.key,
            "unit": row.unit,
            "kind": row.kind,
            "binding": row.binding,
            "valid_from": dated.valid_from,
            "value": dated.value,
            "source": dated.source,
        }
    )
