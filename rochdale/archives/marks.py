"""The mark on schemas that a restore has not come to the end with: no address leads to them."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from rochdale.shared import coops
from rochdale.shared.postgres import migrations

from . import bare

MARK = "rochdale restoring"


def sweep() -> list[str]:
    """Drop the schemas of a restore that did not come to its end; returns their names."""
    with coops.public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'coop%%' AND obj_description(oid, 'pg_namespace') LIKE %s",
            [MARK + "%"],
        )
        found = [str(row[0]) for row in cursor.fetchall()]
    for schema in found:
        with coops.public():
            bare.run(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
    return found


def mark(schema: str, *, restoring: bool) -> None:
    """Write on a schema that it is being restored, or that it has been; in the transaction of the moment."""
    words = f"{MARK if restoring else 'rochdale'} {migrations.fingerprint()}"
    bare.run(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema), sql.Literal(words)))
