"""A thousand three-leg postings per statement, against COPY of the same rows into the same tables, without triggers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from typing import Any

import psycopg

from rochdale.ledger.actions import postings
from rochdale.ledger.rules import Leg, NewPosting
from rochdale.shared import actor

from .ground import PARTY, Ground

START = datetime(2026, 3, 1, tzinfo=UTC)
POSTING_COLUMNS = (
    "id", "key", "body", "kind", "happened_at", "recorded_at", "source", "actor", "via", "party", "standing", "tax",
    "bylaws_version", "reverses", "legs", "epoch",
)  # fmt: skip
TRANSFER_COLUMNS = ("posting_id", "debit_id", "credit_id", "amount", "epoch", "place", "role")


@dataclass(frozen=True, slots=True)
class Rates:
    """Postings per second of each batch, ours and the reference's, in turn."""

    ours: list[float]
    copied: list[float]

    @property
    def ratio(self) -> float:
        return median(mine / theirs for mine, theirs in zip(self.ours, self.copied, strict=True))


def measure(ground: Ground, *, batches: int, size: int = postings.BATCH) -> Rates:
    """Post and copy batches in turn, each its own transaction on one connection, and return their rates."""
    with ground.connect("postgres") as root, ground.connect() as app:
        for table in ("posting", "transfer"):
            root.execute(f"CREATE TABLE copied_{table} (LIKE ledger_{table} INCLUDING ALL)")
        ours, copied = [], []
        for number in range(batches + 1):
            batch = list(_batch(ground, size=size, number=number))
            mine, theirs = _post(app, batch), _copy(root, batch, number * size)
            if number:  # the first warms up
                ours.append(size / mine)
                copied.append(size / theirs)
        for table in ("posting", "transfer"):
            root.execute(f"DROP TABLE copied_{table}")
    return Rates(ours, copied)


def _batch(ground: Ground, *, size: int, number: int) -> Iterator[NewPosting]:
    """Make a batch of plays; seeded, so that every run posts the same."""
    chance = Random(number)
    for place in range(size):
        wallet = chance.randint(ground.wallets.first, ground.wallets.last)
        artist = chance.randint(ground.spread.first, ground.spread.last)
        coop, tax = ground.busy.first, ground.busy.first + 1
        legs = (Leg(wallet, artist, 1400, "price"), Leg(wallet, coop, 600, "price"), Leg(wallet, tax, 460, "tax"))
        happened = START + timedelta(seconds=number * size + place)
        key = f"batch:{number}:{place}"
        yield NewPosting(key, "bench.play", legs, happened, f"bench.play:{place}", PARTY, "listener", "inclusive")


def _post(app: psycopg.Connection[Any], batch: list[NewPosting]) -> float:
    versions = {posting.happened_at: 1 for posting in batch}
    given = postings.arrays(batch, actor=actor.job("bench"), now=START + timedelta(days=300), versions=versions)
    started = time.perf_counter()
    with app.transaction(), app.cursor() as cursor:
        cursor.execute(postings.POST_MANY, given)
    return time.perf_counter() - started


def _copy(root: psycopg.Connection[Any], batch: list[NewPosting], first: int) -> float:
    rows = [
        (
            *(first + place, posting.key, b"\x5f" * 32, posting.kind, posting.happened_at, START + timedelta(days=300)),
            *(posting.source, "job:bench", "job", posting.party, posting.standing, posting.tax, 1, None, 3, 0),
        )
        for place, posting in enumerate(batch)
    ]
    legs = [
        (first + place, leg.debit, leg.credit, leg.amount, 0, number, leg.role)
        for place, posting in enumerate(batch)
        for number, leg in enumerate(posting.transfers, 1)
    ]
    started = time.perf_counter()
    with root.transaction(), root.cursor() as cursor:
        for table, columns, found in (("posting", POSTING_COLUMNS, rows), ("transfer", TRANSFER_COLUMNS, legs)):
            with cursor.copy(f"COPY copied_{table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in found:
                    copy.write_row(row)
    return time.perf_counter() - started
