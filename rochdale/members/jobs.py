"""What members does by itself: reminders of instalments."""

from __future__ import annotations

from rochdale.shared import actor, clock, ids

from . import actions


def remind_instalments() -> int:
    """Remind whose instalment is overdue, once for each instalment; returns how many were told. Safe to repeat."""
    now = clock.now()
    return int(
        actions.remind_instalments(
            actor=actor.job("members.remind_instalments"),
            now=now,
            key=ids.derived_key("members.remind_instalments", now.isoformat()),
        )
    )
