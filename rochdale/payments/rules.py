"""Pure rules of the desk: when two people are needed, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

ROLLING = timedelta(hours=24)
"""Amounts of the last day count together, so that two payouts just under the limit are one above it."""

REJECTIONS = ("amount_looks_wrong", "person_not_recognised", "paper_missing", "not_covered", "mistake")
"""Why a second person may say no."""


def second_person_needed(amount: int, *, earlier: Sequence[int], limit: int, officer_is_receiver: bool) -> str:
    """Return why a second person is needed, or the empty string. Amounts in micro-units.

    `own` when the officer would serve themselves, `limit` when the amount alone is above the
    bylaws' limit, `rolling` when it is with what the same human moved in the last 24 hours.
    """
    if officer_is_receiver:
        return "own"
    if amount > limit:
        return "limit"
    return "rolling" if amount + sum(earlier) > limit else ""


def covered(*, cash: int, owed: int) -> bool:
    """Say whether the money held for people covers what is owed to them."""
    return cash >= owed


UNDO_REASONS = ("mistake", "not_the_same_money", "found_better")
"""Why a match is taken back."""
SUSPENSE_REASONS = ("payer_unknown", "purpose_unknown", "amount_differs", "sent_by_mistake", "bank_asked")
"""Why money is put aside."""
NOT_CLOSED = ("looks_wrong", "something_missing", "mistake")
"""Why a second person does not close a month, or does not approve an adjusting entry."""
ADJUSTMENTS = ("wrong_account", "wrong_amount", "left_out", "booked_twice", "accrual", "audit_finding")
"""Why a closed month is corrected."""
