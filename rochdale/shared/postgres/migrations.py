"""Migrating: public first, then the template, then every co-op, one transaction each.

Killed in the middle, the schemas already done stay done and the next run goes on with the rest.
Must run as the owner. Rights are given again after each schema, since they are derived from
what the modules declare today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from rochdale.shared import coops

from . import rights, scripts

Progress = Callable[[str, int, int], None]


def schemas() -> list[str]:
    """Return public, the template and every co-op's schema that is there, in this order."""
    with coops.public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace n WHERE nspname LIKE %s AND nspname <> %s AND EXISTS "
            "(SELECT FROM pg_class WHERE relnamespace = n.oid AND relname = 'django_migrations') ORDER BY nspname",
            [r"coop\_%", coops.TEMPLATE],
        )
        return [coops.PUBLIC, coops.TEMPLATE, *(str(row[0]) for row in cursor.fetchall())]


def migrate(progress: Progress | None = None, *, only: Iterable[str] | None = None) -> list[str]:
    """Migrate the schemas (all, or `only` these) and give the rights; return those that were changed.

    `progress` is told each schema's name, its place and how many there are.
    """
    _make_functions()
    everything = list(only) if only is not None else schemas()
    changed = []
    for place, schema in enumerate(everything, start=1):
        if progress is not None:
            progress(schema, place, len(everything))
        if _migrate_one(schema):
            changed.append(schema)
    return changed


def pending(schema: str) -> list[str]:
    """Return the migrations a schema still lacks, as `app.name`; for the doctor. Reads only."""
    with coops.inside(schema):
        return _plan(MigrationExecutor(connection))


def _migrate_one(schema: str) -> bool:
    if schema == coops.PUBLIC:
        # one transaction for each migration: procrastinate's add enum values and use them in the next
        coops.enter(coops.PUBLIC)
        return _run(schema)
    with coops.inside(schema):
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        return _run(schema)


def _run(schema: str) -> bool:
    executor = MigrationExecutor(connection)
    to_do = _plan(executor) or any(list(apps.get_app_config(label).get_models()) for label in executor.loader.unmigrated_apps)
    if to_do:
        call_command("migrate", interactive=False, verbosity=0, run_syncdb=True, stdout=StringIO())
    if schema == coops.PUBLIC:
        call_command("createcachetable", verbosity=0)
    with transaction.atomic():
        rights.grant(schema)
    return bool(to_do)


def _plan(executor: MigrationExecutor) -> list[str]:
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, backwards in plan]


def _make_functions() -> None:
    """Make or renew the functions in public that founding and append-only tables need."""
    with coops.public(), connection.cursor() as cursor:
        for file in sorted((Path(__file__).parent / "sql").glob("*.sql")):
            for line in scripts.statements(file):
                cursor.execute(line)
