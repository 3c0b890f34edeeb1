"""The seals as they stand: the newest, the chain, what they cover, and the line that is printed on paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from rochdale.shared import coops

from .. import rules
from ..models import WitnessedBreak, WitnessedSeal
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


def waits_since(moment: datetime) -> bool:
    """Return whether an act recorded before a moment still waits for its seal."""
    return bool(
        rows(
            "SELECT 1 FROM audit_record WHERE written_at < %s AND at < %s AND id > (SELECT coalesce(max(upper(ids)), 0) "
            "FROM audit_sealedchunk WHERE source = 'audit.record') LIMIT 1",
            [moment, moment],
        )
    )


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


def chunks() -> list[tuple[Any, ...]]:
    """Return all leaves: seal, source, place, ids or names, and hashes one after the other."""
    found = rows(
        "SELECT seal_id, source, place, ids::text, names::text, hashes FROM audit_sealedchunk "
        'ORDER BY seal_id, source COLLATE "C", place'
    )
    return [(*row[:4], None if row[4] is None else json.loads(row[4]), row[5]) for row in found]


def covered(source: str) -> str:
    """Return the ids of a source that seals cover, as PostgreSQL writes stretches."""
    found = rows("SELECT coalesce(range_agg(ids), '{}')::text FROM audit_sealedchunk WHERE source = %s", [source])
    return str(found[0][0])


def closed_upto(source: str) -> int | None:
    """Return the number of the last closed set that a seal covers, or None."""
    found = rows("SELECT max(closed) FROM audit_sealedset WHERE source = %s", [source])
    return None if found[0][0] is None else int(found[0][0])


def to_show(witness: str, *, limit: int) -> list[SealLine]:
    """Return what a witness is to be shown: from the last seal it signed for on, that one included; empty when all is told.

    When fewer seals stand here than it signed for, the last one here: the witness then finds the difference.
    """
    found = rows("SELECT max(number) FROM audit_receipt WHERE witness = %s", [witness])
    told = int(found[0][0] or 0)
    last = newest()
    if last is None:
        return []
    if last.number == told:
        same = rows("SELECT 1 FROM audit_receipt WHERE witness = %s AND number = %s AND head = %s", [witness, told, last.head])
        return [] if same else [last]
    return chain(after=min(told, last.number) - 1, limit=limit) if told else chain(limit=limit)


def is_stamped(number: int, authority: str) -> bool:
    """Return whether an authority stamped a seal's head."""
    return bool(rows("SELECT 1 FROM audit_timestamp WHERE number = %s AND authority = %s", [number, authority]))


def stamps() -> list[tuple[int, bytes, bytes]]:
    """Return number, head and answer of every time stamp."""
    found = rows("SELECT number, head, answer FROM audit_timestamp ORDER BY number")
    return [(row[0], bytes(row[1]), bytes(row[2])) for row in found]


def receipts() -> list[tuple[int, bytes, dict[str, Any]]]:
    """Return number, head and document of every receipt."""
    found = rows("SELECT number, head, document FROM audit_receipt ORDER BY number")
    return [(row[0], bytes(row[1]), row[2] if isinstance(row[2], dict) else json.loads(row[2])) for row in found]


def witnessed_coops() -> list[tuple[str, str, str, int, bytes, datetime]]:
    """Return whose seals we keep: host key, host, co-op, newest number and head, and when it was shown."""
    found = rows(
        "SELECT DISTINCT ON (host_key, coop) host_key, host, coop, number, head, received_at FROM audit_witnessedseal "
        "ORDER BY host_key, coop, era DESC, number DESC"
    )
    return [(*row[:4], bytes(row[4]), row[5]) for row in found]


def witnessed_chain(host_key: str, coop: str) -> list[SealLine]:
    """Return the seals of a co-op on another host as we hold them."""
    fields = ("number", "sealed_at", "records", "root", "previous", "head")
    return [line(row) for row in standing(host_key, coop).order_by("number").values_list(*fields)]


def standing(host_key: str, coop: str) -> QuerySet[WitnessedSeal]:
    """Return the seals of a co-op on another host that no declared break withdrew."""
    later = WitnessedBreak.objects.filter(
        host_key=OuterRef("host_key"), coop=OuterRef("coop"), era__gt=OuterRef("era"), number__lt=OuterRef("number")
    )
    return WitnessedSeal.objects.filter(~Exists(later), host_key=host_key, coop=coop)


def era(host_key: str, coop: str) -> int:
    """Return how many breaks a host declared for a co-op."""
    return WitnessedBreak.objects.filter(host_key=host_key, coop=coop).count()


def breaks(host_key: str, coop: str) -> list[dict[str, Any]]:
    """Return the breaks a host declared for a co-op, with the seals each withdrew, as they are shown and handed out."""
    found = []
    for each in WitnessedBreak.objects.filter(host_key=host_key, coop=coop).order_by("era"):
        gone = WitnessedSeal.objects.filter(host_key=host_key, coop=coop, era__lt=each.era, number__gt=each.number)
        withdrawn = [
            {"number": row.number, "head": bytes(row.head).hex(), "received_at": row.received_at.isoformat()}
            for row in gone.order_by("era", "number")
        ]
        found.append(
            {"number": each.number, "upto": each.upto, "reason": each.reason, "declared_at": each.declared_at.isoformat(),
             "received_at": each.received_at.isoformat(), "withdrawn": withdrawn, **each.document}
        )  # fmt: skip
    return found


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
