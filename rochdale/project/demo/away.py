"""Throw the demo away, and never anything else."""

from __future__ import annotations

import shutil

from django.db import connection
from psycopg import sql

from rochdale.cooperatives import queries as directory
from rochdale.shared import coops
from rochdale.shared.postgres import addresses, setup


class NotADemo(RuntimeError):
    """This host holds real co-operatives, or somebody uses the demo now."""


def throw_away() -> None:
    """Remove the demo co-op and, on the embedded server, the whole database with it.

    Refuses where a co-op on this host is no demo, and while another process serves it.
    """
    setup.prepare(migrate=False)
    with coops.public():
        everyone = [(coop.slug, coop.schema_name, coop.is_demo) for coop in directory.everyone()]
    real = [slug for slug, _schema, is_demo in everyone if not is_demo]
    if real:
        raise NotADemo(f"This host holds real co-operatives ({', '.join(real)}), so nothing was thrown away.")
    if addresses.is_embedded():
        _remove_server()
    else:
        for slug, schema, _is_demo in everyone:
            _drop(slug, schema)


def _remove_server() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    server = addresses.server()
    setup.let_go()
    if server.running() is not None:
        setup.hold()
        raise NotADemo("The demo is being served by another process. Nothing was thrown away: stop it first (Ctrl-C there).")
    shutil.rmtree(server.data)


def _drop(slug: str, schema: str) -> None:
    """Drop one demo co-op from a database of the operator's own; log-ins stay."""
    with setup.as_owner(), coops.public(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM cooperatives_affiliation USING cooperatives_coop c WHERE coop_id = c.id AND c.slug = %s", [slug]
        )
        cursor.execute("DELETE FROM cooperatives_coop WHERE slug = %s", [slug])
        cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)).as_string(cursor.cursor))
        cursor.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(schema)).as_string(cursor.cursor))
        cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(schema)).as_string(cursor.cursor))
