"""What offices put on a home page: to officers, that the law changed and which bylaws lie outside of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.shared import links, module

from . import queries, rules


def home_cards(party: UUID, now: datetime) -> Sequence[module.Card]:
    """Return the card about the law for who answers for it, while there is something to know."""
    if not rules.ANSWER_FOR_THE_LAW & queries.held_by(party, now):
        return ()
    found = bylaws.attention(at=now)
    if found is None or not found.calls:
        return ()
    data = {"law": found, "url": reverse("bylaws:document", urlconf=links.COOP_URLS)}
    return (module.Card(_("The law changed"), "offices/_law_card.html", data, order=4),)
