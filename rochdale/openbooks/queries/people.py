"""How many members and shares there are, in groups large enough to hide in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from rochdale.members import queries as members
from rochdale.openbooks import rules
from rochdale.privacy import queries as privacy
from rochdale.shared import explain


@dataclass(frozen=True, slots=True)
class People:
    """Members by class (a member of two classes counts in both), and all shares together. Capital in micro-units."""

    members: int
    by_class: Sequence[rules.Group]
    shares: int
    subscribed: int
    paid: int
    smallest: int

    @property
    def owed(self) -> int:
        return self.subscribed - self.paid


def people(now: datetime, *, smallest: int) -> People:
    """Return counts of members and shares; classes with fewer than `smallest` members are put together."""
    counts = members.counts(now)
    groups = [rules.Group(str(_(row.title)), counts.get(row.code, 0)) for row in members.classes()]
    shown = rules.merge_small(groups, smallest=smallest, title=_("Other classes together"))
    if [group.merged for group in shown if group.people] == [True]:
        shown = [replace(shown[-1], title=_("All classes together"))]
    shares = members.shares_total(now)
    return People(
        members=counts.get("all", 0),
        by_class=shown,
        shares=shares["shares"],
        subscribed=shares["subscribed"],
        paid=shares["paid"],
        smallest=smallest,
    )


def members_explanation(found: People) -> explain.Explanation:
    """Answer how the members were counted: each once, whatever their classes; small classes together."""
    return explain.Explanation(
        title=_("Members"),
        rule=_("Everybody whose membership counts today, each once. Somebody in two classes stands in both lines."),
        number=found.members,
        lines=[explain.Line(group.title, number=group.people) for group in found.by_class],
        privacy=_("Classes of fewer than {n} people are put together.").format(n=found.smallest),
    )


def shares_explanation(found: People, *, currency: str) -> explain.Explanation:
    """Answer how shares and share capital were counted."""
    return explain.Explanation(
        title=_("Shares and share capital"),
        rule=_(
            "All shares that members subscribed for, less those given back; what was paid for them, and what is still to pay."
        ),
        number=found.shares,
        lines=[
            explain.Line(_("Subscribed for"), found.subscribed, currency),
            explain.Line(_("Paid"), found.paid, currency),
            explain.Line(_("Still to pay"), found.owed, currency, total=True),
        ],
        privacy=_("Who holds how many shares stands in the register of members, for those who may see it."),
    )


def name_of(party: UUID) -> str:
    """Return a party's name, for their own page only; empty where it was erased."""
    return privacy.names([party]).get(party, "")
