"""Keeping what is known of many parties at once, for imports: parties of which nothing was known before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from rochdale.shared import keys, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

from .. import queries, rules
from ..models import DataKey, Mark, SealedRecord
from .generations import record_generations
from .vault import UnknownRetentionClass


@action("privacy.keep_many", may=may.inside, recorded=False)
def keep_many(*, actor: Actor, now: datetime, key: str, retention_class: str, fields: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Seal the first version of what is known of each party in a retention class, each under a key of its own.

    Only for parties just made: a party of which something is kept in the class is refused by the database.
    """
    if retention_class not in rules.RETENTION_CLASSES:
        raise UnknownRetentionClass(given=retention_class)
    record_generations(now)
    data_keys = {party: keys.new_key() for party in fields}
    DataKey.objects.bulk_create(
        DataKey(
            party=party,
            retention_class=retention_class,
            wrapped=keys.encrypt(data_key, about=queries.key_place(party, retention_class)),
            generation=keys.generation(),
            made_at=now,
        )
        for party, data_key in data_keys.items()
    )
    SealedRecord.objects.bulk_create(
        SealedRecord(
            party=party,
            retention_class=retention_class,
            version=1,
            sealed=keys.seal(
                json.dumps(dict(known), sort_keys=True, ensure_ascii=False).encode(),
                key=data_keys[party],
                about=queries.place(party, retention_class, 1),
            ),
            recorded_at=now,
        )
        for party, known in fields.items()
    )
    if retention_class == "contact":
        Mark.objects.bulk_create(
            Mark(party=party, retention_class=retention_class, what=what, mark=queries.mark_of(what, str(known[what])))
            for party, known in fields.items()
            for what in queries.MARKED
            if known.get(what)
        )
