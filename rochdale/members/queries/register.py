"""The register of members, as of one moment and as known at another, shown as far as the law allows the viewer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy
from rochdale.privacy import rules as privacy_rules
from rochdale.shared import action as acting
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import rules
from ..models import ClassMembership, Member, RegisterInspection
from .members import is_effective
from .shares import Holding, holdings

KEEPERS = frozenset({"board", "chair", "secretary", "treasurer", "auditor"})
"""Offices that keep or check the register and see all of it."""
SORTS = ("number", "name", "joined", "shares")
PAGE_SIZE = 50


class NotOpen(Refusal):
    code = "members.register_not_open"
    status = 403
    text = _("The register of this co-op is open to its members only. Nothing was shown.")


class UnknownSort(Refusal):
    code = "members.unknown_sort"
    status = 400
    text = _("The register cannot be sorted by “{given}”. Use number, name, joined or shares.")


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One member in the register. `holdings` is None where the viewer may not see it."""

    number: int
    party: UUID
    name: str
    classes: tuple[str, ...]
    joined_at: datetime
    holdings: tuple[Holding, ...] | None

    @property
    def shares(self) -> int:
        return sum(each.shares for each in self.holdings or ())


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page of the register with what the viewer may see and why."""

    lines: list[RegisterLine]
    total: int
    view: rules.View
    law: str


def register_view(viewer: Actor, now: datetime) -> tuple[rules.View, str]:
    """Return what a viewer may see of the register now, and the article that says so."""
    standing = bylaws.rules_at(now)
    row, hidden = standing.law("register.visibility"), standing.law("register.view_without_holdings")
    view = rules.view_for(
        _kind_of(viewer, now), visibility=row.value if row else None, hide_holdings=bool(hidden and hidden.value)
    )
    return view, row.source if row else ""


def register(
    *,
    viewer: Actor,
    now: datetime,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    sort: str = "number",
    descending: bool = False,
    start: int = 0,
    size: int = PAGE_SIZE,
) -> RegisterPage:
    """Return the members as of a moment, as it was known at another, in pages of `size`.

    Everybody sees their own holdings. Refuses viewers to whom the law opens nothing, and a sort
    that is not one of number, name, joined, shares. An outsider must have said a purpose first
    (`members.inspect_register`): the entrance asks for it.
    """
    view, law = register_view(viewer, now)
    if not view.names:
        raise NotOpen()
    if sort not in SORTS or (sort == "shares" and not view.holdings):
        raise UnknownSort(given=sort[:20])
    moment = as_of or now
    rows = _entered(moment, known_at)
    shown = [viewer.party] if viewer.party is not None else []
    held = holdings(None if view.holdings else shown, moment, known_at)
    if sort == "name":
        names = privacy.names([row.party_id for row in rows])
        order = _by_name(names)
    else:
        order = _by_shares(held) if sort == "shares" else _BY[sort]
    rows.sort(key=order, reverse=descending)
    part = rows[start : start + size] if size else rows
    if sort != "name":
        names = privacy.names([row.party_id for row in part])
    return RegisterPage(_lines(part, names, held, view, viewer, moment, known_at), len(rows), view, law)


def register_inspections(limit: int = 100) -> Sequence[RegisterInspection]:
    """Return the latest looks from outside, newest first: members may see that they happened."""
    return list(RegisterInspection.objects.order_by("-id")[:limit])


def _kind_of(viewer: Actor, now: datetime) -> rules.Viewer:
    if KEEPERS & acting.held(viewer, now):
        return "officer"
    return "member" if viewer.party is not None and is_effective(viewer.party, now) else "outsider"


def _entered(moment: datetime, known_at: datetime | None) -> list[Member]:
    """Return the members whose membership counted at a moment, as far as that was known."""
    effective = Member.objects.filter(start__effective_at__lte=moment)
    if known_at is not None:
        effective = effective.filter(recorded_at__lte=known_at, start__recorded_at__lte=known_at)
    return list(effective.select_related("start"))


def _lines(
    rows: Sequence[Member],
    names: Mapping[UUID, str],
    held: Mapping[UUID, list[Holding]],
    view: rules.View,
    viewer: Actor,
    moment: datetime,
    known_at: datetime | None,
) -> list[RegisterLine]:
    classes = _classes([row.number for row in rows], moment, known_at)
    return [
        RegisterLine(
            number=row.number,
            party=row.party_id,
            name=names.get(row.party_id, ""),
            classes=tuple(sorted(classes[row.number])),
            joined_at=row.start.effective_at,
            holdings=tuple(held.get(row.party_id, ())) if view.holdings or row.party_id == viewer.party else None,
        )
        for row in rows
    ]


def _classes(numbers: Sequence[int], moment: datetime, known_at: datetime | None) -> defaultdict[int, list[str]]:
    open_then = ClassMembership.objects.filter(
        Q(until_at__isnull=True) | Q(until_at__gt=moment), member__in=numbers, from_at__lte=moment
    )
    if known_at is not None:
        open_then = open_then.filter(recorded_at__lte=known_at)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, code in open_then.values_list("member_id", "class_code_id"):
        found[number].append(code)
    return found


Order = Callable[[Member], tuple[Any, ...]]

_BY: dict[str, Order] = {
    "number": lambda row: (row.number,),
    "joined": lambda row: (row.start.effective_at, row.number),
}


def _by_name(names: Mapping[UUID, str]) -> Order:
    return lambda row: (privacy_rules.sort_key(names.get(row.party_id, "")), row.number)


def _by_shares(held: Mapping[UUID, list[Holding]]) -> Order:
    return lambda row: (sum(each.shares for each in held.get(row.party_id, ())), row.number)
