"""Make a seal: everything the co-op recorded since the last one, under one root, chained to the seal before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from rochdale.shared import may, module
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

from .. import rules, sources
from ..queries import seals

AT_ONCE = 64
"""Chunks that are fetched and stored together."""


@action("audit.make_seal", may=may.jobs | may.host_operator, recorded=False)
def make_seal(*, actor: Actor, now: datetime, key: str) -> int | None:
    """Seal every declared row that no earlier seal covers; return the seal's number, or None when there is nothing new.

    One transaction: stopped anywhere, nothing has happened, and the next seal takes the same
    rows. Two at once wait for each other. Rows of a transaction that is still open are seen by
    nobody here and come into a later seal; no id or time decides what belongs to one. Where a
    module closes sets itself (the ledger's checkpoints), only closed sets are sealed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock('audit_seal'::regclass::oid::integer, 0)")
    last = seals.newest()
    number = last.number + 1 if last else 1
    with sources.by_index():
        sets = [found for rows in sources.declared() if (found := _seal_source(number, rows)) is not None]
    if not sets:
        return None
    root = rules.root_of([rules.set_leaf(each["source"], each["columns"], each["count"], each["root"]) for each in sets])
    previous = last.head if last else rules.NOTHING
    records = sum(each["count"] for each in sets)
    head = rules.head(number, now, records, root, previous)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_seal (number, sealed_at, records, root, previous, head) VALUES (%s, %s, %s, %s, %s, %s)",
            [number, now, records, root, previous, head],
        )
        cursor.executemany(
            "INSERT INTO audit_sealedset (seal_id, source, columns, count, root, closed) VALUES (%s, %s, %s, %s, %s, %s)",
            [[number, *(each[name] for name in ("source", "columns", "count", "root", "closed"))] for each in sets],
        )
    return number


def _seal_source(number: int, rows: module.SealedRows) -> dict[str, Any] | None:
    """Store the leaves of one source and return its set, or None where there is nothing new."""
    leaves = sources.of(rows)
    closed: int | None = None
    given: list[Any]
    if rows.closes is not None:
        since, closed = seals.closed_upto(rows.code), _closed_now(rows.closes[1])
        if closed is None or (since is not None and closed <= since):
            return None
        where, given = f't."{leaves.closing}" > %s AND t."{leaves.closing}" <= %s', [-1 if since is None else since, closed]
        chosen = leaves.rows(where)
    elif rows.numbered:
        chosen, given = _in_the_gaps(leaves), [seals.covered(rows.code)]
    else:
        chosen = leaves.rows(
            f"NOT EXISTS (SELECT FROM (SELECT jsonb_array_elements_text(names) AS name FROM audit_sealedchunk "  # noqa: S608  # our own words and checked names
            f'WHERE source = %s) s WHERE s.name = t."{leaves.key}"::text)'
        )
        given = [rows.code]
    count, roots = 0, []
    for chunks in _chunks(leaves, chosen, given):
        found = [(place, ids, names, bytes(hashes)) for place, ids, names, hashes in chunks]
        made = [rules.root_of(rules.split(hashes)) for _place, _ids, _names, hashes in found]
        _store(number, rows.code, found, made)
        roots += made
        count += sum(len(hashes) // 32 for _place, _ids, _names, hashes in found)
    if not count:
        return None
    columns = leaves.written
    return {"source": rows.code, "columns": columns, "count": count, "root": rules.root_of(roots), "closed": closed}


def _in_the_gaps(leaves: sources.Leaves) -> str:
    """Return SQL for the rows whose ids no seal covers, by the index, however many gaps there are."""
    low, high = f"coalesce(lower(g.r), {sources.LOWEST})", f"coalesce(upper(g.r), {sources.HIGHEST})"
    inner = leaves.rows(f't."{leaves.key}" >= {low} AND t."{leaves.key}" < {high}')
    return (
        "SELECT z.k, z.h FROM unnest(int8multirange(int8range(NULL, NULL)) - %s::int8multirange) AS g (r) "  # noqa: S608  # our own words and checked names
        f"CROSS JOIN LATERAL ({inner}) z"
    )


def _chunks(leaves: sources.Leaves, chosen: str, given: list[Any]) -> Iterator[list[Any]]:
    """Yield place, ids or names, and joined hashes of the chosen rows' chunks, some at a time, in the order of keys."""
    named = "range_agg(int8range(n.k, n.k + 1))::text, NULL" if leaves.numbered else "NULL, jsonb_agg(n.k ORDER BY n.k)::text"
    # f-strings hold our own words and checked names only
    sql = (
        f"SELECT n.place, {named}, string_agg(n.h, ''::bytea ORDER BY n.k) FROM (SELECT (row_number() OVER (ORDER BY m.k) - 1) "  # noqa: S608  # our own words and checked names
        f"/ {rules.CHUNK} AS place, m.k, m.h FROM ({chosen}) m) n GROUP BY n.place ORDER BY n.place"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, given)
        while part := cursor.fetchmany(AT_ONCE):
            yield part


def _store(number: int, source: str, found: list[tuple[int, str | None, str | None, bytes]], roots: list[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO audit_sealedchunk (seal_id, source, place, root, ids, names, hashes) "
            "VALUES (%s, %s, %s, %s, %s::int8multirange, %s::jsonb, %s)",
            [
                [number, source, place, root, ids, names, hashes]
                for (place, ids, names, hashes), root in zip(found, roots, strict=True)
            ],
        )


def _closed_now(sql: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        return None if row is None or row[0] is None else int(row[0])
