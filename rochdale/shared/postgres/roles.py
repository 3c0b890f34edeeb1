"""The roles: who may do what in the database, before any table is looked at.

- `rochdale_owner` owns every table and runs migrations and nothing else;
- `rochdale_app` is what the web and the workers connect as. NOINHERIT, owns nothing: it may read
  and add, and update only what a module declares. For a co-op's tables it must switch to
- one role per co-op, named like its schema, which has rights on that schema only;
- `rochdale_coops`, which all of those inherit, holds what they may do in public;
- `rochdale_auditor` reads.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

OWNER = "rochdale_owner"
APP = "rochdale_app"
AUDITOR = "rochdale_auditor"
COOPS = "rochdale_coops"

_ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER CREATEROLE INHERIT",
    APP: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOINHERIT",
    AUDITOR: "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB INHERIT",
    COOPS: "NOLOGIN NOINHERIT",
}


def ensure(connection: psycopg.Connection[Any], role: str) -> bool:
    """Make one of the roles where it is missing; return whether it was made. Needs CREATEROLE."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if known:
        return False
    # an attribute whose opposite one does not hold oneself may not even be named: leave the defaults out
    wanted = _ATTRIBUTES[role].replace("NOSUPERUSER ", "")
    connection.execute(sql.SQL("CREATE ROLE {} " + wanted).format(sql.Identifier(role)))
    return True


def set_password(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    """Set a role's password; the server keeps only its SCRAM form."""
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def prepare_database(connection: psycopg.Connection[Any]) -> None:
    """Close public to everyone but our roles. `connection` is the owner's, in the database itself."""
    database = sql.Identifier(str(connection.info.dbname))
    for line in (
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {{database}} TO {APP}, {AUDITOR}",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {COOPS}, {AUDITOR}",
    ):
        connection.execute(sql.SQL(line).format(database=database))
