"""The balance of an account with very many transfers against that of one with few, both busy ones without a stored balance."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import psycopg

from rochdale.ledger.queries.totals import CURRENT

from .ground import Ground, Span

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Times:
    """Middle milliseconds of one balance: of the large and the small account, and of the large one before its checkpoint."""

    large: float
    small: float
    unclosed: float

    @property
    def ratio(self) -> float:
        return self.large / self.small


def measure(ground: Ground, *, large: int, small: int, tail: int, rounds: int = 300) -> Times:
    """Post so many transfers to two accounts, close the books, post a tail to both, and read their balances in turn."""
    big, little = ground.spread.first, ground.spread.first + 1
    with ground.connect() as app:
        _fill(app, big, ground.busy, large, "large")
        _fill(app, little, ground.busy, small, "small")
        unclosed = _read(app, big, 5)
        for _ in range(2):
            app.execute("SELECT ledger_checkpoint(%s, 'job:bench', false, 100)", [MOMENT])
        _fill(app, big, ground.busy, tail, "large tail")
        _fill(app, little, ground.busy, tail, "small tail")
        with ground.connect("postgres") as root:
            root.execute("VACUUM ANALYZE")
        _read(app, big, 20)
        pairs = [(_read(app, big, 1), _read(app, little, 1)) for _ in range(rounds)]
    return Times(median(pair[0] for pair in pairs), median(pair[1] for pair in pairs), unclosed)


def _fill(app: psycopg.Connection[object], account: int, other: Span, many: int, name: str) -> None:
    """Post transfers to an account, a thousand legs to a posting: quick to make, as slow to add up as any."""
    for first in range(0, many, 1000):
        size = min(1000, many - first)
        app.execute(
            "SELECT ledger_post(%s, '\\x00', 'bench.fill', %s, %s, '', 'job:bench', 'job', NULL, '', '', 1, NULL,"
            " %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])",
            [f"{name}:{first}", MOMENT, MOMENT, [other.first] * size, [account] * size, [1] * size, [""] * size],
        )


def _read(app: psycopg.Connection[object], account: int, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        app.execute(CURRENT, [account]).fetchone()
        times.append((time.perf_counter() - started) * 1000)
    return median(times)
