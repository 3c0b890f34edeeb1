"""The ground of a bench: a throw-away server with ordinary, durable settings, and a co-op with accounts on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

PARTY = UUID("00000000-0000-7000-8000-000000000001")
FUNDS = 10**15
"""What each wallet is given first, in micro-units: no bench may run out of money."""


@dataclass(frozen=True, slots=True)
class Span:
    """Accounts of one code, with ids from `first` to `last`."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A server and a co-op on it. `spread` accounts take money quietly, `busy` ones from everybody."""

    folder: Path
    schema: str
    address: dict[str, Any]
    pgbench: str
    wallets: Span
    spread: Span
    busy: Span

    def connect(self, role: str = "rochdale_app") -> psycopg.Connection[Any]:
        """Connect as a role, inside the co-op, autocommit."""
        from rochdale.shared.postgres import addresses

        server = addresses.server()
        path = f"-c search_path={self.schema},public"
        options = f"{path} -c role={self.schema}" if role == "rochdale_app" else path
        return server.connect(role, addresses.DATABASE, options=options)


@contextmanager
def laid(*, wallets: int, folder: str = "") -> Iterator[Ground]:
    """Start a server in a fresh folder, migrate, found a co-op, open and fund its accounts; remove all at the end."""
    place = Path(folder or tempfile.mkdtemp(prefix="rochdale-bench-"))
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o711)  # the server's own user must reach its data in it
    os.environ["ROCHDALE_HOME"] = str(place)
    for name in ("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_WORKER_URL"):
        os.environ.pop(name, None)
    from rochdale.shared.postgres import addresses, setup

    try:
        setup.prepare()
        yield _prepared(place, wallets)
    finally:
        addresses.server().let_go()
        shutil.rmtree(place, ignore_errors=True)


def _prepared(place: Path, wallets: int) -> Ground:
    from django.db import connection, transaction

    from rochdale.shared import coops, keys
    from rochdale.shared.postgres import addresses, programs

    schema = coops.schema_of("bench")
    with transaction.atomic():
        coops.found(schema)
        keys.coop_key(schema)  # by one process, before many seal
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    server = addresses.server()
    address = server.address("rochdale_app", addresses.DATABASE)
    pgbench = programs.reachable(server.programs, None, server.folder).path("pgbench")
    ground = Ground(place, schema, address, pgbench, Span(0, 0), Span(0, 0), Span(0, 0))
    with ground.connect() as app:
        bank = _open(app, "assets.bench.bank", "asset", 1).first
        spread = _open(app, "income.bench.spread", "income", 3 * wallets)
        busy = _open(app, "income.bench.busy", "income", 3)
        purses = _open(app, "liabilities.bench.wallet", "liability", wallets, floor=0)
        _fund(app, bank, purses)
    with ground.connect("postgres") as root:
        root.execute("VACUUM ANALYZE")
    return Ground(place, schema, address, pgbench, purses, spread, busy)


def _open(app: psycopg.Connection[Any], code: str, kind: str, many: int, *, floor: int | None = None) -> Span:
    found = app.execute(
        "WITH made AS ("
        " INSERT INTO ledger_account (code, party, currency, kind, scale, floor, client_money, opened_at)"
        " SELECT %s, md5(%s || n)::uuid, 'EUR', %s, 6, %s, false, '2026-01-01' FROM generate_series(1, %s) n RETURNING id"
        ") SELECT min(id), max(id), count(*) FROM made",
        [code, code, kind, floor, many],
    ).fetchone()
    assert found is not None and found[1] - found[0] + 1 == found[2], "the accounts' ids must lie in one piece"
    return Span(found[0], found[1])


def _fund(app: psycopg.Connection[Any], bank: int, purses: Span) -> None:
    for first in range(purses.first, purses.last + 1, 1000):
        wallets = list(range(first, min(first + 999, purses.last) + 1))
        app.execute(
            "SELECT ledger_post(%s, '\\x00', 'bench.fund', '2026-01-01', '2026-01-01', '', 'job:bench', 'job', NULL, '', '', 1,"
            " NULL, %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])",
            [f"fund:{first}", [bank] * len(wallets), wallets, [FUNDS] * len(wallets), [""] * len(wallets)],
        )
