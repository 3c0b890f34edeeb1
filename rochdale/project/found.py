"""`rochdale found`: begin a founding from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rich.console import Console

from rochdale.bylaws import queries as law
from rochdale.cooperatives import actions as cooperatives
from rochdale.founding import actions as founding
from rochdale.founding import rules
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops, ids


def founder_from(text: str) -> rules.Invited:
    """Read ADDRESS:CLASS[+CLASS][:OFFICE[+OFFICE]], for example ada@example.org:listener:treasurer."""
    address, _, rest = text.partition(":")
    classes, _, offices = rest.partition(":")
    if not address or not classes:
        raise ValueError(f"“{text}” does not say who founds as what. Write ADDRESS:CLASS[+CLASS][:OFFICE[+OFFICE]].")
    return rules.Invited(address.strip(), tuple(classes.split("+")), tuple(offices.split("+")) if offices else ())


def value_from(text: str) -> tuple[str, Any]:
    """Read KEY=VALUE; the value stays text and is read by its rule (12.50 is an amount, 30 a percentage)."""
    key, sign, value = text.partition("=")
    if not sign:
        raise ValueError(f"“{text}” is not KEY=VALUE.")
    return key.strip(), value.strip()


def run(
    out: Console,
    *,
    name: str,
    founders: Sequence[str],
    kit: str,
    law_pack: str,
    activities: Sequence[str],
    slug: str,
    purpose: str,
    currency: str,
    time_zone: str,
    languages: Sequence[str],
    bylaws: Sequence[str],
    initiator: str,
) -> None:
    """Begin the founding and say what happens next."""
    now = clock.now()
    invited = [founder_from(text) for text in founders]
    by = actors.operator("rochdale found")
    with coops.public():
        person = cooperatives.register_person(actor=by, now=now, key=str(ids.new_id()), **_reach(initiator or invited[0].address))
        slug = founding.begin(
            actor=by,
            now=now,
            key=str(ids.new_id()),
            initiator=UUID(person),
            name=name,
            slug=slug or rules.slug_from(name),
            purpose=purpose or name,
            kit=kit,
            packs=[law_pack, *activities],
            currency=currency or law.pack(law_pack).currency,
            time_zone=time_zone,
            languages=languages,
            values=dict(value_from(text) for text in bylaws),
            founders=invited,
        )
    out.print(f"{name} is in formation at /c/{slug}/.", highlight=False)
    out.print(f"{len(invited)} founders were invited; it lives when each has confirmed with their own log-in.", highlight=False)


def _reach(address: str) -> dict[str, str]:
    return {"phone": address} if address.startswith("+") else {"email": address}
