"""Load an archive's rows into schemas that this host's own migrations make. Nothing in an archive is run.

Tables and columns must be the ones that stand here; rows go in by COPY, which only reads values. The
owner does it, in the transaction that makes the schema: what is refused leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from psycopg import sql

from rochdale.shared import coops
from rochdale.shared.postgres import migrations

from . import bare, container, manifest, reading
from .refused import OtherMigrations, OwnerOnly, RowsRefused, UnknownColumn, UnknownTable, WrongCount

SETTINGS = (
    "SET LOCAL timezone = 'UTC'", "SET LOCAL datestyle = 'ISO, YMD'", "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET LOCAL maintenance_work_mem = '256MB'", "SET LOCAL work_mem = '128MB'",
)  # fmt: skip


def must_be_owner() -> None:
    """Refuse a connection that may not make tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = %s", [coops.TEMPLATE])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise OwnerOnly()


def load_coop(archive: manifest.Archive, coop: manifest.Coop, schema: str, *, moved: bool) -> None:
    """Make a schema as the archive's co-op had it, and copy its rows in; in the transaction of the moment.

    An archive of an older version goes into the tables of that version, which are then migrated here.
    `moved` asks for what an archive of one co-op leaves behind. Refuses other tables, columns and rows.
    """
    older = _differs(coop.migrations, _here(coops.TEMPLATE), archive.manifest.rochdale)
    if older:
        _found_at(schema, coop.migrations)
    else:
        coops.found(schema)
    with _path_ours(schema):
        for line in SETTINGS:
            bare.run(line)
        files = {file.table: file for file in coop.files}
        _same_tables(schema, files, moved=moved)
        aside = bare.strip(schema)
        for file in coop.files:
            copy_in(archive, file, schema)
        with _refused("what holds between its tables"):
            bare.dress(schema, aside)
        bare.number_on(schema)
    if older:
        migrations.go_on(schema)
    _analyze(schema, coop.files)


def load_public(archive: manifest.Archive) -> None:
    """Copy the public rows of a whole host into tables that are empty; in the transaction of the moment."""
    told, here = archive.manifest.public_migrations, _here(coops.PUBLIC)
    if _differs(told, here, archive.manifest.rochdale):
        raise OtherMigrations(
            version=archive.manifest.rochdale,
            difference="the tables of the host are older",
            to_do="restore with that version of Rochdale and upgrade then",
        )
    with _path_ours(coops.PUBLIC):
        for line in SETTINGS:
            bare.run(line)
        known = {
            table.name: table
            for table in reading.tables(_raw(), coops.PUBLIC)
            if not table.name.startswith(reading.LEFT_OF_PUBLIC)
        }
        _compare_tables(set(known), {file.table for file in archive.manifest.public})
        for file in archive.manifest.public:
            _compare_columns(file, known[file.table])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for file in archive.manifest.public:
            copy_in(archive, file, coops.PUBLIC)
        with _refused("what holds between the host's tables"):
            bare.run("SET CONSTRAINTS ALL IMMEDIATE")
        bare.number_on(coops.PUBLIC)


def copy_in(archive: manifest.Archive, file: manifest.File, schema: str) -> None:
    """Copy one table's rows in. Refuses what the database does not take, and another number of rows than was said."""
    columns = sql.SQL(", ").join(map(sql.Identifier, file.columns))
    words = sql.SQL("COPY {}.{} ({}) FROM STDIN").format(sql.Identifier(schema), sql.Identifier(file.table), columns)
    with _refused(file.table), _raw().cursor() as cursor:
        with cursor.copy(words) as copy:
            pieces = archive.rows(file)
            for piece in container.ahead(pieces) if file.size > container.CHUNK else pieces:
                copy.write(piece)
        found = cursor.rowcount
    if found != file.rows:
        raise WrongCount(table=file.table, declared=file.rows, found=found)


def _same_tables(schema: str, files: dict[str, manifest.File], *, moved: bool) -> None:
    left = reading.STAYS_WITH_THE_HOST | (reading.CREDENTIALS if moved else frozenset())
    known = {table.name: table for table in reading.tables(_raw(), schema) if table.name not in left}
    _compare_tables(set(known), set(files))
    for name, file in files.items():
        _compare_columns(file, known[name])


def _compare_tables(here: set[str], told: set[str]) -> None:
    if here != told:
        raise UnknownTable(difference=_difference(here, told))


def _compare_columns(file: manifest.File, known: reading.Table) -> None:
    if set(file.columns) != set(known.columns):
        raise UnknownColumn(table=file.table, difference=_difference(set(known.columns), set(file.columns)))


def _difference(here: set[str], told: set[str]) -> str:
    lacking, strange = sorted(here - told), sorted(told - here)
    parts = [f"{'lacks' if words is lacking else 'has'} {', '.join(words[:5])}" for words in (lacking, strange) if words]
    return "it " + " and ".join(parts)


def _differs(told: dict[str, list[str]], here: dict[str, list[str]], version: str) -> bool:
    """Say whether the archive is older than the tables here; refuse one that is newer, or of another house."""
    names = {(app, name) for app, each in told.items() for name in each}
    known = {(app, name) for app, each in here.items() for name in each}
    strange = sorted(names - known)
    if strange:
        raise OtherMigrations(
            version=version[:40],
            difference=f"unknown here: {', '.join('.'.join(each)[:60] for each in strange[:3])}",
            to_do="upgrade this host first, or install the sectors that co-op uses",
        )
    return names != known


def _here(schema: str) -> dict[str, list[str]]:
    return reading.applied(_raw(), schema)


def _found_at(schema: str, wanted: dict[str, list[str]]) -> None:
    """Make a schema at an earlier state of the migrations; what is refused there is refused as too old."""
    from django.db.migrations.exceptions import NodeNotFoundError
    from django.db.migrations.executor import MigrationExecutor

    with coops.inside(schema):
        bare.run(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        executor = MigrationExecutor(connection)
        every = {(app, name) for app, names in wanted.items() for name in names}
        try:
            followed = {
                each.key for one in every for each in executor.loader.graph.node_map[one].parents if each.key[0] == one[0]
            }
            executor.migrate(sorted(every - followed))
        except (NodeNotFoundError, KeyError):
            raise OtherMigrations(version="", difference="a migration is unknown", to_do="use the version that made it") from None
        reached = _here(schema)
    if {app: sorted(names) for app, names in reached.items()} != {app: sorted(names) for app, names in wanted.items()}:
        raise OtherMigrations(version="", difference="its migrations do not follow from each other", to_do="use another copy")


def _analyze(schema: str, files: Sequence[manifest.File]) -> None:
    """Let the planner know the new tables, so that the checks which follow read them well."""
    for file in files:
        if file.rows > 1_000:
            bare.run(sql.SQL("ANALYZE {}.{}").format(sql.Identifier(schema), sql.Identifier(file.table)))


@contextmanager
def _path_ours(schema: str) -> Iterator[None]:
    """Let the block change path and settings in the context of a schema; whoever comes after sets their own."""
    with coops.inside(schema), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        try:
            yield
        finally:
            connection.forget_context()  # type: ignore[attr-defined]  # our backend's


@contextmanager
def _refused(what: str) -> Iterator[None]:
    """Turn what the database says about the rows into a refusal, without the rows themselves."""
    try:
        yield
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError, DatabaseError) as error:
        cause: Any = error if isinstance(error, psycopg.Error) else error.__cause__
        if isinstance(cause, psycopg.OperationalError):
            raise
        said = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
        raise RowsRefused(table=what, why=(said or type(cause).__name__)[:200]) from None


def _raw() -> Any:
    """Return the driver's own connection, with Django's transaction and context on it."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connection.connection
