"""Who may see the open books, and how small a group may be."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.members import queries as members
from rochdale.openbooks import rules
from rochdale.shared import action as acting
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

VISIBILITY = "openbooks.visibility"
SMALLEST = "openbooks.smallest_group"


class BooksNotOpen(Refusal):
    code = "openbooks.members_only"
    status = 403
    text = _("This co-op opens its books to its members only, by its bylaws. Nothing was changed; members sign in to see them.")


class NoSuchFigure(Refusal):
    code = "openbooks.figure_not_found"
    status = 404
    text = _("There is no such figure in these books. Nothing was changed; choose one on the open books page.")


def seen_by(now: datetime) -> str:
    """Return to whom the bylaws open the books: "everybody" or "members". Before the first bylaws there is nothing to hide."""
    if bylaws.version_at(now) is None:
        return "everybody"
    return str(bylaws.value(VISIBILITY, at=now))


def may_see(viewer: Actor, now: datetime) -> bool:
    """Say whether the viewer may see the books: everybody, or members and officers only, as the bylaws decide."""
    if seen_by(now) == "everybody":
        return True
    if viewer.party is None:
        return False
    return members.is_effective(viewer.party, now) or bool(acting.held(viewer, now))


def smallest_group(now: datetime) -> int:
    """Return how many people a group needs to be shown by itself."""
    if bylaws.version_at(now) is None:
        return rules.SMALLEST_GROUP
    return int(bylaws.value(SMALLEST, at=now))
