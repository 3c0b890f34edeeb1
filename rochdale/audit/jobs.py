"""The audit's work by the clock: seals each hour, all of them verified each night."""

from __future__ import annotations

from rochdale.shared import actor, clock, ids
from rochdale.shared.module import Job

from . import actions

SEAL = "audit.make_seal"


def make_seal() -> int | None:
    """Seal what was recorded since the last seal."""
    now = clock.now()
    found = actions.make_seal(actor=actor.job(SEAL), now=now, key=ids.derived_key(SEAL, now.isoformat()))
    return None if found is None else int(found)


JOBS = (Job(name=SEAL, cron="23 * * * *", per_coop=True, run=make_seal),)
