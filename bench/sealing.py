"""Sealing three-leg postings against posting them in batches, in turn in one run: does it keep up?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from . import batch
from .ground import Ground


@dataclass(frozen=True, slots=True)
class Rates:
    """Postings per second: sealed, and posted in batches just before; one pair for each round. `checked`: verified."""

    sealed: list[float]
    posted: list[float]
    checked: float

    @property
    def ratio(self) -> float:
        return median(mine / theirs for mine, theirs in zip(self.sealed, self.posted, strict=True))


def measure(ground: Ground, *, batches: int, rounds: int = 3) -> Rates:
    """Post batches of a thousand, close their set, seal it, and verify everything at the end."""
    from rochdale.audit import actions, verifying
    from rochdale.shared import actor, coops

    sealed, posted, number = [], [], 10_000
    for _round in range(rounds + 1):
        with ground.connect() as app:
            spent = 0.0
            for _each in range(batches):
                spent += batch._post(app, list(batch._batch(ground, size=1000, number=number)))
                number += 1
            moment = batch.START + timedelta(days=301, seconds=number)
            app.execute("SELECT ledger_checkpoint(%s, 'job:bench', true, 100)", [moment])
        started = time.perf_counter()
        with coops.inside(ground.schema):
            actions.make_seal(actor=actor.job("bench"), now=moment, key=f"bench:{number}")
        sealed.append(batches * 1000 / (time.perf_counter() - started))
        posted.append(batches * 1000 / spent)
    started = time.perf_counter()
    with coops.inside(ground.schema):
        found = verifying.verify()
    assert found.ok, found.first
    return Rates(sealed[1:], posted[1:], found.records / (time.perf_counter() - started))
