"""The latest acts of the co-op that everybody may know of: its bylaws and its offices, without names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.bylaws import queries as bylaws
from rochdale.offices import queries as offices


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the time line."""

    at: datetime
    title: str
    text: str = ""
    url: str = ""
    tone: str = ""


def latest_acts(now: datetime, *, limit: int = 5) -> list[Act]:
    """Return the latest acts, newest first: versions of the bylaws, and offices that were filled."""
    found = [
        Act(
            at=edition.valid_from,
            title=_("Version {n} of the bylaws").format(n=edition.number),
            text=_decided_by(edition.act),
            url=reverse("bylaws:document"),
            tone="ok",
        )
        for edition in bylaws.editions()
    ]
    filled: dict[tuple[datetime, str], list[str]] = {}
    for each in offices.holdings(now):
        filled.setdefault((datetime.combine(each.from_on, time(), UTC), each.act), []).append(str(each.title))
    found += [
        Act(at=at, title=_("Offices were filled"), text=", ".join(sorted(set(titles)))) for (at, _act), titles in filled.items()
    ]
    return sorted(found, key=lambda act: act.at, reverse=True)[:limit]


def _decided_by(act: str) -> str:
    """Say in words who decided an act, by the word before its colon."""
    return _("Decided by the founders") if act.startswith("founding:") else _("Decided by a resolution")
