"""Who a log-in is in this co-op, who acts for whom, and which parties are one human."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from rochdale.privacy import queries as privacy
from rochdale.shared.actor import Actor, Via

from ..models import Party, Representative


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party without its name."""

    party: UUID
    kind: str
    person: UUID | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Acting:
    """A party somebody may act as: themselves, or an organisation they represent."""

    party: UUID
    name: str
    kind: str


def party(party: UUID) -> PartyView | None:
    """Return a party, or None where this co-op has no such reference."""
    row = Party.objects.filter(pk=party).first()
    return PartyView(row.id, row.kind, row.person, row.made_at) if row else None


def party_of(person: UUID) -> UUID | None:
    """Return the party a log-in has in this co-op, or None."""
    return Party.objects.filter(person=person).values_list("id", flat=True).first()


def with_log_in(parties: Collection[UUID]) -> set[UUID]:
    """Return those of these parties that have a log-in."""
    return set(Party.objects.filter(pk__in=parties, person__isnull=False).values_list("id", flat=True))


def person_of(party: UUID) -> UUID | None:
    """Return the log-in behind a party, or None (an organisation, or a person without one)."""
    return Party.objects.filter(pk=party).values_list("person", flat=True).first()


def represents(representative: UUID, organisation: UUID, at: datetime) -> bool:
    """Say whether a person's party may act for an organisation at a moment."""
    return _standing_for(at).filter(representative=representative, organisation=organisation).exists()


def organisations_of(representative: UUID, at: datetime) -> list[UUID]:
    """Return the organisations a person's party may act for at a moment."""
    return list(_standing_for(at).filter(representative=representative).order_by("id").values_list("organisation", flat=True))


def others_for(organisation: UUID, besides: UUID, at: datetime) -> bool:
    """Say whether anybody besides this party acts for an organisation at a moment."""
    return _standing_for(at).filter(organisation=organisation).exclude(representative=besides).exists()


def representatives_of(organisation: UUID, at: datetime) -> list[UUID]:
    """Return the parties that act for an organisation at a moment."""
    return list(_standing_for(at).filter(organisation=organisation).order_by("id").values_list("representative", flat=True))


def acting_for(person: UUID, at: datetime) -> list[Acting]:
    """Return everything a log-in may act as here: its own party first, then organisations, with names."""
    own = party_of(person)
    if own is None:
        return []
    parties = [own, *organisations_of(own, at)]
    names = privacy.names(parties)
    kinds = dict(Party.objects.filter(pk__in=parties).values_list("id", "kind"))
    return [Acting(each, names.get(each, ""), kinds[each]) for each in parties]


def actor_for(
    *,
    person: UUID,
    via: Via,
    now: datetime,
    sure_at: datetime | None = None,
    strong: bool = False,
    scopes: frozenset[str] | None = None,
    acting_as: UUID | None = None,
) -> Actor:
    """Return the actor that a log-in is in the co-op of the moment.

    `acting_as` is an organisation they chose to act for; it is ignored when they do not
    represent it at `now`, so that an ended appointment ends at the next request.
    """
    own = party_of(person)
    chosen = own
    if own is not None and acting_as is not None and acting_as != own and represents(own, acting_as, now):
        chosen = acting_as
    return Actor(kind="person", via=via, person=person, party=chosen, scopes=scopes, sure_at=sure_at, strong=strong)


def stands_for(person: UUID, party: UUID, now: datetime) -> bool:
    """Say whether a log-in acts for a party: for an organisation only while it represents it."""
    if not Party.objects.filter(pk=party, kind="organisation").exists():
        return True
    own = party_of(person)
    return own is not None and represents(own, party, now)


def humans_behind(party: UUID, at: datetime) -> frozenset[str]:
    """Return marks of the humans behind a party: log-in, party and contact fingerprints, representatives included."""
    parties = {party} | set(_standing_for(at).filter(organisation=party).values_list("representative", flat=True))
    found = {f"party:{each}" for each in parties}
    for row in Party.objects.filter(pk__in=parties):
        if row.person is not None:
            found.add(f"person:{row.person}")
        if row.kind == "person":
            found |= {f"mark:{mark}" for mark in privacy.marks(row.id)}
    return frozenset(found)


def is_same_human(first: UUID, second: UUID, at: datetime) -> bool:
    """Say whether one human stands behind both parties: same log-in, phone or address, or as a representative."""
    return first == second or bool(humans_behind(first, at) & humans_behind(second, at))


def _standing_for(at: datetime) -> QuerySet[Representative]:
    return Representative.objects.filter(Q(until_at__isnull=True) | Q(until_at__gt=at), from_at__lte=at)


def parties_of_same_human(party: UUID, at: datetime) -> frozenset[UUID]:
    """Return every party behind which a human of this one stands: themselves under another entry, and organisations."""
    humans = {party} | set(_standing_for(at).filter(organisation=party).values_list("representative", flat=True))
    humans |= privacy.sharing(humans)
    organisations = _standing_for(at).filter(representative__in=humans).values_list("organisation", flat=True)
    return frozenset(humans | set(organisations))
