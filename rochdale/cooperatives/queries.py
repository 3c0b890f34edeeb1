"""Co-ops of this host, people's log-ins, and which co-ops a person is known to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rochdale.shared import coops, links

from . import rules
from .models import Affiliation, Coop, Person


@dataclass(frozen=True, slots=True)
class Listing:
    """A co-op as the public directory shows it."""

    slug: str
    name: str
    purpose: str
    country: str
    kit: str
    is_demo: bool
    state: str


def coop_by_slug(slug: str) -> Coop | None:
    """Return the co-op at this address, or None."""
    return Coop.objects.filter(slug=slug).first()


def here() -> Coop | None:
    """Return the co-op of the moment, or None in public."""
    if coops.current() == coops.PUBLIC:
        return None
    return Coop.objects.filter(schema_name=coops.current()).first()


def everyone() -> list[Coop]:
    """Return every co-op of this host, closed ones too, by slug."""
    return list(Coop.objects.order_by("slug"))


def directory() -> list[Listing]:
    """Return the co-ops that want to be found: listed, and not closed; by name."""
    rows = Coop.objects.filter(listed=True).exclude(state=Coop.State.CLOSED)
    found = [
        Listing(row.slug, row.name, row.purpose, row.country, row.kit, row.is_demo, row.state)
        for row in rows.only("slug", "name", "purpose", "country", "kit", "is_demo", "state")
    ]
    return sorted(found, key=lambda listing: (listing.name.casefold(), listing.slug))


def state_of(schema: str) -> str:
    """Return a co-op's state ("formation", "active" or "closed"), or the empty text for an unknown schema."""
    return Coop.objects.filter(schema_name=schema).values_list("state", flat=True).first() or ""


def time_zone() -> str:
    """Return the time zone of the co-op of the moment; UTC where there is none."""
    found = here()
    return found.time_zone if found else "UTC"


def page(name: str, *args: Any) -> str:
    """Return the address of a page of the co-op of the moment, from a job or an action as well as from a page."""
    found = here()
    return links.coop_url(found.slug, name, *args) if found else ""


def is_demo() -> bool:
    """Return whether the co-op of the moment is a demo, in which nothing is really sent."""
    found = here()
    return bool(found and found.is_demo)


def coops_of(person: UUID) -> list[Coop]:
    """Return the co-ops a person is known to, by name; closed ones too, because their books stay readable."""
    ids = Affiliation.objects.filter(person_id=person).values_list("coop_id", flat=True)
    return sorted(Coop.objects.filter(pk__in=list(ids)), key=lambda coop: (coop.name.casefold(), coop.slug))


def person(number: UUID) -> Person | None:
    """Return a log-in by its id, or None."""
    with coops.public():
        return Person.objects.filter(pk=number).first()


def person_at(address: str) -> Person | None:
    """Return the log-in with this e-mail address or phone number, or None."""
    phone, email = rules.phone_number(address), rules.email_address(address)
    with coops.public():
        if phone:
            return Person.objects.filter(phone=phone).first()
        return Person.objects.filter(email=email).first() if email else None
