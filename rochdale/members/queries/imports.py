"""Old registers that were brought in: who came with them, and under which number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from rochdale.privacy import queries as vault

from ..models import ImportedMember, Member, MemberClass, RegisterImport, ShareClass


@dataclass(frozen=True, slots=True)
class Known:
    """What of this co-op an import must fit to: numbers and old numbers that are taken, classes there are."""

    numbers: frozenset[int]
    references: frozenset[str]
    classes: frozenset[str]
    share_classes: dict[str, str]
    """Code → currency."""


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """One time that an old register was brought in."""

    run: int
    begun_at: datetime
    members: int


def known_for_import() -> Known:
    """Return what an old register is held against before it is brought in."""
    return Known(
        frozenset(Member.objects.values_list("number", flat=True)),
        frozenset(ImportedMember.objects.values_list("reference", flat=True)),
        frozenset(MemberClass.objects.values_list("code", flat=True)),
        dict(ShareClass.objects.values_list("code", "currency")),
    )


def known_contacts(given: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[UUID, int, str]]:
    """Return which members are known under these (what, text) contacts: party, number, and old number if they have one."""
    found = vault.find_many(given)
    rows = Member.objects.filter(party__in=set(found.values())).values_list("party", "number", "imported__reference")
    members = {party: (party, number, reference or "") for party, number, reference in rows}
    return {contact: members[party] for contact, party in found.items() if party in members}


def old_number(number: int) -> str:
    """Return the number a member had in the register they came with; the empty text for others."""
    return ImportedMember.objects.filter(pk=number).values_list("reference", flat=True).first() or ""


def highest_of_old_registers() -> int:
    """Return the highest number that an old register had when it came in; 0 without any."""
    return int(RegisterImport.objects.aggregate(highest=Max("highest"))["highest"] or 0)


def register_imports() -> list[BroughtIn]:
    """Return the old registers that were brought in, newest first."""
    return [BroughtIn(row.pk, row.begun_at, row.members) for row in RegisterImport.objects.order_by("-pk")]
