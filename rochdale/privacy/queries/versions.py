"""Read what was known of a party at an earlier moment."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from rochdale.shared import keys

from ..models import DataKey, SealedRecord
from .vault import key_place, place


def read_as_known(
    parties: Collection[UUID], retention_class: str, known_at: datetime | None
) -> dict[UUID, dict[str, Any] | None]:
    """Return what was known of parties at a moment (None: now), in two queries; None stands for what was erased since.

    Of whom nothing was recorded by then is left out. A destroyed key opens no older version
    either. Raises KeyMissing where the co-op's key is not on this host: a document with
    closed names must not be made.
    """
    rows = SealedRecord.objects.filter(party__in=parties, retention_class=retention_class)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    data_keys = {
        row.party: bytes(row.wrapped)
        for row in DataKey.objects.filter(party__in=parties, retention_class=retention_class, wrapped__isnull=False)
        if row.wrapped is not None
    }
    found: dict[UUID, dict[str, Any] | None] = {}
    for record in rows.order_by("party", "-version").distinct("party"):
        if record.party not in data_keys:
            found[record.party] = None
            continue
        opened = keys.decrypt(data_keys[record.party], about=key_place(record.party, retention_class))
        about = place(record.party, retention_class, record.version)
        found[record.party] = json.loads(keys.unseal(bytes(record.sealed), key=opened, about=about))
    return found
