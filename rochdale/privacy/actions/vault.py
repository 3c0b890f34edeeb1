"""Keep and forget what is known of a party. Steps of other actions only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.shared import coops, keys, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import erasures, queries, rules
from ..models import DataKey, Mark, SealedRecord, Tombstone
from .generations import record_generations


class Forgotten(Refusal):
    code = "privacy.forgotten"
    status = 410
    text = _("What was known of this person was erased. Nothing was kept; register them anew if they come back.")


class UnknownRetentionClass(Refusal):
    code = "privacy.unknown_retention_class"
    status = 422
    text = _("“{given}” is not a retention class. Nothing was kept; use register, contact or desk.")


class ChangedMeanwhile(Refusal):
    code = "privacy.changed_meanwhile"
    may_retry = True
    text = _("Somebody changed this person's details at the same moment. Nothing was changed; look again and repeat.")


@action("privacy.keep", may=may.inside)
def keep(
    *, actor: Actor, now: datetime, key: str, party: UUID, retention_class: str, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Seal the fields as the newest version of what is known of a party in a retention class.

    `fields` replaces the version before as a whole. Refuses an unknown class and an erased party.
    """
    if retention_class not in rules.RETENTION_CLASSES:
        raise UnknownRetentionClass(given=retention_class)
    data_key = _key_of(party, retention_class, now)
    version = queries.latest_version(party, retention_class) + 1
    plain = json.dumps(dict(fields), sort_keys=True, ensure_ascii=False).encode()
    sealed = keys.seal(plain, key=data_key, about=queries.place(party, retention_class, version))
    try:
        with transaction.atomic():
            SealedRecord.objects.create(
                party=party, retention_class=retention_class, version=version, sealed=sealed, recorded_at=now
            )
    except IntegrityError as error:
        if "privacy_one_record_per_version" in str(error):
            raise ChangedMeanwhile() from error
        raise
    _mark(party, retention_class, fields)
    return {"version": version}


@action("privacy.forget", may=may.inside)
def forget(*, actor: Actor, now: datetime, key: str, party: UUID, retention_class: str, reason_code: str) -> None:
    """Destroy the key of a party's retention class and leave a tombstone; doing it twice changes nothing."""
    if retention_class not in rules.RETENTION_CLASSES:
        raise UnknownRetentionClass(given=retention_class)
    DataKey.objects.filter(party=party, retention_class=retention_class, destroyed_at=None).update(wrapped=None, destroyed_at=now)
    Mark.objects.filter(party=party, retention_class=retention_class).delete()
    Tombstone.objects.bulk_create(
        [Tombstone(party=party, retention_class=retention_class, forgotten_at=now, reason_code=reason_code)],
        ignore_conflicts=True,
    )
    gone = erasures.Erasure(coops.current(), party, retention_class, now, reason_code)
    transaction.on_commit(lambda: erasures.append([gone]))


def _key_of(party: UUID, retention_class: str, now: datetime) -> bytes:
    """Return the data key, made at the first use. An unlucky race waits for the other's row and takes it."""
    row = DataKey.objects.filter(party=party, retention_class=retention_class).first()
    if row is None:
        record_generations(now)
        wrapped = keys.encrypt(keys.new_key(), about=queries.key_place(party, retention_class))
        made = DataKey(party=party, retention_class=retention_class, wrapped=wrapped, generation=keys.generation(), made_at=now)
        DataKey.objects.bulk_create([made], ignore_conflicts=True)
        row = DataKey.objects.get(party=party, retention_class=retention_class)
    if row.wrapped is None:
        raise Forgotten()
    return keys.decrypt(bytes(row.wrapped), about=queries.key_place(party, retention_class))


def _mark(party: UUID, retention_class: str, fields: Mapping[str, Any]) -> None:
    """Replace the fingerprints by which this party is found and told apart."""
    if retention_class != "contact":
        return
    Mark.objects.filter(party=party, retention_class=retention_class).delete()
    Mark.objects.bulk_create(
        Mark(party=party, retention_class=retention_class, what=what, mark=queries.mark_of(what, str(fields[what])))
        for what in queries.MARKED
        if fields.get(what)
    )
