"""What music puts on a member's home page, and what an artist must settle before leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import module

from . import queries


def home(party: UUID, now: datetime) -> Sequence[module.Card]:
    """Return the cards of a member: my plays and collection; for an artist also what they are owed."""
    coop = cooperatives.here()
    currency = coop.currency if coop else ""
    year = queries.totals(party, since=datetime(now.year, 1, 1, tzinfo=UTC))
    cards = []
    if year.plays or year.owned:
        cards.append(
            module.Card(
                _("My plays"),
                "music/_card_plays.html",
                {"totals": year, "currency": currency, "year": now.year, "url": reverse("music:history")},
                order=30,
            )
        )
        owned, count = queries.collection(party, owned=True, size=3)
        on_the_way, started = queries.collection(party, owned=False, size=3)
        cards.append(
            module.Card(
                _("My collection"),
                "music/_card_collection.html",
                {
                    "owned": owned,
                    "count": count,
                    "on_the_way": on_the_way,
                    "started": started,
                    "url": reverse("music:collection"),
                },
                order=40,
            )
        )
    else:
        cards.append(module.Card(_("Music"), "music/_card_start.html", {"url": reverse("music:catalogue")}, order=30))
    artist = queries.artist_of(party)
    if artist is not None:
        balance = queries.artist_balance(party, currency) or 0
        data = {"artist": artist, "balance": balance, "currency": currency, "url": reverse("music:studio")}
        cards.append(module.Card(_("Owed to you as an artist"), "music/_card_artist.html", data, order=25))
    return cards


def obligations(party: UUID, now: datetime) -> Sequence[module.Obligation]:
    """Return what the co-op still owes an artist: it is paid out before they leave."""
    coop = cooperatives.here()
    owed = queries.artist_balance(party, coop.currency) if coop else None
    if not coop or not owed:
        return ()
    return (
        module.Obligation("music.artist_owed", _("Money owed to you as an artist"), owed, coop.currency, reverse("music:studio")),
    )
