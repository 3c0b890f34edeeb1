"""`rochdale found`: begin a founding from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rich.console import Console

from rochdale.bylaws import queries as law
from rochdale.cooperatives import actions as cooperatives
from rochdale.cooperatives import queries as directory
from rochdale.founding import actions as founding
from rochdale.founding import rules
from rochdale.messages import queries as outbox
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
    activities: Sequence[str] | None,
    slug: str,
    purpose: str,
    currency: str,
    time_zone: str,
    languages: Sequence[str],
    bylaws: Sequence[str],
    initiator: str,
    is_demo: bool,
) -> None:
    """Begin the founding, say what happens next, and show the invitations to hand out."""
    now = clock.now()
    packs = [law_pack, *(for_country(law_pack) if activities is None else activities)]
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
            packs=packs,
            currency=currency or law.pack(law_pack).currency,
            time_zone=time_zone,
            languages=languages,
            values=dict(value_from(text) for text in bylaws),
            founders=invited,
            is_demo=is_demo,
        )
        coop = directory.coop_by_slug(slug)
    assert coop is not None
    out.print(f"{name} is in formation at /c/{slug}/.", highlight=False)
    out.print(f"{len(invited)} founders were invited; it lives when each has confirmed with their own log-in.", highlight=False)
    with coops.inside(coop.schema_name):
        for message in outbox.sent(limit=len(invited)):
            link = next(line for line in message.body.split() if "/founding/confirm/" in line)
            out.print(f"  {message.address}  {link}", highlight=False, soft_wrap=True)


def for_country(law_pack: str) -> list[str]:
    """Return the packs for members' money in wallets that apply where a legal form does; none in some countries.

    Packs for other activities (lending, stays) are named by whoever founds: not every co-op does that.
    """
    here = set(law.pack(law_pack).countries)
    return [pack.name for pack in law.packs() if "wallet.kind" in pack.rows and here & set(pack.countries)]


def _reach(address: str) -> dict[str, str]:
    return {"phone": address} if address.startswith("+") else {"email": address}
