"""A seeded life of a co-op: people pay in, play, take shares, get refunds; after every step the books hold.

A failure names its seed and step: `SIMULATION_SEED=… pytest tests/books` plays it again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from rochdale.founding import testing as founding
from rochdale.ledger import queries as books
from rochdale.members import actions as members
from rochdale.offices import queries as offices
from rochdale.payments import actions as payments
from rochdale.payments import queries as desk
from rochdale.sectors.music import actions as music
from rochdale.shared import coops, module, money
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
SEEDS = [int(os.environ["SIMULATION_SEED"])] if "SIMULATION_SEED" in os.environ else [1844, 7, 90210]
STEPS = 120
EURO = money.ONE


class World:
    """The co-op of the seven founders, its clock and its dice."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = START
        self.turn = 0
        self.tracks: list[int] = []
        self.parties = {
            office: offices.holders(office, START)[0] for office in ("chair", "secretary", "treasurer", "cashier", "board")
        }

    def who(self, office: str) -> dict[str, Any]:
        """Return the three arguments every action takes, acting as the holder of an office."""
        self.turn += 1
        return {"actor": self.actor(self.parties[office]), "now": self.now, "key": f"step:{self.turn}"}

    def actor(self, party: UUID) -> Actor:
        return Actor(kind="person", via="page", person=party, party=party, sure_at=self.now, strong=True)

    def anyone(self) -> UUID:
        return self.dice.choice(list(self.parties.values()))

    def amount(self) -> int:
        return self.dice.choice((1, 5, 20, 60, 150)) * EURO + self.dice.choice((0, 0, 10_000, 500_000))


def publish(world: World) -> None:
    artist = world.parties["board"]
    taken = members.buy_shares(**world.who("treasurer"), party=artist, count=1)
    members.pay_shares(**world.who("treasurer"), subscription=taken["subscription"], amount=taken["amount"], rail="bank")
    music.register_artist(**world.who("board"), party=artist, name="Amber Quartet")
    for number in range(3):
        world.tracks.append(music.add_track(**world.who("board"), party=artist, title=f"Tune {number}", length_ms=180_000))


def top_up(world: World) -> None:
    payments.top_up(
        **world.who(world.dice.choice(("treasurer", "cashier"))), party=world.anyone(), amount=world.amount(), currency="EUR",
        rail=world.dice.choice(("cash", "bank")),
    )  # fmt: skip


def refund(world: World) -> None:
    payments.refund_wallet(
        **world.who("treasurer"),
        party=world.anyone(),
        amount=world.amount(),
        currency="EUR",
        rail=world.dice.choice(("cash", "bank")),
    )


def decide(world: World) -> None:
    for waiting in desk.waiting():
        payments.decide_approval(
            **world.who(world.dice.choice(("treasurer", "cashier", "chair"))), approval=waiting.approval,
            approved=world.dice.random() < 0.7, reason_code="mistake",
        )  # fmt: skip


def play(world: World) -> None:
    listener = world.anyone()
    given = world.who("chair") | {"actor": world.actor(listener)}
    music.record_play(
        **given, listener=listener, track=world.dice.choice(world.tracks), event=f"event-{world.dice.randrange(400)}",
        ms_played=world.dice.choice((5_000, 45_000, 180_000)),
    )  # fmt: skip


def shares(world: World) -> None:
    party = world.anyone()
    taken = members.buy_shares(**world.who("treasurer"), party=party, count=world.dice.choice((1, 3, 40_000)))
    payments.take_share_payment(
        **world.who("treasurer"), subscription=taken["subscription"],
        amount=world.dice.choice((taken["amount"], EURO, taken["amount"] + EURO)), rail="bank",
    )  # fmt: skip


STEPS_OF_LIFE: tuple[Callable[[World], None], ...] = (top_up, top_up, refund, decide, play, play, play, play, shares)


@pytest.fixture
def world(request: pytest.FixtureRequest, public_db: Any) -> Iterator[World]:
    with coops.inside(founding.found(START)):
        world = World(request.param)
        publish(world)
        payments.open_desk_day(**world.who("treasurer"), currency="EUR", counted=0)
        yield world


def broken() -> list[str]:
    return [
        f"{rule.number}: {rows}" for plug in module.installed() for rule in plug.invariants() if (rows := list(rule.offending()))
    ]


@pytest.mark.parametrize("world", SEEDS, indirect=True, ids=lambda seed: f"seed-{seed}")
def test_the_books_hold_after_every_step(world: World) -> None:
    refused: dict[str, int] = {}
    for step in range(STEPS):
        world.now += timedelta(minutes=world.dice.randrange(1, 300))
        move = world.dice.choice(STEPS_OF_LIFE)
        before = books.trial_balance()
        try:
            with coops.inside(coops.current()):
                move(world)
        except Refusal as no:
            refused[no.code] = refused.get(no.code, 0) + 1
            assert books.trial_balance() == before, f"step {step}, {move.__name__}: {no.code} left a trace"
        assert not broken(), f"after step {step}, {move.__name__}: {broken()}"
    assert refused, "nothing was ever refused: the dice are loaded"
    assert sum(1 for code in refused if code.startswith(("music.", "payments.", "members."))) >= 2
