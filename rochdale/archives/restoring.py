"""Restore a whole host into an empty one: each co-op in a transaction of its own, and the directory last.

A co-op's schema carries a mark until the directory names it. Killed in the middle, the host has schemas that no
address leads to; the next run drops them and begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from rochdale.shared import coops
from rochdale.shared.actor import Actor

from . import actions, keychecks, loading, marks, reading
from .manifest import Archive
from .refused import KeysDoNotFit, NotEmpty, WrongKind

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore: how many co-ops, rows and checks, which keys lack, how many erasures were done again."""

    coops: int
    rows: int
    closed: list[str]
    erasures: int


def restore_host(
    archive: Archive,
    *,
    actor: Actor,
    now: datetime,
    erasures: list[Any],
    without_keys: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """Restore every co-op and the public tables. Refuses a host that is not empty, and keys that do not fit.

    What is refused on the way leaves the host as empty as it was. `erasures` are forgotten again before
    anybody is let in.
    """
    if archive.manifest.kind != "host":
        raise WrongKind(found="one co-op", wanted="a whole host", to_do="name the co-op with --coop SLUG")
    loading.must_be_owner()
    closed = missing_keys(archive)
    if closed and not without_keys:
        raise KeysDoNotFit(
            which=", ".join(closed), to_do="put the key files in place first, or go on with names closed: --without-keys"
        )
    _must_be_empty()
    tell = progress or (lambda schema, place, count: None)
    told, again = archive.manifest.coops, 0
    try:
        for place, coop in enumerate(told, start=1):
            tell(coop.schema_name, place, len(told))
            again += actions.load_coop_of_host(
                actor=actor, now=now, key=coop.schema_name, archive=archive, coop=coop, erasures=erasures
            )
        actions.open_host(actor=actor, now=now, key="open", archive=archive)
    except BaseException:
        marks.sweep()
        raise
    return Restored(len(told), sum(file.rows for file in archive.manifest.files()), closed, again)


def missing_keys(archive: Archive) -> list[str]:
    """Return whose keys are not here or are others than the backup was made with."""
    wanted = {"the host": (archive.manifest.host_key_check, "public")}
    wanted |= {coop.schema_name: (coop.key_check, coop.schema_name) for coop in archive.manifest.coops}
    return [who for who, (check, schema) in wanted.items() if check and keychecks.state(schema, check) != "fits"]


def _must_be_empty() -> None:
    marks.sweep()
    here = coops.everywhere()
    if here:
        raise NotEmpty(found=f"{len(here)} co-ops")
    with coops.public(), connection.cursor() as cursor:
        for table in reading.tables(connection.connection, coops.PUBLIC):
            if table.name.startswith(reading.LEFT_OF_PUBLIC):
                continue
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM public.{})").format(sql.Identifier(table.name)))
            row = cursor.fetchone()
            if row and row[0]:
                raise NotEmpty(found=f"rows in {table.name}")
