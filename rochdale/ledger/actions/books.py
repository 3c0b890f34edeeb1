"""Closing: sets of postings (checkpoints) and periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from rochdale.ledger import queries
from rochdale.ledger.rules import Leg
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

from . import postings
from .refused import NoSuchPeriod, PeriodNotOver, named

CHECKPOINT = "SELECT ledger_checkpoint(%s, %s, %s, %s)"
CLOSE = "SELECT ledger_close_period(%s, %s, %s, %s)"
WORTH_A_ROW = 100
"""Transfers an account gathers before a checkpoint keeps their sum; a shorter tail is read as fast."""


@action("ledger.make_checkpoint", may=may.jobs, recorded=False)
def make_checkpoint(*, actor: Actor, now: datetime, key: str, whole: bool = False, at_least: int = WORTH_A_ROW) -> int | None:
    """Close the set of postings before the newest one; return its number, or None when nothing could be closed.

    Waits for nobody: a posting that is still in progress keeps its set open, and the next
    checkpoint takes it. With `whole` the newest set is closed too, and postings that begin
    meanwhile wait; for tests, quiet hours and the closing of a period.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHECKPOINT, [now, actor.principal, whole, at_least])
        closed = cursor.fetchone()[0]
        return None if closed is None else int(closed)


@action("ledger.close_period", may=may.inside, about=("starts_at", "ends_at"))
def close_period(*, actor: Actor, now: datetime, key: str, starts_at: datetime, ends_at: datetime) -> int:
    """Close the books of a time, from `starts_at` until before `ends_at`, for ever; return the period's id.

    From then on nothing can be dated into it; corrections are dated into an open period.
    Waits until no posting is in progress and closes the set of all postings so far, so that
    reports over the period can be made again exactly. A step of closing a month, which two people
    do. Refuses a time that is not over, or of which a part was closed before.
    """
    if not starts_at < ends_at <= now:
        raise PeriodNotOver()
    with connection.cursor() as cursor, named():
        cursor.execute(CLOSE, [starts_at, ends_at, now, actor.principal])
        return int(cursor.fetchone()[0])


@action("ledger.adjust", may=may.inside, recorded=False)
def adjust(*, actor: Actor, now: datetime, key: str, period: int, transfers: Sequence[Leg], reason_code: str) -> int:
    """Book an adjusting entry: a correction of a closed period, dated now; return the posting's id.

    It has the kind `ledger.adjustment` and names the period it corrects and why. Who must agree is asked by
    the action this is a step of. Refuses a period that is not closed, and what `post` refuses.
    """
    if queries.closed_period(period) is None:
        raise NoSuchPeriod()
    return postings.post(
        actor=actor,
        now=now,
        key=key,
        kind="ledger.adjustment",
        transfers=transfers,
        happened_at=now,
        source=queries.adjusts(period, reason_code),
        tax="outside",
    )
