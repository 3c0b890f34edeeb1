"""Change the co-op's key: a new generation, data keys wrapped anew, an old generation given up; and note its copies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.cooperatives import actions as cooperatives
from rochdale.shared import coops, ids, keys, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries
from ..models import KeyGeneration

REST = timedelta(hours=24)
"""How long an old generation is kept after a newer one was made: whatever was under way then has ended by now."""
COPIES = ("split", "exported", "imported", "combined")


class UnknownGeneration(Refusal):
    code = "privacy.unknown_generation"
    status = 422
    text = _("Generation {number} is not one of the older generations of this key. Nothing was changed.")


class StillNeeded(Refusal):
    code = "privacy.generation_still_needed"
    text = _(
        "Generation {number} is still needed to read {rows} rows ({tables}). Nothing was changed; they would be closed for ever."
    )


class RotatedJustNow(Refusal):
    code = "privacy.rotated_just_now"
    text = _(
        "The newer generation is younger than {hours} hours: something under way may still use the old one. Nothing was changed."
    )


class NotANote(Refusal):
    code = "privacy.not_a_key_copy"
    status = 422
    text = _("“{what}” is not something that is noted of a key. Nothing was written.")


@action("privacy.rotate_key", may=may.host_operator)
def rotate_key(*, actor: Actor, now: datetime, key: str) -> dict[str, Any]:
    """Give the co-op's key a new generation, which seals from now on; the older ones stay for reading.

    The file is written first: whatever is sealed can be opened even if this is stopped right after.
    Fingerprints (phone, address, PIN, used requests) keep their key: see `shared.keys.rings`.
    """
    schema = coops.current()
    ring = keys.rotate(schema, beyond=queries.newest_recorded() or keys.generation())
    record_generations(now)
    return {"generation": ring.newest}


@action("privacy.rewrap_keys", may=may.host_operator | may.jobs)
def rewrap_keys(*, actor: Actor, now: datetime, key: str, most: int = 2000) -> dict[str, Any]:
    """Wrap a bounded number of data keys with the newest generation; returns how many, and how many are left."""
    newest = keys.generation()
    with connection.cursor() as cursor:
        cursor.execute(_OLD, {"newest": newest, "most": most})
        rows = cursor.fetchall()
        changed = [(number, *_wrapped_anew(party, retention_class, wrapped)) for number, party, retention_class, wrapped in rows]
        if changed:
            cursor.execute(
                _REWRAP, {"ids": [each[0] for each in changed], "wrapped": [each[1] for each in changed], "newest": newest}
            )
    return {"generation": newest, "rewrapped": len(changed), "left": queries.to_rewrap(newest)}


_OLD = """
    SELECT id, party, retention_class, wrapped FROM privacy_datakey
    WHERE generation < %(newest)s AND wrapped IS NOT NULL ORDER BY id LIMIT %(most)s FOR UPDATE
"""
_REWRAP = """
    UPDATE privacy_datakey k SET wrapped = n.wrapped, generation = %(newest)s
    FROM unnest(%(ids)s::bigint[], %(wrapped)s::bytea[]) AS n (id, wrapped) WHERE k.id = n.id
"""


def _wrapped_anew(party: Any, retention_class: str, wrapped: bytes) -> tuple[bytes]:
    about = queries.key_place(party, retention_class)
    return (keys.encrypt(keys.decrypt(bytes(wrapped), about=about), about=about),)


@action("privacy.retire_generation", may=may.host_operator, about=("number",))
def retire_generation(*, actor: Actor, now: datetime, key: str, number: int) -> dict[str, Any]:
    """Take an older generation out of the key file for ever.

    Refuses while any row needs it, and within a day of the rotation: a transaction then open could still use it.
    """
    schema = coops.current()
    ring = keys.ring(schema)
    if number == ring.newest or number not in ring.generations:
        raise UnknownGeneration(number=number)
    made = [each.made_at for each in queries.generations() if each.number > number]
    if made and now - min(made) < REST:
        raise RotatedJustNow(hours=int(REST.total_seconds() // 3600))
    needed = [need for need in queries.needs(schema) if need.generation == number]
    if needed:
        tables = ", ".join(f"{need.table}.{need.column}" for need in needed)
        raise StillNeeded(number=number, rows=sum(need.rows for need in needed), tables=tables)
    keys.drop(schema, number)
    return {"retired": number}


@action("privacy.note_key_copy", may=may.host_operator, about=("what", "kept_generation", "shares", "needed", "set_id"))
def note_key_copy(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    what: str,
    kept_generation: int,
    shares: int | None = None,
    needed: int | None = None,
    set_id: str | None = None,
) -> None:
    """Note in the trail that the co-op's key was shared out, exported, imported or put together; never the key."""
    if what not in COPIES:
        raise NotANote(what=what[:20])
    if coops.current() != coops.PUBLIC:
        record_generations(now)


@action("privacy.rotate_host_key", may=may.host_operator)
def rotate_host_key(*, actor: Actor, now: datetime, key: str) -> dict[str, Any]:
    """Give the host's key a new generation and seal second factors with it; sessions signed before stay valid."""
    keys.host_key()
    ring = keys.rotate(coops.PUBLIC, beyond=keys.generation(coops.PUBLIC))
    factors = cooperatives.reseal_factors(actor=actor, now=now, key=ids.derived_key(key, "factors"))
    return {"generation": ring.newest, "second_factors": factors["resealed"]}


def record_generations(now: datetime) -> None:
    """Record every generation of the key file that is not recorded yet, oldest first. A step of other actions."""
    keys.generation()
    ring = keys.ring(coops.current())
    known = set(KeyGeneration.objects.values_list("check_value", flat=True))
    KeyGeneration.objects.bulk_create(
        [
            KeyGeneration(
                number=number, check_value=check, made_at=now, earlier=ring.earlier() if number == ring.newest else None
            )
            for number, check in sorted(ring.checks.items())
            if check not in known
        ],
        ignore_conflicts=True,
    )
