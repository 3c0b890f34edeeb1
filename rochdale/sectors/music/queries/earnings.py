"""What an artist earned: read off the ledger, which keeps the only count."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from rochdale.ledger import queries as ledger
from rochdale.ledger.queries import sources
from rochdale.sectors.music import books

from .catalogue import TrackView, releases
from .listening import plays_by_track


@dataclass(frozen=True, slots=True)
class Earned:
    """A track's plays and what they brought the artist, in micro-units."""

    track: TrackView
    plays: int
    paid_plays: int
    earned: int


def artist_balance(party: UUID, currency: str) -> int | None:
    """Return what the co-op owes an artist now, in micro-units; None before anything was earned."""
    account = ledger.account(books.PAYABLE, currency, party)
    return ledger.balance(account) if account is not None else None


def earned_by_track(artist: int, party: UUID, currency: str) -> list[Earned]:
    """Return what each track of an artist brought them, the best first; withdrawn tracks too."""
    account = ledger.account(books.PAYABLE, currency, party)
    amounts = sources.credited_by_source(account, books.source_of_any_track()) if account is not None else {}
    plays = plays_by_track(artist)
    tracks = [track for release in releases(artist, with_withdrawn=True) for track in release.tracks]
    found = [Earned(track, *plays.get(track.id, (0, 0)), earned=amounts.get(books.source_of(track.id), 0)) for track in tracks]
    return sorted(found, key=lambda each: (-each.earned, -each.plays, each.track.title))
