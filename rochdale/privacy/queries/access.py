"""Who asked to see what is closed to them, who opened it, and who looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.shared import action as acting
from rochdale.shared import keys
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from ..models import AccessRequest
from . import vault

ASKING_LASTS = timedelta(hours=24)
"""How long a request waits for a second person; later it is asked anew."""
NO_REASON = _("closed: the co-op's key is missing on this host")


class NotOpen(Refusal):
    code = "privacy.not_open"
    status = 403
    text = _("This is not open to you: a second person has not opened it, or its time is over. Nothing was shown; ask anew.")


@dataclass(frozen=True, slots=True)
class Access:
    """A request with what became of it."""

    number: int
    party: UUID
    retention_class: str
    asked_by: UUID
    asked_by_person: UUID | None
    reason: str
    asked_at: datetime
    opened_by: UUID | None
    opened_at: datetime | None
    until_at: datetime | None
    looks: tuple[datetime, ...]

    def state(self, now: datetime) -> str:
        """Say where it stands: "waits", "lapsed" (nobody opened it), "open" or "over"."""
        if self.until_at is None:
            return "waits" if now < self.asked_at + ASKING_LASTS else "lapsed"
        return "open" if now < self.until_at else "over"


def access_request(number: int) -> Access | None:
    """Return a request, or None."""
    return next(iter(_read(AccessRequest.objects.filter(pk=number))), None)


def accesses_of(party: UUID) -> list[Access]:
    """Return every request about a party, newest first: what they see of who looked at their data."""
    return _read(AccessRequest.objects.filter(party=party).order_by("-id"))


def accesses_to_follow(limit: int = 100) -> list[Access]:
    """Return the latest requests of the co-op, newest first, for officers."""
    return _read(AccessRequest.objects.order_by("-id")[:limit])


def minutes_open(now: datetime) -> int:
    """Return for how many minutes the bylaws let something be open (`privacy.access_minutes`)."""
    return int(acting.bylaw("privacy.access_minutes", now))


def may_look(found: Access | None, viewer: Actor, now: datetime) -> bool:
    """Say whether this is open now, and to this viewer."""
    return found is not None and viewer.party is not None and viewer.party == found.asked_by and found.state(now) == "open"


def opened_fields(number: int, *, viewer: Actor, now: datetime) -> dict[str, Any]:
    """Return what was opened to a viewer. Refuses everybody else, before, after, and without a look on record."""
    found = access_request(number)
    if found is None or not may_look(found, viewer, now) or not found.looks:
        raise NotOpen()
    return vault.read(found.party, found.retention_class) or {}


def export_accesses(party: UUID) -> list[dict[str, Any]]:
    """Return the requests about a party as plain data."""
    return [
        {
            "asked_at": each.asked_at.isoformat(),
            "what": each.retention_class,
            "reason": each.reason,
            "opened_at": each.opened_at.isoformat() if each.opened_at else None,
            "looks": [moment.isoformat() for moment in each.looks],
        }
        for each in accesses_of(party)
    ]


def opened_by_their_asker() -> Sequence[dict[str, Any]]:
    """Return openings by the one who asked: nobody opens to themselves."""
    rows = AccessRequest.objects.filter(opening__isnull=False).values("id", "asked_by", "opening__opened_by")
    return [dict(row) for row in rows if row["asked_by"] == row["opening__opened_by"]]


def _read(rows: Iterable[AccessRequest]) -> list[Access]:
    found = []
    for row in rows:
        opening = getattr(row, "opening", None)
        found.append(
            Access(
                number=row.pk,
                party=row.party,
                retention_class=row.retention_class,
                asked_by=row.asked_by,
                asked_by_person=row.asked_by_person,
                reason=_reason(row),
                asked_at=row.asked_at,
                opened_by=opening.opened_by if opening else None,
                opened_at=opening.opened_at if opening else None,
                until_at=opening.until_at if opening else None,
                looks=tuple(row.looks.order_by("id").values_list("looked_at", flat=True)),
            )
        )
    return found


def _reason(row: AccessRequest) -> str:
    try:
        return keys.decrypt_text(bytes(row.reason_sealed), about=f"privacy.access:{row.party}")
    except keys.KeyMissing:
        return str(NO_REASON)
