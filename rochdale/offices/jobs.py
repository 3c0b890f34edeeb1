"""What offices do by themselves: tell who answers for the law when it changes."""

from __future__ import annotations

from rochdale.shared import actor, clock, ids

from . import actions


def tell_of_law() -> int:
    """Tell the officers what changed in the co-op's law; returns how many notices are out for it. Safe to repeat."""
    now = clock.now()
    return actions.tell_of_law(
        actor=actor.job("offices.tell_of_law"), now=now, key=ids.derived_key("offices.tell_of_law", now.date())
    )
