"""What members puts on a member's home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rochdale.offices import queries as offices
from rochdale.shared import module

from . import queries

DECIDERS = frozenset({"board", "chair", "secretary"})
"""Offices that see what waits."""


def home_cards(party: UUID, now: datetime) -> Sequence[module.Card]:
    """Return the membership card, first when something is to pay, and for officers the applications that wait."""
    cards: list[module.Card] = []
    held = offices.held_by(party, now)
    if DECIDERS & held:
        waiting = queries.open_applications(now)
        count = sum(queries.may_decide(each, officer=party, held=held, at=now) for each in waiting)
        if count:
            data: dict[str, Any] = {"count": count, "url": reverse("members:applications")}
            cards.append(module.Card(_("Applications"), "members/_officer_card.html", data, order=6))
    member = queries.member(party, now)
    applications = [each for each in queries.applications_of(party) if each.open]
    to_pay = queries.subscriptions_to_pay(party)
    if member is not None or applications:
        titles = queries.class_titles() if applications else {}
        unpaid = member is not None and member.effective_at is None
        data = {
            "member": member,
            "minimum": queries.minimum_owed(party, now)[0] if unpaid else 0,
            "applications": [(each, titles.get(each.class_code, each.class_code)) for each in applications],
            "holdings": queries.holdings([party], now).get(party, []),
            "to_pay": to_pay,
            "url": reverse("members:membership"),
        }
        cards.append(module.Card(_("My membership"), "members/_card.html", data, order=10 if to_pay or unpaid else 30))
    return cards
