"""Rights on tables, derived from what each module declares beside its models.

Every table may be read and added to. `UPDATABLE = {"Model": ("column", …) or "*"}` and
`DELETABLE = ("Model",)` in a module's `models.py` are the only ways to more; TRUNCATE is never
given. Django's own and the libraries' tables, all of them in public, are listed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.db import connection
from django.db.models import Model
from psycopg import sql

from rochdale.shared import module

from . import roles

PUBLIC = "public"
LIBRARIES_THAT_CHANGE_ROWS = frozenset({"sessions", "account", "mfa", "socialaccount", "usersessions", "procrastinate"})
CACHE_TABLE = "rochdale_cache"
SECRETS = frozenset({"django_session", CACHE_TABLE, "mfa_authenticator"})
"""What lets a reader be somebody else: sessions (with the codes a log-in waits for), limits of tries, second factors.

The auditor reads the books, not these; and a statement that slipped into a co-op's page reaches none of them."""
HASHES = {"cooperatives_person": "password"}
"""Columns that neither the auditor nor a co-op reads, for the same reason."""


@dataclass(frozen=True, slots=True)
class Change:
    """More than reading and adding: columns that may be updated (or "*"), and whether rows may be deleted."""

    table: str
    columns: tuple[str, ...]
    delete: bool


def declared() -> list[Change]:
    """Return what modules and libraries declare to change, in the order of their tables' names."""
    changes = [Change(CACHE_TABLE, ("*",), True)]
    for config in apps.get_app_configs():
        if isinstance(config, module.Module):
            changes += _of_module(config)
        elif config.label in LIBRARIES_THAT_CHANGE_ROWS:
            tables = {model._meta.db_table for model in config.get_models(include_auto_created=True)}
            changes += [Change(table, ("*",), True) for table in tables]
    return sorted(changes, key=lambda change: change.table)


def grant(schema: str) -> None:
    """Give every role its rights on the tables of one schema, and take back any other. Owner only; in a transaction.

    Public's rights go to the app and to all co-ops; a co-op's own to its role. The auditor reads both.
    """
    users = [roles.APP, roles.COOPS] if schema == PUBLIC else [schema]
    place = sql.Identifier(schema)
    with connection.cursor() as cursor:
        if schema != PUBLIC:
            cursor.execute("SELECT public.make_coop_role(%s)", [schema])
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'", [schema])
        tables = {str(row[0]) for row in cursor.fetchall()}
        for line in _lines(place, users, tables):
            cursor.execute(line)


def _lines(place: sql.Identifier, users: Sequence[str], tables: set[str]) -> Iterator[sql.Composed]:
    names = sql.SQL(", ").join(map(sql.Identifier, users))
    readers = sql.SQL(", ").join(map(sql.Identifier, [*users, roles.AUDITOR]))
    given = {"place": place, "names": names, "readers": readers}
    for words in (
        "GRANT USAGE ON SCHEMA {place} TO {readers}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA {place} FROM {readers}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {place} TO {readers}",
        "GRANT INSERT ON ALL TABLES IN SCHEMA {place} TO {names}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {place} GRANT SELECT ON TABLES TO {readers}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {place} GRANT INSERT ON TABLES TO {names}",
    ):
        yield sql.SQL(words).format(**given)
    if roles.APP in users:  # the queue's numbers; a co-op's are identity columns, which need no right
        yield sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {place} TO {names}").format(**given)
    if "django_migrations" in tables:
        yield sql.SQL("REVOKE INSERT ON {place}.django_migrations FROM {names}").format(**given)
    yield from _kept_back(place, tables, roles.AUDITOR)
    for change in declared():
        if change.table not in tables:
            continue
        table = sql.Identifier(change.table)
        if change.columns == ("*",):
            yield sql.SQL("GRANT UPDATE ON {place}.{table} TO {names}").format(table=table, **given)
        elif change.columns:
            columns = sql.SQL(", ").join(map(sql.Identifier, change.columns))
            yield sql.SQL("GRANT UPDATE ({columns}) ON {place}.{table} TO {names}").format(table=table, columns=columns, **given)
        if change.delete:
            yield sql.SQL("GRANT DELETE ON {place}.{table} TO {names}").format(table=table, **given)
    if roles.COOPS in users:
        yield from _kept_back(place, tables, roles.COOPS)


def _kept_back(place: sql.Identifier, tables: set[str], role: str) -> Iterator[sql.Composed]:
    reader = sql.Identifier(role)
    for name in sorted((SECRETS | HASHES.keys()) & tables):
        line = sql.SQL("REVOKE ALL ON {place}.{table} FROM {reader}")
        yield line.format(place=place, table=sql.Identifier(name), reader=reader)
    for model in apps.get_models():
        name = model._meta.db_table
        if name in HASHES and name in tables:
            columns = [str(field.column) for field in model._meta.concrete_fields if field.column != HASHES[name]]
            line = sql.SQL("GRANT SELECT ({columns}) ON {place}.{table} TO {reader}")
            listed = sql.SQL(", ").join([sql.Identifier(column) for column in columns])
            yield line.format(columns=listed, place=place, table=sql.Identifier(name), reader=reader)


def _of_module(config: AppConfig) -> Iterable[Change]:
    if not find_spec(f"{config.name}.models"):
        return []
    models = import_module(f"{config.name}.models")
    updatable: dict[str, tuple[str, ...] | str] = getattr(models, "UPDATABLE", {})
    deletable: tuple[str, ...] = getattr(models, "DELETABLE", ())
    changes = []
    for name in {*updatable, *deletable}:
        model = config.get_model(name)
        columns = updatable.get(name, ())
        columns = ("*",) if "*" in columns else tuple(_column(model, field) for field in columns)
        changes.append(Change(model._meta.db_table, columns, name in deletable))
    return changes


def _column(model: type[Model], field: str) -> str:
    column: str | None = getattr(model._meta.get_field(field), "column", None)
    if column is None:
        raise ValueError(f"{model.__name__}.{field} is not a column that could be updated")
    return column
