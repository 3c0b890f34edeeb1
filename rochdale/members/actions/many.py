"""Making many parties at once, for imports: references only, nobody's details."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rochdale.privacy import actions as privacy
from rochdale.shared import ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

from ..models import Party
from .known import recorded


@action("members.make_parties", may=may.inside, recorded=False)
def make_parties(*, actor: Actor, now: datetime, key: str, count: int) -> list[str]:
    """Make so many parties of which nothing is known, and return their random references."""
    made = Party.objects.bulk_create(Party(kind="person", made_at=now) for _ in range(count))
    return [str(party.id) for party in made]


@action("members.take_in_people", may=may.inside, recorded=False)
def take_in_people(*, actor: Actor, now: datetime, key: str, names: Sequence[str]) -> list[UUID]:
    """Make a party for each name by which other books call a person's own account; the names go to the vault."""
    parties = [UUID(party) for party in make_parties(actor=actor, now=now, key=key, count=len(names))]
    known = {party: {"name": name} for party, name in zip(parties, names, strict=True)}
    privacy.keep_many(actor=actor, now=recorded(now), key=ids.derived_key(key, "names"), retention_class="register", fields=known)
    return parties
