"""Making many parties at once, for imports: references only, nobody's details."""

from __future__ import annotations

from datetime import datetime

from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

from ..models import Party


@action("members.make_parties", may=may.inside, recorded=False)
def make_parties(*, actor: Actor, now: datetime, key: str, count: int) -> list[str]:
    """Make so many parties of which nothing is known, and return their random references."""
    made = Party.objects.bulk_create(Party(kind="person", made_at=now) for _ in range(count))
    return [str(party.id) for party in made]
