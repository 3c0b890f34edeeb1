"""Claim a key, write a record: the two steps inside every action. Neither is anyone's own to call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.shared import coops, ids, keys
from rochdale.shared.action import Description, KeyReused, doors, plain
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from ..models import Record


class KeyTooLong(Refusal):
    code = "audit.key_too_long"
    status = 400
    text = _(
        "The key of this request is empty or longer than {most} characters. Nothing was changed; "
        "send it again with a shorter key."
    )


def claim(action: Description, actor: Actor, key: str, body: str) -> tuple[bool, Any]:
    """Claim the key for this principal and action; return (True, first result) if it was used before.

    A concurrent claim of the same key waits here until the other transaction has ended. Refuses
    the same key with another body (`shared.key_reused`). A refused action rolls its claim back,
    so that a corrected request may use the key again.
    """
    if not 0 < len(key) <= ids.KEY_LENGTH:
        raise KeyTooLong(most=ids.KEY_LENGTH)
    number, seal = claim_id(actor.principal, action.code, key), keys.mac(body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_key (id, body) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING RETURNING id", [number, seal]
        )
        if cursor.fetchone() is not None:
            return False, None
        cursor.execute(
            "SELECT k.body, r.result FROM audit_key k LEFT JOIN audit_record r ON r.claim_id = k.id WHERE k.id = %s", [number]
        )
        first_seal, result = cursor.fetchone()
    if first_seal != seal:
        raise KeyReused()
    return True, json.loads(result) if isinstance(result, str) else result


def claim_id(principal: str, action: str, key: str) -> UUID:
    """Return the id of a claim, derived from who, what and the key."""
    return UUID(bytes=hashlib.sha256("\x1f".join((principal, action, key)).encode()).digest()[:16])


def write(action: Description, actor: Actor, given: Mapping[str, Any], key: str, result: Any, now: datetime) -> None:
    """Write the record of an action that has just been done, inside its transaction."""
    _insert(
        action=action.code,
        actor=actor,
        references={name: given[name] for name in action.about if given.get(name) is not None},
        private={name: given[name] for name in action.private if given.get(name)},
        claim=claim_id(actor.principal, action.code, key),
        result=result,
        now=now,
    )


def note(*, action: str, actor: Actor, references: Mapping[str, Any], now: datetime, reason: str = "") -> None:
    """Write a record of its own for a step inside another action that the trail must show by itself.

    Filling an office inside a founding, say: `references` are ids and codes; `reason` is kept encrypted.
    """
    private = {"reason": reason} if reason else {}
    _insert(action=action, actor=actor, references=references, private=private, claim=None, result=None, now=now)


def _insert(
    *,
    action: str,
    actor: Actor,
    references: Mapping[str, Any],
    private: Mapping[str, Any],
    claim: UUID | None,
    result: Any,
    now: datetime,
) -> None:
    kept = dict(references)
    if actor.reference:
        kept["by"] = actor.reference
    sealed = keys.encrypt_text(plain(private), about=f"audit:{action}") if private else None
    Record.objects.create(
        claim_id=claim,
        at=now,
        action=action,
        actor_kind=actor.kind,
        via=actor.via,
        principal=actor.principal[:250],
        person=actor.person,
        party=actor.party,
        desk_officer=actor.desk_officer,
        references=json.loads(plain(kept)),
        bylaws_version=_version(now),
        reason=sealed,
        result=json.loads(plain(result)),
    )


def _version(now: datetime) -> int | None:
    if doors.version is None or coops.current() == coops.PUBLIC:
        return None
    return doors.version(now)
