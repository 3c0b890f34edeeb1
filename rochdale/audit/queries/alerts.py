"""The alerts: newest first for those who look after the co-op, and counted for the doctor and the home page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.shared import coops

from ..models import Alert
from ..refused import REFUSED

WORDS = {
    "audit.refused_by_database": _(
        "The database refused to change or remove what may only be added to, or a right that is not given"
    ),
    "audit.unknown_ids": _("Somebody with a log-in asked for things that are not in this co-op"),
    "audit.seals_do_not_hold": _("The seals do not hold: something recorded was changed or is missing"),
    "audit.witness_contradicts": _("A witness holds other seals of this co-op than this host has"),
    "audit.heads_contradict": _("Another host sent seals that contradict those we hold as its witness"),
    "audit.break_declared": _("It was declared that sealed records are gone, after a restore: what it was for must be read"),
    "audit.not_witnessed": _("The seals could not be sent to a witness"),
    "audit.not_stamped": _("No time stamp could be had for the seals"),
    "archives.backup_failed": _("The nightly backup of the host could not be made"),
}
PATIENCE = {"audit.unknown_ids": 5, "audit.not_witnessed": 3}
"""From how many in an hour on an alert is serious; others are from the first."""


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert as it is shown."""

    code: str
    subject: str
    seen_by: str
    party: UUID | None
    first_at: datetime
    last_at: datetime
    count: int
    details: dict[str, Any]
    on_host: bool = False
    """Seen on the host, which cannot say in which of its co-ops: each of them is told."""

    @property
    def words(self) -> str:
        """Return what happened, in a sentence."""
        return str(WORDS.get(self.code, self.code))

    @property
    def serious(self) -> bool:
        """Return whether it is more than a slip."""
        return self.count >= PATIENCE.get(self.code, 1)


def latest(*, limit: int = 100, since: datetime | None = None) -> list[AlertLine]:
    """Return the alerts of the schema of the moment, newest first."""
    rows = Alert.objects.order_by("-last_at", "-id")
    if since is not None:
        rows = rows.filter(last_at__gte=since)
    return [
        AlertLine(row.code, row.subject, row.seen_by, row.party, row.first_at, row.last_at, row.count, row.details)
        for row in rows[:limit]
    ]


def for_officers(*, limit: int = 100, since: datetime | None = None) -> list[AlertLine]:
    """Return the co-op's alerts, and what the database refused on this host, of which its log names no co-op; newest first."""
    own = latest(limit=limit, since=since)
    with coops.public():
        host = [replace(each, on_host=True) for each in latest(limit=limit, since=since) if each.code == REFUSED]
    return sorted(own + host, key=lambda each: each.last_at, reverse=True)[:limit]


def serious_since(moment: datetime) -> int:
    """Return how many serious alerts there were since a moment: in a co-op what its officers see, in public the host's."""
    found = latest(limit=1000, since=moment) if coops.current() == coops.PUBLIC else for_officers(limit=1000, since=moment)
    return sum(each.serious for each in found)
