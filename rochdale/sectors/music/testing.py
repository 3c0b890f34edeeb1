"""Makers for tests that need music: listeners with money, artists with tracks, files with plays."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from rochdale.bylaws import testing as bylaws
from rochdale.ledger import testing as books
from rochdale.ledger.rules import Leg
from rochdale.members.actions import many
from rochdale.shared import actor as actors
from rochdale.shared import clock, money
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import actions, queries, rules
from .models import Artist, Track
from .reader import Line

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLIENT_BANK = "assets.bank.client"
OPERATOR = actors.operator("test")
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A party with the actor they are at a page."""

    party: UUID
    actor: Actor


def somebody(now: datetime = NOW) -> Somebody:
    """Make a party that is no member, with a log-in."""
    with books.inside():
        party = UUID(many.make_parties(actor=OPERATOR, now=now, key=books.fresh_key(), count=1)[0])
    return Somebody(party, Actor(kind="person", via="page", person=uuid.uuid4(), party=party, sure_at=now))


def listener(euros: str = "10", now: datetime = NOW, currency: str = "EUR") -> Somebody:
    """Make a party with so much in its wallet; no wallet for "0"."""
    who = somebody(now)
    if money.parse(euros, currency):
        top_up(who.party, euros, now, currency)
    return who


def top_up(party: UUID, euros: str, now: datetime = NOW, currency: str = "EUR") -> None:
    """Put money into a wallet from the clients' bank account."""
    wallet = books.opened("liabilities.wallet", party=party, currency=currency, now=now)
    bank = books.opened(CLIENT_BANK, currency=currency, now=now)
    books.posted(Leg(bank, wallet, money.parse(euros, currency)), kind="payments.top_up", now=now, party=party)


def artist(name: str = "Bruno Okafor", now: datetime = NOW, party: UUID | None = None) -> Artist:
    """Make an artist with a party of their own."""
    return Artist.objects.create(
        party=party or somebody(now).party,
        name=name,
        name_key=rules.name_key(name),
        sort_key=rules.sort_key(name),
        imported=False,
        added_at=now,
    )


def track(title: str = "First Light", by: Artist | None = None, now: datetime = NOW, state: str = "paid") -> Track:
    """Make a track, by Bruno Okafor unless another artist is given."""
    by = by or Artist.objects.filter(name="Bruno Okafor").first() or artist(now=now)
    return Track.objects.create(
        artist=by,
        title=title,
        title_key=rules.name_key(title),
        sort_key=rules.sort_key(title),
        words=rules.words_of(title, by.name),
        length_ms=200_000,
        state=state,
        added_at=now,
    )


def played(who: Somebody, track: Track, *, now: datetime = NOW, event: str = "", **more: Any) -> dict[str, Any]:
    """Let somebody play a track through the action, with an event of its own."""
    event = event or f"event:{next(_numbers)}"
    answer: dict[str, Any] = actions.record_play(
        actor=who.actor, now=now, key=event, listener=who.party, track=track.pk, event=event, **more
    )
    return answer


def line(
    number: int = 1,
    *,
    who: str = "finn",
    artist: str = "Bruno Okafor",
    track: str = "First Light",
    at: datetime | None = None,
    **more: Any,
) -> Line:
    """Make a line of a listening file; lines are a minute apart unless a time is given."""
    return Line(number, who, at or NOW - timedelta(days=30) + timedelta(minutes=number), artist, track, **more)


def imported(
    lines: Iterable[Line], *, fund_from: str = "", now: datetime = NOW, run: int | None = None, number: int = 1
) -> dict[str, Any]:
    """Import lines as one chunk through the actions; a run is started unless one is given."""
    told = list(lines)
    if run is None:
        key = books.fresh_key()
        run = actions.start_import(actor=OPERATOR, now=now, key=key, file_hash=key, lines=len(told), fund_from=fund_from)
    summary: dict[str, Any] = actions.import_batch(
        actor=OPERATOR, now=now, key=f"music.import:{run}:{number}", run=run, number=number, lines=told
    )
    return summary


def _nine_plays() -> list[Any]:
    """Observe what a listener's first plays of a track cost and who was paid."""
    now = clock.now()
    who, bruno = listener("100", now), artist(f"Observed {next(_numbers)}", now)
    tune = track("Observed", bruno, now)
    answers = [played(who, tune, now=now) for _play in range(3)]
    owed = queries.artist_balance(bruno.party, "EUR")
    return [*((answer["price"], answer["step"], answer["steps"]) for answer in answers), owed]


def _tax_set_aside() -> int | None:
    """Observe what one play sets aside for the state."""
    now = clock.now()
    bruno = artist(f"Taxed {next(_numbers)}", now)
    played(listener("100", now), track("Taxed", bruno, now), now=now)
    return queries.artist_balance(bruno.party, "EUR")


def _shortest_counted() -> int:
    """Observe the first second from which a play is charged."""
    now = clock.now()
    tune = track(f"Short {next(_numbers)}", artist(f"Short {next(_numbers)}", now), now)
    charged = (s for s in range(1, 601) if queries.terms(now, "EUR").counted_after_seconds <= s)
    second = next(charged)
    assert played(listener("100", now), tune, now=now, ms_played=second * 1000 - 1)["outcome"] == "short"
    return second


def _oldest_taken() -> list[str]:
    """Observe which plays reported late are taken."""
    now = clock.now()
    who, tune = listener("100", now), track(f"Late {next(_numbers)}", artist(f"Late {next(_numbers)}", now), now)
    outcomes = []
    for days in (1, 29, 31, 59, 61):
        try:
            outcomes.append(played(who, tune, now=now, played_at=now - timedelta(days=days))["outcome"])
        except Refusal as refused:
            outcomes.append(refused.code)
    return outcomes


BYLAW_OBSERVATIONS: dict[str, Any] = {
    "music.ladder": _nine_plays,
    "music.coop_share": _nine_plays,
    "music.vat_percent": _tax_set_aside,
    "music.counted_after_seconds": _shortest_counted,
    "music.reported_within_days": _oldest_taken,
}
BYLAW_ALTERNATIVES: dict[str, Any] = {
    "music.ladder": {rules.EVERY_CURRENCY: [3, 5, 7]},
    "music.reported_within_days": 60,
}


def adopt(now: datetime = NOW, values: dict[str, Any] | None = None) -> int:
    """Let bylaws stand, with the values given."""
    return bylaws.adopt(now, values or {})
