"""What makes a migration unsafe now: tables of a newer program, older programs that still serve, a full disk.

Asked before anything changes. While an older program serves, only what it cannot notice may change: new tables,
new columns it need not fill, new indexes, functions and triggers. Everything else waits until it has stopped.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder

from rochdale.shared import coops, home

from . import addresses, roles

FREE_BYTES = 1 << 30
UNNOTICED = (migrations.CreateModel, migrations.AddIndex)
_MAKES = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:CREATE (?:OR REPLACE )?(?:FUNCTION|TRIGGER|INDEX|TABLE)\b|SELECT public\.append_only\()"
)


class Unsafe(RuntimeError):
    """Migrating now could harm; the text says what was found and what to do. Nothing was changed."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(" ".join(found) + " Nothing was changed.")
        self.found = found


def found() -> list[str]:
    """Return every reason not to migrate now, each with what to do; an empty list is good. Reads only; as the owner."""
    return [*_newer(), *_full(), *_still_serving()]


def newer() -> list[str]:
    """Return the migrations that the host's own tables have and this program does not know, as `app.name`."""
    with coops.public():
        executor = MigrationExecutor(connection)
        applied = MigrationRecorder(connection).applied_migrations()
        known = executor.loader.disk_migrations or {}
        replaced = {key for migration in known.values() for key in migration.replaces}
    labels = {config.label for config in apps.get_app_configs() if config.name.startswith("rochdale.")}
    return sorted(
        f"{label}.{name}" for label, name in applied if label in labels and (label, name) not in known.keys() | replaced
    )


def _newer() -> Iterator[str]:
    unknown = newer()
    if unknown:
        shown = ", ".join(unknown[:3]) + (" …" if len(unknown) > 3 else "")
        yield f"The tables were made by a newer Rochdale ({shown}): put that version back in place, or restore a backup."


def _full() -> Iterator[str]:
    if not addresses.is_embedded():
        return  # the disk is another machine's
    free = shutil.disk_usage(home.data_root()).free
    if free < FREE_BYTES:
        yield f"Only {free / (1 << 20):.0f} MB are free at {home.data_root()}: make room first."


def _still_serving() -> Iterator[str]:
    others = older_programs()
    if not others:
        return
    noticed = [name for name, operations in _planned() if not all(map(goes_unnoticed, operations))]
    if noticed:
        shown = ", ".join(noticed[:3]) + (" …" if len(noticed) > 3 else "")
        yield (
            f"{others} connections belong to programs of another version, which {shown} could break: "
            "stop them first (web and workers, on every machine)."
        )


def older_programs() -> int:
    """Return how many connections belong to programs of ours that were written for other tables."""
    ours = f"{addresses.PROGRAM} {addresses.program_mark()}"
    with coops.public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = %s "
            "AND application_name LIKE %s AND application_name <> %s",
            [roles.APP, f"{addresses.PROGRAM} %", ours],
        )
        return int(cursor.fetchone()[0])


def goes_unnoticed(operation: Operation) -> bool:
    """Tell whether a program that does not know of this change goes on working beside it."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return all(map(goes_unnoticed, operation.database_operations))
    if isinstance(operation, migrations.AddField):
        return bool(operation.field.null) or operation.field.has_db_default()
    if isinstance(operation, migrations.RunSQL):
        given: Any = operation.sql
        lines = [given] if isinstance(given, str) else [line if isinstance(line, str) else line[0] for line in given]
        return all(_MAKES.match(line) for line in lines)
    return isinstance(operation, UNNOTICED)


def _planned() -> Iterator[tuple[str, list[Operation]]]:
    with coops.public():
        executor = MigrationExecutor(connection)
        for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
            yield f"{migration.app_label}.{migration.name}", list(migration.operations)
