"""What the desk does by itself: the daily check of cover, in every currency the co-op has money in."""

from __future__ import annotations

from rochdale.shared import actor, clock, ids

from . import actions, queries


def check_cover() -> list[str]:
    """Record the day's check for each currency; returns the currencies that are not covered. Safe to repeat within a day."""
    now = clock.now()
    short: list[str] = []
    for currency in queries.currencies():
        result = actions.check_cover(
            actor=actor.job("payments.check_cover"),
            now=now,
            key=ids.derived_key("payments.check_cover", currency, now.date()),
            currency=currency,
        )
        if not result["covered"]:
            short.append(currency)
    return short
