"""The stage of the demo: the co-op, its people as actors, and a clock that the story moves."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rochdale.members import queries as members
from rochdale.shared import clock, coops
from rochdale.shared.actor import Actor

from .cast import Role


@dataclass(slots=True)
class Stage:
    """What every module's part of the demo gets. All changes go through actions, at the stage's time."""

    slug: str
    schema: str
    currency: str
    rng: random.Random
    now: datetime
    ends_at: datetime
    say: Callable[[str], None]
    persons: dict[str, UUID] = field(default_factory=dict)
    parties: dict[str, UUID] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    turns: int = 0

    @contextmanager
    def scene(self, moment: datetime) -> Iterator[datetime]:
        """Play a scene at a moment inside the co-op, in one transaction."""
        self.now = max(self.now, moment)
        with clock.at(self.now), coops.inside(self.schema):
            yield self.now

    def key(self) -> str:
        """Return the next key: the same story makes the same keys."""
        self.turns += 1
        return f"demo:{self.turns}"

    def actor(self, name: str) -> Actor:
        """Return a person of the cast, freshly and strongly signed in; call inside a scene."""
        return Actor(
            kind="person",
            via="page",
            person=self.persons.get(name),
            party=self.known(name),
            sure_at=self.now,
            strong=True,
        )

    def party(self, name: str) -> UUID:
        """Return who they are in the co-op; they must be somebody there by now."""
        found = self.known(name)
        assert found is not None, f"{name} is nobody in the co-op yet"
        return found

    def known(self, name: str) -> UUID | None:
        """Return who they are in the co-op, or None while they are nobody there."""
        if name not in self.parties and name in self.persons:
            found = members.party_of(self.persons[name])
            if found is not None:
                self.parties[name] = found
        return self.parties.get(name)

    def who(self, name: str) -> dict[str, Any]:
        """Return the three arguments every action takes, for this person now."""
        return {"actor": self.actor(name), "now": self.now, "key": self.key()}

    def days(self) -> Iterator[datetime]:
        """Yield each day from now until the story ends."""
        day = self.now
        while day < self.ends_at:
            yield day
            day += timedelta(days=1)
