"""The register of members, as of one moment and as known at another, shown as far as the law allows the viewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import names as sealed_names
from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting
from rochdale.shared import keys
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import rules
from ..models import Member, RegisterInspection
from .copies import classes_as_known, entered
from .members import is_effective
from .shares import Holding, change_of, holdings

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
    left_at: datetime | None = None
    """When they left since, as far as was known; None while the membership lasts."""
    old_number: str = ""
    """The number in the register they came with."""

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
        viewer_kind(viewer, now), visibility=row.value if row else None, hide_holdings=bool(hidden and hidden.value)
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
    search: str = "",
    start: int = 0,
    size: int = PAGE_SIZE,
) -> RegisterPage:
    """Return the members as of a moment, as it was known at another, in pages of `size`.

    `search` is a member number, or beginnings of words of the name (accents and case do not count).

    Everybody sees their own holdings. Names stand as they were known then, but are searched and
    sorted by as they are now. Refuses viewers to whom the law opens nothing, and a sort
    that is not one of number, name, joined, shares. An outsider must have said a purpose first
    (`members.inspect_register`): the entrance asks for it.
    """
    view, law = register_view(viewer, now)
    if not view.names:
        raise NotOpen()
    if sort not in SORTS or (sort == "shares" and not view.holdings):
        raise UnknownSort(given=sort[:20])
    moment = as_of or now
    shown = [viewer.party] if viewer.party is not None else []
    if sort == "shares":
        part, total = _by_shares(_matching(entered(moment, known_at), search), moment, known_at, descending, start, size)
    else:
        part, total = _part(entered(moment, known_at), sort, search, descending, start, size)
    every = [row.party_id for row in part] if size else None
    held = holdings(every if view.holdings else shown, moment, known_at)
    names = _known([row.party_id for row in part], known_at)
    return RegisterPage(_lines(part, names, held, view, viewer, moment, known_at), total, view, law)


def register_inspections(limit: int = 100) -> Sequence[RegisterInspection]:
    """Return the latest looks from outside, newest first: members may see that they happened."""
    return list(RegisterInspection.objects.order_by("-id")[:limit])


def viewer_kind(viewer: Actor, now: datetime) -> rules.Viewer:
    """Return what somebody is to the register: an officer who keeps it, a member, or an outsider."""
    if KEEPERS & acting.held(viewer, now):
        return "officer"
    return "member" if viewer.party is not None and is_effective(viewer.party, now) else "outsider"


class _Entered(NamedTuple):
    """What the register keeps of a member without opening anything: plain, because there may be a hundred thousand."""

    number: int
    party_id: UUID
    joined_at: datetime
    left_at: datetime | None
    left_recorded_at: datetime | None
    old_number: str | None


def _read(found: QuerySet[Member]) -> list[_Entered]:
    columns = ("start__effective_at", "ending__effective_at", "ending__recorded_at", "imported__reference")
    return list(map(_Entered._make, found.values_list("number", "party_id", *columns)))


def _part(
    effective: QuerySet[Member], sort: str, search: str, descending: bool, start: int, size: int
) -> tuple[list[_Entered], int]:
    """Return the members on a page and how many there are: in the database's order, or in that of the sealed names."""
    found = _matching(effective, search) if sort != "name" else effective
    end = start + size if size else None
    if sort != "name":
        signs = "-" if descending else ""
        return _read(found.order_by(*(f"{signs}{column}" for column in _BY[sort]))[start:end]), found.count()
    if _is_number(search):
        found, search = _matching(effective, search), ""
    ordered = sealed_names.order(_as_text(found), search=search, descending=descending)
    by_party = {str(row.party_id): row for row in _read(_among(found, ordered[start:end]))}
    return [by_party[party] for party in ordered[start:end]], len(ordered)


def _by_shares(
    found: QuerySet[Member], moment: datetime, known_at: datetime | None, descending: bool, start: int, size: int
) -> tuple[list[_Entered], int]:
    """Sort by what is held of all classes together, in the database: who holds nothing counts as 0."""
    theirs = "party__share_movements__"
    then = Q(**{f"{theirs}effective_at__lte": moment})
    if known_at is not None:
        then &= Q(**{f"{theirs}recorded_at__lte": known_at})
    held = found.annotate(held=Sum(change_of("shares", theirs), filter=then, default=0))
    away = "-" if descending else ""
    end = start + size if size else None
    return _read(held.order_by(f"{away}held", f"{away}number")[start:end]), found.count()


def _matching(effective: QuerySet[Member], search: str) -> QuerySet[Member]:
    if not search.strip():
        return effective
    if _is_number(search):
        return effective.filter(number=int(search.strip()[:9]))
    return _among(effective, sealed_names.order(_as_text(effective), search=search))


def _is_number(search: str) -> bool:
    return search.strip().isascii() and search.strip().isdigit()


def _as_text(found: QuerySet[Member]) -> Iterable[str]:
    return found.order_by().values_list(Cast("party_id", TextField()), flat=True)


def _among(found: QuerySet[Member], parties: Sequence[str]) -> QuerySet[Member]:
    return found.extra(where=["members_member.party_id = ANY(%s::uuid[])"], params=[list(parties)])


def _lines(
    rows: Sequence[_Entered],
    names: Mapping[UUID, str],
    held: Mapping[UUID, list[Holding]],
    view: rules.View,
    viewer: Actor,
    moment: datetime,
    known_at: datetime | None,
) -> list[RegisterLine]:
    classes = classes_as_known([row.number for row in rows], moment, known_at)
    return [
        RegisterLine(
            number=row.number,
            party=row.party_id,
            name=names.get(row.party_id, ""),
            classes=tuple(sorted(classes.get(row.number, ()))),
            joined_at=row.joined_at,
            holdings=tuple(held.get(row.party_id, ())) if view.holdings or row.party_id == viewer.party else None,
            left_at=row.left_at if known_at is None or (row.left_recorded_at or known_at) <= known_at else None,
            old_number=row.old_number or "",
        )
        for row in rows
    ]


def _known(parties: Sequence[UUID], known_at: datetime | None) -> dict[UUID, str]:
    """Return names as they were known, empty where they were erased since, and a word where this host lacks the key."""
    if known_at is None:
        return privacy.names(parties)
    try:
        read = privacy.read_as_known(parties, "register", known_at)
    except keys.KeyMissing:
        return dict.fromkeys(parties, str(privacy.CLOSED))
    return {party: str(fields.get("name", "")) if fields else "" for party, fields in read.items()}


_BY: dict[str, tuple[str, ...]] = {"number": ("number",), "joined": ("start__effective_at", "number")}
