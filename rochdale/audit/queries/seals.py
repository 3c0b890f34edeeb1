"""The seals as they stand: the newest, the chain, what they cover, and the line that is printed on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from rochdale.shared import coops

from .. import rules
from ..rules import SealLine

LINE = "SELECT number, sealed_at, records, root, previous, head FROM audit_seal"


@dataclass(frozen=True, slots=True)
class SetLine:
    """What a seal covers of one source, and how its leaves were made."""

    seal: int
    source: str
    columns: str
    count: int
    root: bytes
    closed: int | None


@dataclass(frozen=True, slots=True)
class Attested:
    """Somebody else knew a seal's head: a witness's receipt or a time stamp."""

    number: int
    who: str
    at: datetime
    stamp: bool


def rows(sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a query and return all rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def newest() -> SealLine | None:
    """Return the last seal of the co-op of the moment, or None."""
    found = rows(f"{LINE} ORDER BY number DESC LIMIT 1")
    return line(found[0]) if found else None


def seal(number: int) -> SealLine | None:
    """Return one seal, or None."""
    found = rows(f"{LINE} WHERE number = %s", [number])
    return line(found[0]) if found else None


def chain(*, after: int = 0, limit: int | None = None) -> list[SealLine]:
    """Return the seals after a number, oldest first."""
    return [line(row) for row in rows(f"{LINE} WHERE number > %s ORDER BY number LIMIT %s", [after, limit])]


def latest(*, limit: int, offset: int = 0) -> list[SealLine]:
    """Return seals for a page, newest first."""
    return [line(row) for row in rows(f"{LINE} ORDER BY number DESC LIMIT %s OFFSET %s", [limit, offset])]


def count() -> int:
    """Return how many seals there are."""
    return int(rows("SELECT count(*) FROM audit_seal")[0][0])


def sets(number: int | None = None) -> list[SetLine]:
    """Return what one seal covers (or all do), in the order of their leaves."""
    found = rows(
        "SELECT seal_id, source, columns, count, root, closed FROM audit_sealedset "
        'WHERE %s::integer IS NULL OR seal_id = %s ORDER BY seal_id, source COLLATE "C"',
        [number, number],
    )
    return [SetLine(row[0], row[1], row[2], row[3], bytes(row[4]), row[5]) for row in found]


def covered(source: str) -> str:
    """Return the ids of a source that seals cover, as PostgreSQL writes stretches."""
    found = rows("SELECT coalesce(range_agg(ids), '{}')::text FROM audit_sealedchunk WHERE source = %s", [source])
    return str(found[0][0])


def closed_upto(source: str) -> int | None:
    """Return the number of the last closed set that a seal covers, or None."""
    found = rows("SELECT max(closed) FROM audit_sealedset WHERE source = %s", [source])
    return None if found[0][0] is None else int(found[0][0])


def attested() -> list[Attested]:
    """Return every receipt and time stamp, newest seal first."""
    found = rows(
        "SELECT number, witness, received_at, false FROM audit_receipt UNION ALL "
        "SELECT number, authority, stamped_at, true FROM audit_timestamp ORDER BY 1 DESC, 2"
    )
    return [Attested(*row) for row in found]


def head_line() -> str:
    """Return the last seal in a few words, to be printed on what leaves the host; empty without a seal or a co-op."""
    if coops.current() == coops.PUBLIC:
        return ""
    last = newest()
    if last is None:
        return ""
    words = _("Sealed: no. %(number)s, %(head)s, %(day)s")
    return words % {"number": last.number, "head": rules.grouped(last.head), "day": last.sealed_at.date().isoformat()}


def line(row: tuple[Any, ...]) -> SealLine:
    """Read a row of the table of seals."""
    return SealLine(row[0], row[1], row[2], bytes(row[3]), bytes(row[4]), bytes(row[5]))
