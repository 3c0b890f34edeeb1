"""Reading the trail: each person their own acts, an officer those of all."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rochdale.shared import action as acting
from rochdale.shared import keys
from rochdale.shared.actor import Actor

from ..models import Key, Record

SEES_ALL = frozenset({"board", "chair", "secretary", "treasurer", "auditor"})

NOTED = {"members.admitted": _("A member was entered in the register")}
"""Facts that a part of an act notes by itself, in words."""

VIA = {
    "page": _("on a page"),
    "api": _("by a program"),
    "desk": _("at the desk"),
    "command": _("at the command line"),
    "job": _("by the clock"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail. `said` is the decrypted free text, only for those who may see it."""

    id: int
    at: datetime
    written_at: datetime
    action: str
    actor_kind: str
    via: str
    party: UUID | None
    desk_officer: UUID | None
    references: dict[str, Any]
    bylaws_version: int | None
    said: dict[str, Any]

    @property
    def words(self) -> str:
        """Return in a few words what was done."""
        return str(NOTED.get(self.action) or acting.in_words(self.action))

    @property
    def via_words(self) -> str:
        """Return in words which way it came in."""
        return str(VIA.get(self.via, self.via))

    @property
    def currency(self) -> str:
        """Return the currency that the act named, or the empty string."""
        return str(self.references.get("currency", ""))

    @property
    def amount(self) -> int | None:
        """Return the amount that the act named, in micro-units, or None where it named no money."""
        given = self.references.get("amount")
        return given if self.currency and isinstance(given, int) else None


def trail(*, viewer: Actor, now: datetime, before: int | None = None, action: str = "", limit: int = 50) -> list[Line]:
    """Return what was done, newest first: an officer sees all, anyone else what they did themselves.

    `before` is the id of the last line already seen. A viewer without a log-in sees nothing.
    """
    rows = Record.objects.filter(_visible(viewer, now)).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    if action:
        rows = rows.filter(action=action)
    return [_line(row) for row in rows[: max(1, min(limit, 500))]]


def sees_all(viewer: Actor, now: datetime) -> bool:
    """Return whether a viewer may see the acts of all."""
    return viewer.scopes is None and bool(SEES_ALL & acting.held(viewer, now))


def times(action: str, *, person: UUID, since: datetime) -> int:
    """Return how often a person did an action since a moment, here."""
    return Record.objects.filter(action=action, person=person, at__gt=since).count()


def acts_about(name: str, values: Collection[str], *, action: str) -> set[str]:
    """Return which of these references (by name) the records of an action mention."""
    rows = Record.objects.filter(action=action).values_list(f"references__{name}", flat=True)
    return set(values) & {str(value) for value in rows}


def export(party: UUID) -> list[dict[str, Any]]:
    """Return every act of a party as plain data, for their copy of what the co-op knows of them."""
    rows = Record.objects.filter(Q(party=party) | Q(desk_officer=party)).order_by("id")
    return [
        {"at": row.at.isoformat(), "action": row.action, "via": row.via, "references": row.references} for row in rows.iterator()
    ]


def keys_without_record() -> Sequence[dict[str, Any]]:
    """Return used keys whose action left no record, and records whose key is gone: a row was removed or slipped in by hand."""
    alone = Key.objects.filter(record__isnull=True).values_list("id", flat=True)[:100]
    gone = Record.objects.filter(claim_id__isnull=False).exclude(claim_id__in=Key.objects.values("id")).order_by("id")
    return [{"key": str(number)} for number in alone] + [{"record": number} for number in gone.values_list("id", flat=True)[:100]]


def _visible(viewer: Actor, now: datetime) -> Q:
    if sees_all(viewer, now):
        return Q()
    own = Q(pk__in=[])
    if viewer.party is not None:
        own |= Q(party=viewer.party) | Q(desk_officer=viewer.party)
    if viewer.person is not None:
        own |= Q(person=viewer.person)
    return own


def _line(row: Record) -> Line:
    said = _said(row)
    return Line(
        id=row.id,
        at=row.at,
        written_at=row.written_at,
        action=row.action,
        actor_kind=row.actor_kind,
        via=row.via,
        party=row.party,
        desk_officer=row.desk_officer,
        references=row.references,
        bylaws_version=row.bylaws_version,
        said=said,
    )


def _said(row: Record) -> dict[str, Any]:
    """Return the free text of a record; where the co-op's key is missing on this host, a word that says so."""
    if row.reason is None:
        return {}
    try:
        said: dict[str, Any] = json.loads(keys.decrypt_text(bytes(row.reason), about=f"audit:{row.action}"))
    except keys.KeyMissing:
        return {"closed": str(_("closed: the co-op's key is missing on this host"))}
    return said
