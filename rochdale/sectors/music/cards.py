"""What music puts on a member's home page, and what an artist must settle before leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

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
    """Return what the co-op still owes an artist, and their tracks: neither keeps somebody in who wants to leave."""
    coop = cooperatives.here()
    owed = queries.artist_balance(party, coop.currency) if coop else None
    found = []
    if coop and owed:
        said = str(_("Money owed to you as an artist: it stays yours and is paid out to you after you left, too"))
        url = cooperatives.page("music:studio")
        found.append(
            module.Obligation(
                "music.artist_owed", said, owed, coop.currency, url, owed_to="member", settled_by="co-op", blocks=False
            )
        )
    artist = queries.artist_of(party)
    tracks = sum(len(release.tracks) for release in queries.releases(artist.id)) if artist is not None else 0
    if tracks:
        said = ngettext(
            "{n} track of yours stays to be heard here, unless you withdraw it",
            "{n} tracks of yours stay to be heard here, unless you withdraw them",
            tracks,
        ).format(n=tracks)
        found.append(module.Obligation("music.tracks_stay", said, url=cooperatives.page("music:studio"), blocks=False))
    return found
