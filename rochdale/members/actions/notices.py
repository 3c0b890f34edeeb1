"""Notices to parties: by e-mail, text message or letter, whichever they gave. A step of other actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rochdale.messages import actions as messages
from rochdale.privacy import queries as privacy
from rochdale.shared import ids
from rochdale.shared.actor import Actor


def tell(
    *, actor: Actor, now: datetime, key: str, kind: str, party: UUID, context: Mapping[str, Any], in_full: bool = False
) -> str:
    """Queue a notice to a party, in their language; who gave no address gets a letter to be handed over at the desk.

    Returns the message's id. `in_full` is for a text that must be read whole: by e-mail or on paper, never as a
    text message.
    """
    register = privacy.read(party, "register") or {}
    contact = privacy.read(party, "contact") or {}
    name = str(register.get("name", ""))
    channel, address = _way(register, contact, name, in_full=in_full)
    queued: str = messages.queue(
        actor=actor,
        now=now,
        key=ids.derived_key(kind, actor.principal, key, party),
        kind=kind,
        channel=channel,
        address=address,
        context={"name": name, **context},
        party=party,
        language=str(contact.get("language", "")),
    )
    return queued


def _way(register: Mapping[str, Any], contact: Mapping[str, Any], name: str, *, in_full: bool) -> tuple[str, str]:
    if contact.get("email"):
        return "email", str(contact["email"])
    if contact.get("phone") and not in_full:
        return "sms", str(contact["phone"])
    if register.get("address"):
        return "letter", f"{name}, {register['address']}"
    return "letter", _("{name}: to be handed over at the desk").format(name=name)
