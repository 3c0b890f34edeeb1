"""Members, their classes, and a party's standing at a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from .. import rules
from ..models import ClassMembership, Member, MemberClass, MembershipStart


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member without their name. `effective_at` is None while something is missing, such as a paid share;
    `ended_at` is None while the membership lasts."""

    number: int
    party: UUID
    admitted_at: datetime
    effective_at: datetime | None
    classes: tuple[str, ...]
    act: str
    ended_at: datetime | None = None
    end_reason: str = ""


def member(party: UUID, at: datetime | None = None) -> MemberView | None:
    """Return a party's membership with the classes of a moment (None: those open now), or None.

    A membership that had ended by then is none (`former` returns it); who came back has the newer number.
    """
    rows = Member.objects.filter(lasting(at), party=party).select_related("start", "ending").order_by("number")
    row = rows.first()
    return _view(row, at) if row else None


def former(party: UUID) -> MemberView | None:
    """Return a party's last ended membership, or None: also of somebody who has come back."""
    row = Member.objects.filter(party=party, ending__isnull=False).select_related("start", "ending").order_by("-number").first()
    return _view(row, row.ending.effective_at) if row else None


def member_by_number(number: int, at: datetime | None = None) -> MemberView | None:
    """Return the member with a number, or None; also one who has left: see `ended_at`."""
    row = Member.objects.filter(pk=number).select_related("start", "ending").first()
    return _view(row, at) if row else None


def number_of(party: UUID) -> int | None:
    """Return a party's member number, the newest if it came back, or None. Who has left keeps it."""
    return Member.objects.filter(party=party).order_by("-number").values_list("number", flat=True).first()


def is_effective(party: UUID, at: datetime) -> bool:
    """Say whether a party is a member whose membership counts at a moment."""
    return MembershipStart.objects.filter(lasting(at, "member__"), member__party=party, effective_at__lte=at).exists()


def lasting(at: datetime | None, prefix: str = "") -> Q:
    """Return the condition on Member (reached through `prefix`) that it had not ended by a moment (None: at all)."""
    open_now = Q(**{f"{prefix}ending__isnull": True})
    return open_now if at is None else open_now | Q(**{f"{prefix}ending__effective_at__gt": at})


def standing(party: UUID, at: datetime) -> str:
    """Return the classes a party belongs to at a moment, joined by "+", or "non-member".

    A membership that does not count yet (its share is not paid) is no standing.
    """
    return rules.standing_of(list(_in_class(at).filter(member__party=party).values_list("class_code_id", flat=True)))


def standings(parties: Collection[UUID], at: datetime) -> dict[UUID, str]:
    """Return the standing of many parties at a moment in one query."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = _in_class(at).filter(member__party__in=parties).values_list("member__party", "class_code_id")
    for party, code in rows:
        found[party].append(code)
    return {party: rules.standing_of(found.get(party, [])) for party in parties}


def classes() -> list[MemberClass]:
    """Return the classes of members this co-op has, by code."""
    return list(MemberClass.objects.order_by("code"))


def class_titles() -> dict[str, str]:
    """Return what each class of members is called, by code, in the reader's language."""
    return {each.code: _(each.title) for each in classes()}


def counts(at: datetime) -> dict[str, int]:
    """Return how many members each class has at a moment, and all members once under "all"."""
    by_class = _in_class(at).values_list("class_code_id").annotate(count=Count("member", distinct=True))
    found = dict.fromkeys(MemberClass.objects.values_list("code", flat=True), 0) | dict(by_class)
    found["all"] = MembershipStart.objects.filter(lasting(at, "member__"), effective_at__lte=at).count()
    return found


def _in_class(at: datetime) -> QuerySet[ClassMembership]:
    return ClassMembership.objects.filter(
        Q(until_at__isnull=True) | Q(until_at__gt=at),
        lasting(at, "member__"),
        from_at__lte=at,
        member__start__effective_at__lte=at,
    )


def _view(row: Member, at: datetime | None) -> MemberView:
    held = ClassMembership.objects.filter(member=row)
    held = (
        held.filter(until_at__isnull=True)
        if at is None
        else held.filter(Q(until_at__isnull=True) | Q(until_at__gt=at), from_at__lte=at)
    )
    start, ending = getattr(row, "start", None), getattr(row, "ending", None)
    return MemberView(
        number=row.number,
        party=row.party_id,
        admitted_at=row.admitted_at,
        effective_at=start.effective_at if start else None,
        classes=tuple(sorted(held.values_list("class_code_id", flat=True))),
        act=row.act,
        ended_at=ending.effective_at if ending else None,
        end_reason=ending.reason if ending else "",
    )
