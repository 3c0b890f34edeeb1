"""Who may act, said beside each action: small rules joined with `|`.

A rule never looks anything up by itself: it is asked with the offices the actor holds at
the moment, and with the arguments of the action. What no rule allows is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .actor import Actor

STRONG_OFFICES = frozenset({"board", "chair", "secretary", "treasurer", "cashier"})
"""Offices that count only for a log-in with a second factor."""

Arguments = Mapping[str, Any]
Offices = frozenset[str]


@dataclass(frozen=True, slots=True)
class Who:
    """A rule with a name for people and its test."""

    words: str
    allows: Callable[[Actor, Offices, Arguments], bool]
    inside_only: bool = False

    def __or__(self, other: Who) -> Who:
        first, second = self.allows, other.allows
        return Who(
            words=f"{self.words} or {other.words}",
            allows=lambda actor, held, given: first(actor, held, given) or second(actor, held, given),
            inside_only=self.inside_only and other.inside_only,
        )


def office(*codes: str) -> Who:
    """Allow a person who holds one of these offices now."""
    wanted = frozenset(codes)
    return Who(" or ".join(codes), lambda actor, held, given: actor.kind == "person" and bool(wanted & held))


def own(argument: str) -> Who:
    """Allow the person whose party reference is this argument: their own wallet, share, play."""
    return Who(
        f"the {argument} in person",
        lambda actor, held, given: actor.kind == "person" and actor.party is not None and actor.party == given.get(argument),
    )


anyone = Who("any person with a log-in", lambda actor, held, given: actor.kind == "person" and actor.person is not None)
known = Who("somebody this co-op knows", lambda actor, held, given: actor.kind == "person" and actor.party is not None)
"""Has a party here, with a log-in or acting at the desk."""
everybody = Who("everybody", lambda actor, held, given: True)
by_resolution = Who("an executed resolution", lambda actor, held, given: actor.kind == "resolution")
jobs = Who("a scheduled job", lambda actor, held, given: actor.kind == "job")
host_operator = Who("the operator of the host", lambda actor, held, given: actor.kind == "operator")
inside = Who("another action", lambda actor, held, given: False, inside_only=True)
"""Only from inside an action that was itself allowed: `ledger.post` is nobody's own to call."""
