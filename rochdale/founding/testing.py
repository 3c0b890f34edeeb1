"""Makers for a founding: seven founders with log-ins, a plan, and a co-op that lives."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from rochdale.cooperatives import actions as cooperatives
from rochdale.cooperatives import queries as directory
from rochdale.messages import queries as messages
from rochdale.shared import actor as actors
from rochdale.shared import coops
from rochdale.shared.actor import Actor

from . import actions, queries
from .rules import Invited

PEOPLE = {
    "grace": Invited("grace@example.org", ("listener",), ("chair",)),
    "carmen": Invited("carmen@example.org", ("worker",), ("secretary",)),
    "ada": Invited("ada@example.org", ("listener",), ("treasurer",)),
    "finn": Invited("finn@example.org", ("listener",), ("cashier",)),
    "bruno": Invited("bruno@example.org", ("artist",), ("board",)),
    "hana": Invited("hana@example.org", ("artist",)),
    "ivo": Invited("ivo@example.org", ("worker",)),
}
PACKS = ["ie", "activity-wallet-eu"]


def log_in(name: str, now: datetime) -> Actor:
    """Return a person with a log-in of their own."""
    person = cooperatives.register_person(
        actor=actors.operator("test"), now=now, key=f"person:{name}", email=f"{name}@example.org"
    )
    return Actor(kind="person", via="page", person=UUID(person), sure_at=now)


def begin(now: datetime, key: str = "begin", **changed: Any) -> str:
    """Begin the founding of “Nine Plays” in public; returns the slug."""
    with coops.public():
        grace = log_in("grace", now)
        given: dict[str, Any] = {
            "initiator": grace.person, "name": "Nine Plays", "slug": "nine-plays", "purpose": "Music of its members.",
            "kit": "music", "packs": PACKS, "currency": "EUR", "time_zone": "Europe/Dublin", "languages": ["en"], "values": {},
            "founders": list(PEOPLE.values()), **changed,
        }  # fmt: skip
        return str(actions.begin(actor=grace, now=now, key=key, **given))


def schema_of(slug: str) -> str:
    """Return the schema of a co-op by its slug."""
    with coops.public():
        coop = directory.coop_by_slug(slug)
    assert coop is not None
    return coop.schema_name


def invitations() -> dict[str, tuple[UUID, str]]:
    """Return founder and token by first name, as the messages in the outbox carry them."""
    found = {}
    for message in messages.sent():
        if message.kind != "founding.invitation":
            continue
        match = re.search(r"/founding/confirm/([0-9a-f-]{36})/([^/\s]+)/", message.body)
        assert match is not None
        found[message.address.partition("@")[0]] = (UUID(match[1]), match[2])
    return found


def confirm(name: str, now: datetime, **changed: Any) -> dict[str, Any]:
    """Let one founder confirm, inside the co-op."""
    founder, token = invitations()[name]
    with coops.public():
        actor = log_in(name, now)
    given: dict[str, Any] = {
        "founder": founder, "token": token, "text_hash": queries.plan().text_hash, "accepts_unconfirmed_rows": True,
        "register": {"name": f"{name.title()} Tester", "address": "1 Toad Lane"}, "contact": {"email": f"{name}@example.org"},
        **changed,
    }  # fmt: skip
    outcome: dict[str, Any] = actions.confirm(actor=actor, now=now, key=f"confirm:{name}", **given)
    return outcome


def found(now: datetime, **changed: Any) -> str:
    """Begin and let everybody confirm; returns the schema of a living co-op."""
    schema = schema_of(begin(now, **changed))
    with coops.inside(schema):
        for name in PEOPLE:
            confirm(name, now)
    return schema
