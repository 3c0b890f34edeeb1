"""Leave an alert: something that somebody should look at. A storm of the same is one row an hour with a count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

RAISE = """
INSERT INTO audit_alert (code, subject, seen_by, party, hour, first_at, last_at, count, details)
VALUES (%s, %s, %s, %s, date_trunc('hour', %s::timestamptz, 'UTC'), %s, %s, %s, %s::jsonb)
ON CONFLICT (code, subject, seen_by, party, hour) DO UPDATE
SET count = audit_alert.count + excluded.count, last_at = greatest(audit_alert.last_at, excluded.last_at)
"""


def alert(
    *,
    code: str,
    subject: str,
    now: datetime,
    seen_by: str = "program",
    party: UUID | None = None,
    count: int = 1,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Leave an alert in the schema of the moment. `subject` and `details` name things, never people or amounts.

    Called by the house itself after something was refused or found wrong, in a transaction of its
    own: what was refused has been rolled back before.
    """
    with connection.cursor() as cursor:
        said = json.dumps(dict(details or {}))
        cursor.execute(RAISE, [code, subject[:160], seen_by, party, now, now, now, count, said])
