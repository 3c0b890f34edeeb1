"""SQL files of modules: `<module>/sql/NNNN_name.sql`, cut into single statements.

Citus and poolers take one statement per execution, so a file is cut at lines that say
`-- statement` and nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.db.migrations.operations import RunSQL

_CUT = re.compile(r"^-- statement[ \t]*$", re.MULTILINE)


def statements(file: Path) -> list[str]:
    """Return the statements of a file, in order."""
    return [part.strip().rstrip(";") for part in _CUT.split(file.read_text()) if part.strip()]


def run(migration_file: str, name: str) -> RunSQL:
    """Return a migration's operation that runs `<module>/sql/<name>.sql`; give it the migration's `__file__`.

    Table names in it stay unqualified: the operation runs once in each schema the module's tables lie in.
    """
    file = Path(migration_file).parent.parent / "sql" / f"{name}.sql"
    return RunSQL(list(statements(file)), reverse_sql=RunSQL.noop)


def append_only(*tables: str) -> RunSQL:
    """Return a migration's operation that makes tables append-only: UPDATE, DELETE and TRUNCATE are refused."""
    return RunSQL(
        [f"SELECT public.append_only('{table}')" for table in tables],
        reverse_sql=[f"DROP TRIGGER {name} ON {table}" for table in tables for name in ("append_only_rows", "append_only_table")],
    )
