"""Trying again what the database asks to be tried again: serialisation, deadlock, lock not available.

The whole transaction is repeated with the same idempotency key, so a commit that did happen is
found again instead of being made twice. Only an outermost transaction can be repeated.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

TRIES = 5
FIRST_PAUSE = 0.02
AGAIN = frozenset({"40001", "40P01", "55P03"})
"""serialization_failure, deadlock_detected, lock_not_available"""
LOST = frozenset({"08006", "57P01", "57P02", "08003", "08000"})
"""The connection broke: whether a commit happened is only known by the key."""

Result = TypeVar("Result")


def again(work: Callable[[], Result], *, tries: int = TRIES) -> Result:
    """Run `work`, one whole transaction that carries its idempotency key, and repeat it when the database asks.

    At most `tries` times, with a pause that doubles and is spread by chance. Also repeats after a
    broken connection, which is why the key must be the same each time. Any other error, and the last
    one, goes through. Refuses to run inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("only an outermost transaction can be repeated")
    for attempt in range(1, tries + 1):
        try:
            return work()
        except OperationalError as error:
            if attempt == tries or not may_retry(error):
                raise
            connection.close_if_unusable_or_obsolete()
        time.sleep(FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311  # spreads rivals, hides nothing
    raise AssertionError("unreachable")


def may_retry(error: BaseException) -> bool:
    """Tell whether the same transaction may work when it is tried again."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError)  # the server went away without a word
    return state in AGAIN or state in LOST
