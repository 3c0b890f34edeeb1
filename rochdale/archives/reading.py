"""Write an archive: read all tables at one moment, without stopping anyone.

One transaction holds the snapshot (REPEATABLE READ, READ ONLY) and lends it to one more transaction for
each co-op, so that a host of a thousand co-ops does not hold a hundred thousand locks. A co-op's tables are
read with that co-op's role; no right beyond the app's is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

import rochdale
from rochdale.shared.postgres import addresses, migrations

from . import container, keychecks, manifest
from .refused import NoSuchCoopHere

STAYS_WITH_THE_HOST = frozenset({"django_migrations"})
"""Made by the migrations of whoever loads it."""
CREDENTIALS = frozenset({"offices_access_token", "offices_revocation"})
"""What lets a program act for somebody here does not move with a co-op."""
LEFT_OF_PUBLIC = ("django_", "auth_", "procrastinate_", "rochdale_cache")
"""Sessions, limits of tries, the queue: all that a host makes by itself, or that must not come back."""
PUBLIC_KEPT = frozenset[str]()
MADE_PLAIN = (
    "SET LOCAL timezone = 'UTC'", "SET LOCAL datestyle = 'ISO, YMD'", "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL extra_float_digits = 3", "SET LOCAL bytea_output = 'hex'", "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0", "SET LOCAL lock_timeout = '30s'",
)  # fmt: skip
"""So that the same rows are the same text, whatever the server's settings and version."""
LOG_INS = {
    "members_party": {"person": "NULL::uuid"},
}
"""Whose log-in a party has is this host's business: the archive says only that there was one."""
RETURNING = """
SELECT p.id AS party, transaction_timestamp() AS since FROM {schema}.members_party p WHERE p.person IS NOT NULL
UNION ALL SELECT r.party, r.since FROM {schema}.archives_returning r JOIN {schema}.members_party p ON p.id = r.party
WHERE p.person IS NULL"""
Rows = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table and its columns in their order; generated ones are left out."""

    name: str
    columns: tuple[str, ...]


def write_coop(slug: str, file: BinaryIO, *, now: datetime) -> manifest.Manifest:
    """Write the archive of one co-op into an open file. Refuses a slug that is nobody's."""
    with _snapshot() as (holder, snapshot):
        found = [coop for coop in _directory(holder) if coop["slug"] == slug]
        if not found:
            raise NoSuchCoopHere(slug=slug)
        writer = container.Writer(file)
        coop = _coop(writer, snapshot, found[0], moving=True)
        made = _manifest(holder, "co-op", now, snapshot, coops=[coop])
        manifest.write(writer, made)
        return made


def write_host(file: BinaryIO, *, now: datetime) -> manifest.Manifest:
    """Write a backup of the whole host into an open file: the public tables and every co-op, at one moment."""
    with _snapshot() as (holder, snapshot):
        writer = container.Writer(file)
        public = [
            _table(writer, holder, "public", table, moving=False)
            for table in tables(holder, "public")
            if not table.name.startswith(LEFT_OF_PUBLIC)
        ]
        coops = [_coop(writer, snapshot, coop, moving=False) for coop in _directory(holder)]
        made = _manifest(holder, "host", now, snapshot, public=public, coops=coops)
        manifest.write(writer, made)
        return made


def tables(rows: Rows, schema: str) -> list[Table]:
    """Return a schema's tables by name, with the columns that rows are copied by."""
    found: dict[str, list[str]] = {}
    for table, column in rows.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s) AND c.relkind = 'r'"
        " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname, a.attnum",
        [schema],
    ):
        found.setdefault(str(table), []).append(str(column))
    return [Table(name, tuple(columns)) for name, columns in found.items()]


def arguments() -> dict[str, Any]:
    """Return how to connect past any pooler, as the user Django has."""
    known = connection.settings_dict
    given = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    found = {name: known[key] for name, key in given.items() if known.get(key)}
    found |= {
        name: value for name, value in known["OPTIONS"].items() if name in ("passfile", "options", "sslmode", "sslrootcert")
    }
    at_home = known["NAME"] == settings.DATABASES["default"]["NAME"] and known["HOST"] == settings.DATABASES["default"]["HOST"]
    direct = addresses.arguments("worker") if at_home and not addresses.is_embedded() else found
    return {**direct, "autocommit": True}


@contextmanager
def _snapshot() -> Iterator[tuple[Rows, str]]:
    """Hold one moment of the database; yields the connection that holds it and the snapshot's name."""
    with psycopg.connect(**arguments()) as holder, _reading(holder):
        row = holder.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield holder, str(row[0])


@contextmanager
def _reading(rows: Rows, snapshot: str = "") -> Iterator[None]:
    with rows.transaction():
        rows.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if snapshot:
            rows.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
        for words in MADE_PLAIN:
            rows.execute(words)
        yield


def _directory(rows: Rows) -> list[dict[str, Any]]:
    """Return the co-ops' public rows as plain data."""
    found = rows.execute("SELECT to_jsonb(c) FROM public.cooperatives_coop c ORDER BY c.slug")
    return [dict(row[0]) for row in found]


def _coop(writer: container.Writer, snapshot: str, directory: dict[str, Any], *, moving: bool) -> manifest.Coop:
    schema = str(directory["schema_name"])
    left = STAYS_WITH_THE_HOST | (CREDENTIALS if moving else frozenset())
    with psycopg.connect(**arguments()) as rows, _reading(rows, snapshot):
        rows.execute("SELECT set_config('role', %s, true)", [schema])
        logins = rows.execute(
            sql.SQL("SELECT count(*) FROM {}.members_party WHERE person IS NOT NULL").format(sql.Identifier(schema))
        ).fetchone()
        files = [_table(writer, rows, schema, table, moving=moving) for table in tables(rows, schema) if table.name not in left]
        return manifest.Coop(
            schema_name=schema,
            directory=directory,
            key_check=keychecks.of(schema),
            migrations=applied(rows, schema),
            logins=int(logins[0]) if logins else 0,
            files=files,
        )


def applied(rows: Rows, schema: str) -> dict[str, list[str]]:
    """Return the migrations a schema has, by app."""
    found: dict[str, list[str]] = {}
    words = sql.SQL("SELECT app, name FROM {}.django_migrations ORDER BY app, name").format(sql.Identifier(schema))
    for app, name in rows.execute(words):
        found.setdefault(str(app), []).append(str(name))
    return found


def _table(writer: container.Writer, rows: Rows, schema: str, table: Table, *, moving: bool) -> manifest.File:
    with rows.cursor() as cursor:
        counted: list[int] = []

        def pieces() -> Iterator[bytes]:
            with cursor.copy(_selection(schema, table, moving)) as copy:
                yield from copy  # type: ignore[misc]  # psycopg says bytes-like
            counted.append(cursor.rowcount)

        written = writer.pack(manifest.place_of(schema, table.name), pieces())
        return manifest.file_of(written, table.name, table.columns, counted[0])


def _selection(schema: str, table: Table, moving: bool) -> sql.Composed:
    place = sql.Identifier(schema)
    if moving and table.name == "archives_returning":
        return sql.SQL("COPY ({}) TO STDOUT").format(sql.SQL(RETURNING).format(schema=place))
    columns = [sql.Identifier(column) for column in table.columns]
    blank = LOG_INS.get(table.name, {}) if moving else {}
    if blank:
        taken = [sql.SQL(blank[name]) if name in blank else sql.Identifier(name) for name in table.columns]
        return sql.SQL("COPY (SELECT {} FROM {}.{}) TO STDOUT").format(
            sql.SQL(", ").join(taken), place, sql.Identifier(table.name)
        )
    return sql.SQL("COPY {}.{} ({}) TO STDOUT").format(place, sql.Identifier(table.name), sql.SQL(", ").join(columns))


def _manifest(
    rows: Rows,
    kind: manifest.Kind,
    now: datetime,
    snapshot: str,
    *,
    coops: Sequence[manifest.Coop],
    public: Sequence[manifest.File] = (),
) -> manifest.Manifest:
    row = rows.execute("SELECT current_setting('server_version'), transaction_timestamp()").fetchone()
    assert row is not None
    return manifest.Manifest(
        format=manifest.FORMAT,
        kind=kind,
        rochdale=rochdale.__version__,
        fingerprint=migrations.fingerprint(),
        made_at=now.astimezone(UTC).isoformat(),
        postgresql=str(row[0]).split()[0],
        snapshot=json.dumps([snapshot, row[1].astimezone(UTC).isoformat()]),
        host_key_check=keychecks.of("public") if kind == "host" else "",
        public=list(public),
        public_migrations=applied(rows, "public") if kind == "host" else {},
        coops=list(coops),
    )
