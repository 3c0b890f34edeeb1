"""The ledger's work by the clock: checkpoints each hour, holds that ran out, the books checked each night."""

from __future__ import annotations

from rochdale.ledger import actions, invariants
from rochdale.shared import actor, clock, ids
from rochdale.shared.module import Job

CHECKPOINT = "ledger.make_checkpoint"
EXPIRE = "ledger.expire_holds"
CHECK = "ledger.check_books"
AT_ONCE = 1000


def make_checkpoint() -> int | None:
    """Close the set of postings before the newest one."""
    now = clock.now()
    return actions.make_checkpoint(actor=actor.job(CHECKPOINT), now=now, key=ids.derived_key(CHECKPOINT, now.isoformat()))


def expire_holds() -> int:
    """End the holds whose time is over, in batches, and return how many."""
    ended = 0
    while True:
        now = clock.now()
        key = ids.derived_key(EXPIRE, now.isoformat(), ended)
        batch = actions.expire_holds(actor=actor.job(EXPIRE), now=now, key=key, most=AT_ONCE)
        ended += batch
        if batch < AT_ONCE:
            return ended


def check_books() -> None:
    """Check every truth about the books; a broken one fails the job, so that the operator hears of it."""
    broken = invariants.check_all()
    if broken:
        raise AssertionError("; ".join(f"{number}: {len(rows)} rows" for number, rows in broken.items()))


JOBS = (
    Job(name=CHECKPOINT, cron="7 * * * *", per_coop=True, run=make_checkpoint),
    Job(name=EXPIRE, cron="*/5 * * * *", per_coop=True, run=expire_holds),
    Job(name=CHECK, cron="41 2 * * *", per_coop=True, run=check_books),
)
