"""Music's book checks: plays, ownership and the ledger must tell one story. Each returns the rows that do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

MOST_ROWS = 1000

UNLIKE_BOOKS = """
SELECT p.id AS play, p.posting, p.charged, b.amount AS booked
FROM music_play p
LEFT JOIN LATERAL (
    SELECT l.kind, l.party, l.source, sum(t.amount) AS amount
    FROM ledger_posting l JOIN ledger_transfer t ON t.posting_id = l.id
    WHERE l.id = p.posting GROUP BY l.kind, l.party, l.source
) b ON true
WHERE p.outcome = 'charged' AND (
    b.amount IS DISTINCT FROM p.charged OR b.kind IS DISTINCT FROM 'music.play' OR b.party IS DISTINCT FROM p.listener
    OR b.source IS DISTINCT FROM 'music.track:' || p.track_id
)
LIMIT %s
"""
POSTED_WITHOUT_PLAY = """
SELECT l.id AS posting FROM ledger_posting l
WHERE l.kind = 'music.play' AND l.reverses IS NULL AND NOT EXISTS (SELECT FROM music_play p WHERE p.posting = l.id)
LIMIT %s
"""
CHARGED_AFTER_OWNED = """
SELECT p.id AS play, o.id AS ownership
FROM music_ownership o
JOIN music_play w ON w.listener = o.listener AND w.event = o.event
JOIN music_play p ON p.listener = o.listener AND p.track_id = o.track_id
WHERE p.outcome = 'charged' AND p.id > w.id
LIMIT %s
"""
OWNED_UNLIKE_STEPS = """
SELECT coalesce(o.listener, s.listener) AS listener, coalesce(o.track_id, s.track_id) AS track, s.taken, o.id AS ownership
FROM music_ownership o
FULL JOIN (
    SELECT listener, track_id, max(nth) AS taken, bool_or(nth = steps) AS last_step
    FROM music_play WHERE nth > 0 GROUP BY listener, track_id
) s ON s.listener = o.listener AND s.track_id = o.track_id
LEFT JOIN music_play w ON w.listener = o.listener AND w.event = o.event
WHERE (o.id IS NULL AND s.last_step) OR (o.id IS NOT NULL AND (
    w.id IS NULL OR w.track_id <> o.track_id OR coalesce(s.taken, 0) < w.steps
))
LIMIT %s
"""
STEPS_WITH_GAPS = """
SELECT listener, track_id AS track, count(*) AS charged, max(nth) AS highest_step
FROM music_play WHERE nth > 0 GROUP BY listener, track_id HAVING count(*) <> max(nth) OR min(nth) <> 1
LIMIT %s
"""


def plays_unlike_books() -> Sequence[dict[str, Any]]:
    """Return charged plays whose posting is missing or says something else, and postings of plays without a play."""
    return [*_rows(UNLIKE_BOOKS), *_rows(POSTED_WITHOUT_PLAY)]


def charged_after_owned() -> Sequence[dict[str, Any]]:
    """Return plays that were charged after the play that made the track the listener's."""
    return _rows(CHARGED_AFTER_OWNED)


def owned_unlike_steps() -> Sequence[dict[str, Any]]:
    """Return last steps without ownership, and ownership without all steps of the ladder that stood then."""
    return _rows(OWNED_UNLIKE_STEPS)


def steps_with_gaps() -> Sequence[dict[str, Any]]:
    """Return listeners and tracks whose charged steps are not 1, 2, 3 …"""
    return _rows(STEPS_WITH_GAPS)


def _rows(sql: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [MOST_ROWS])
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
