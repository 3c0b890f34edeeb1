"""Whether the database still refuses to change what may only be added to: its triggers, as they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rochdale.shared import coops, module
from rochdale.shared.postgres import rights

from .seals import rows

ROWS = "append_only_rows"
"""The trigger that refuses changes of rows (shared/postgres/sql/0001_append_only.sql)."""


def unprotected_tables() -> list[str]:
    """Return the tables of the co-op of the moment on which a trigger is switched off, or the one that refuses changes lacks.

    Only somebody with the owner's rights can do that: for as long as it lasts, the next seal is all that stands.
    """
    sealed = [each for plug in module.installed() for each in plug.sealed()]
    parts = {each.parts.table for each in sealed if each.parts}
    only_added = ({each.table for each in sealed} | parts) - {change.table for change in rights.declared()}
    found = rows(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND ("
        "EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgenabled = 'D') OR (c.relname = ANY(%s) AND NOT EXISTS "
        "(SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = %s))) ORDER BY 1",
        [coops.current(), sorted(only_added), ROWS],
    )
    return [str(row[0]) for row in found]


def tables_open_to_changes() -> Sequence[dict[str, Any]]:
    """Return the same as rows of a book check."""
    return [{"table": table} for table in unprotected_tables()]
