"""What members puts on a member's home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rochdale.shared import module

from . import queries


def home_cards(party: UUID, now: datetime) -> Sequence[module.Card]:
    """Return the membership card: number, classes, shares, and what is still to pay."""
    member = queries.member(party, now)
    applications = [each for each in queries.applications_of(party) if each.open]
    if member is None and not applications:
        return ()
    data = {
        "member": member,
        "applications": applications,
        "holdings": queries.holdings([party], now).get(party, []),
        "to_pay": queries.subscriptions_to_pay(party),
        "url": reverse("members:membership"),
    }
    return (module.Card(_("My membership"), "members/_card.html", data, order=30),)
