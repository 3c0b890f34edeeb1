"""Which co-op the database connection of this thread is in: the one typed door to it.

    with coops.inside(coop.schema_name):
        …                                   # one transaction in that co-op

Objects stay in the co-op they were read in: `save()` writes into the co-op of the moment. Pass
ids from one co-op to another, never objects, and read lazy querysets before you leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

PUBLIC = "public"
TEMPLATE = "coop_template"
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SLUG_LENGTH = 40


def current() -> str:
    """Return the schema of the moment: a co-op's, or "public"."""
    return str(getattr(connection, "schema_name", None) or PUBLIC)


def schema_of(slug: str) -> str:
    """Return the schema name of a co-op's slug (lower-case letters, digits, single hyphens; at most 40)."""
    if len(slug) > SLUG_LENGTH or not _SLUG.fullmatch(slug):
        raise ValueError(f"not a slug: {slug!r}")
    return "coop_" + slug.replace("-", "_")


@contextmanager
def inside(schema_name: str) -> Iterator[None]:
    """Run the block in one co-op, in a transaction (a savepoint inside an outer one); then go back."""
    earlier = current()
    enter(schema_name)
    try:
        with transaction.atomic():
            yield
    finally:
        enter(earlier)


@contextmanager
def public() -> Iterator[None]:
    """Run the block in public, in a transaction (a savepoint inside an outer one); then go back."""
    with inside(PUBLIC):
        yield


def enter(schema_name: str) -> None:
    """Make a schema the context from the next statement on; for middleware and tests, others use `inside`."""
    connection.set_schema(schema_name)  # type: ignore[attr-defined]  # our backend's


def everywhere() -> list[str]:
    """Return the schema of every co-op in this database, by name; the template is none."""
    with public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace n WHERE nspname LIKE %s AND nspname <> %s AND EXISTS "
            "(SELECT FROM pg_class WHERE relnamespace = n.oid AND relname = 'django_migrations') ORDER BY nspname",
            [r"coop\_%", TEMPLATE],
        )
        return [str(row[0]) for row in cursor.fetchall()]


def found(schema_name: str) -> None:
    """Make a co-op's schema by copying the template, within the transaction of the moment.

    The name must be of the form `schema_of` gives; refused by the database otherwise, or when it
    exists. Rolled back, it leaves nothing, not even the role.
    """
    with public(), connection.cursor() as cursor:
        cursor.execute("SELECT public.found_schema(%s)", [schema_name])
