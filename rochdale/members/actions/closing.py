"""The end of a place in a class, or of acting for an organisation: the row is closed, and what closed it is written beside it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from ..models import ClassEnd, ClassMembership, Representative, RepresentativeEnd


def close_classes(rows: QuerySet[ClassMembership], *, until_at: datetime, act: str) -> int:
    """End the open places among these, and write a sealed row for each; return how many were open."""
    moments = _open(rows, until_at)
    ClassMembership.objects.filter(pk__in=moments).update(until_at=Greatest(F("from_at"), until_at))
    ClassEnd.objects.bulk_create(ClassEnd(membership_id=row, until_at=at, act=act) for row, at in moments.items())
    return len(moments)


def close_representation(rows: QuerySet[Representative], *, until_at: datetime, act: str) -> int:
    """End that people act for organisations, and write a sealed row for each; return how many did."""
    moments = _open(rows, until_at)
    Representative.objects.filter(pk__in=moments).update(until_at=Greatest(F("from_at"), until_at))
    ends = (RepresentativeEnd(representative_id=row, until_at=at, act=act) for row, at in moments.items())
    RepresentativeEnd.objects.bulk_create(ends)
    return len(moments)


def _open(rows: QuerySet[ClassMembership] | QuerySet[Representative], until_at: datetime) -> dict[int, datetime]:
    """Lock the rows that are open and return when each ends; of two that end one at once, the second finds none."""
    held = rows.filter(until_at__isnull=True).select_for_update().values_list("pk", "from_at")
    return {row: max(from_at, until_at) for row, from_at in held}
