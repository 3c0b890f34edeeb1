"""Whose contact details may be erased: who has left, for long enough, with nothing open any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy

from ..models import Member, Representative, ShareRequest
from . import applications, leaving, members, shares


def kept_days(at: datetime) -> int:
    """Return for how many days after the end of a membership contact details are kept where nothing is open."""
    return int(bylaws.value("members.contact_kept_days", at=at))


def due(now: datetime, limit: int = 500) -> list[UUID]:
    """Return the parties whose contact details are to be erased now, who left first coming first."""
    left = Member.objects.filter(ending__effective_at__lte=now - timedelta(days=kept_days(now)))
    rows = left.values_list("party").annotate(last=Max("ending__effective_at")).order_by("last", "party")
    gone = [party for party, _last in rows]
    kept = privacy.readable(gone)
    return [party for party in gone if (party, "contact") in kept and is_due(party, now)][:limit]


def is_due(party: UUID, now: datetime) -> bool:
    """Say whether nobody needs to reach a party any more, and what is kept for that was not erased yet."""
    gone = members.former(party)
    if gone is None or gone.ended_at is None or members.member(party) is not None:
        return False
    if gone.ended_at + timedelta(days=kept_days(now)) > now or (party, "contact") not in privacy.readable([party]):
        return False
    return not is_open(party, now)


def is_open(party: UUID, now: datetime) -> bool:
    """Say whether anything is open with a party: money owed either way, shares, a wish, an application, an organisation."""
    return (
        bool(shares.holdings([party], now).get(party))
        or any(each.open for each in applications.applications_of(party))
        or ShareRequest.objects.filter(party=party, end__isnull=True).exists()
        or ShareRequest.objects.filter(receiver=party, end__isnull=True).exists()
        or Representative.objects.filter(representative=party, until_at__isnull=True).exists()
        or any(each.settled_by != "leaving" for each in leaving.obligations(party, now))
    )
