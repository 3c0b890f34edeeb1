"""Migrating: public first, then the template, then every co-op, one transaction each.

Killed in the middle, the schemas already done stay done and the next run goes on with the rest.
Must run as the owner. Rights are given again after each schema, since they are derived from
what the modules declare today. A lock that somebody holds is waited for briefly and then tried again, so
that nobody who serves queues behind a migration for long. What `unsafe` finds is refused before anything changes.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from rochdale.shared import coops

from . import retry, rights, scripts, unsafe

Progress = Callable[[str, int, int], None]
LOCK_WAIT = "4s"
LOCK_TRIES = 5


def migrate(progress: Progress | None = None, *, always: bool = False) -> list[str]:
    """Bring every schema that lags behind up to date, rights included, and return their names.

    Each schema carries the fingerprint of what it was last brought to, so that a start with a thousand
    co-ops that lack nothing costs one query; `always` looks into each of them nevertheless.
    `progress` is told each schema's name, its place and how many there are.
    """
    wanted = fingerprint()
    known = {} if always else reached()
    everything = [coops.PUBLIC, coops.TEMPLATE, *coops.everywhere()]
    behind = [schema for schema in everything if known.get(schema) != wanted]
    if not behind:
        return behind
    refused = unsafe.found()
    if refused:
        raise unsafe.Unsafe(refused)
    _make_functions()
    for place, schema in enumerate(behind, start=1):
        if progress is not None:
            progress(schema, place, len(behind))
        retry.again(partial(_migrate_one, schema, wanted), tries=LOCK_TRIES)
    return behind


def fingerprint() -> str:
    """Return a short hash of everything a schema is made from: migrations, SQL files, declared rights."""
    digest = hashlib.sha256()
    for config in apps.get_app_configs():
        folder = Path(config.path)
        for file in sorted([*folder.glob("migrations/0*.py"), *folder.glob("sql/*.sql"), *folder.glob("postgres/sql/*.sql")]):
            digest.update(f"{config.label}/{file.name}".encode() + file.read_bytes())
        if not list(folder.glob("migrations/0*.py")):
            digest.update(repr([(model.__name__, str(model._meta.local_fields)) for model in config.get_models()]).encode())
    digest.update(repr(rights.declared()).encode())
    return digest.hexdigest()[:16]


@functools.cache
def running() -> str:
    """Return the fingerprint this process began with: the files may be newer by now, the program is not."""
    return fingerprint()


def pending(schema: str) -> list[str]:
    """Return the migrations a schema still lacks, as `app.name`; for the doctor. Reads only."""
    with coops.inside(schema):
        return _plan(MigrationExecutor(connection))


def reached() -> dict[str, str]:
    """Return the fingerprint each schema was last brought to."""
    with coops.public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace "
            "WHERE nspname = 'public' OR nspname LIKE 'coop%'"
        )
        return {str(schema): str(said).rpartition(" ")[2] for schema, said in cursor.fetchall() if said}


def _migrate_one(schema: str, wanted: str) -> None:
    if schema == coops.PUBLIC:
        # one transaction for each migration: procrastinate's add enum values and use them in the next
        coops.enter(coops.PUBLIC)
        _run(schema)
        with transaction.atomic():
            _finish(schema, wanted)
        return
    with coops.inside(schema):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        _run(schema)
        _finish(schema, wanted)


def go_on(schema: str) -> None:
    """Bring one co-op's schema, which was made at an earlier state, up to today; in the transaction of the moment."""
    with coops.inside(schema):
        _run(schema)
        _finish(schema, fingerprint())


def _run(schema: str) -> None:
    executor = MigrationExecutor(connection)
    if _plan(executor) or any(list(apps.get_app_config(label).get_models()) for label in executor.loader.unmigrated_apps):
        call_command("migrate", interactive=False, verbosity=0, run_syncdb=True, stdout=StringIO())
    if schema == coops.PUBLIC:
        call_command("createcachetable", verbosity=0)


def _finish(schema: str, wanted: str) -> None:
    rights.grant(schema)
    with connection.cursor() as cursor:
        line = sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema), sql.Literal(f"rochdale {wanted}"))
        cursor.execute(line)


def _plan(executor: MigrationExecutor) -> list[str]:
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, backwards in plan]


def _make_functions() -> None:
    """Make or renew the functions in public that founding and append-only tables need."""
    with coops.public(), connection.cursor() as cursor:
        for file in sorted((Path(__file__).parent / "sql").glob("*.sql")):
            for line in scripts.statements(file):
                cursor.execute(line)
