"""Whatever lines come, entries are booked and matches made or taken back: books − outstanding + unmatched = the bank's lines."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import transaction

from rochdale.members import testing as people
from rochdale.members.testing import NOW, fresh_key
from rochdale.payments import actions, queries
from rochdale.payments import testing as desk
from rochdale.payments.testing import brought, statement
from rochdale.shared.money import ONE
from rochdale.shared.refusals import Refusal

START, DAYS, STEPS = NOW - timedelta(days=20), 20, 15


class Life:
    """A random life of one bank account; each step is one that an officer could take."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.bruno = people.join("bruno", START)
        self.ada = people.officer("ada", START)
        self.steps = (self.book, self.book, self.bring, self.bring, self.match, self.match, self.undo, self.aside)

    def who(self) -> dict[str, Any]:
        return {"actor": people.actor("ada", NOW), "now": NOW, "key": fresh_key()}

    def book(self) -> None:
        at = START + timedelta(days=self.rng.randrange(DAYS))
        desk.top_up(self.bruno, self.rng.randint(1, 3) * ONE, at, rail="bank")

    def bring(self) -> None:
        day = (START + timedelta(days=self.rng.randrange(DAYS))).date()
        lines = [(day, self.rng.choice((-1, 1, 2, 3)) * ONE, f"no. {self.rng.random()}") for _ in range(self.rng.randint(1, 3))]
        brought(statement(*lines, opening=self.rng.choice((0, None, 5 * ONE))), NOW)

    def match(self) -> None:
        lines = list(queries.open_lines("client", "EUR"))
        entries = list(queries.worklist("client", "EUR", NOW).entries) + [
            entry for choice in queries.worklist("client", "EUR", NOW).choices for entry in choice.entries
        ]
        self.rng.shuffle(lines)
        for some in [*combinations(lines[:5], 1), *combinations(lines[:5], 2)]:
            for many in (1, 2):
                for chosen in combinations(entries[:6], many):
                    if sum(each.amount for each in some) == sum(each.amount for each in chosen):
                        postings = [each.posting for each in chosen]
                        actions.match(**self.who(), lines=[each.id for each in some], entries=postings)
                        return

    def undo(self) -> None:
        found = queries.matches("client", "EUR")
        if found:
            actions.undo_match(**self.who(), match=self.rng.choice(found).id, reason_code="mistake")

    def aside(self) -> None:
        found = [row for row in queries.open_lines("client", "EUR") if row.kind == "entry"]
        if found:
            actions.book_line(
                **self.who(), line=self.rng.choice(found).id, how=self.rng.choice(("suspense", "fee")), reason_code="bank_asked"
            )


@pytest.mark.parametrize("seed", [1, 2])
def test_the_equation_holds_after_every_step(coop: Any, seed: int) -> None:
    life = Life(seed)
    for _ in range(STEPS):
        step = life.rng.choice(life.steps)
        try:
            with transaction.atomic():
                step()
        except Refusal as refused:
            assert refused.code.startswith("payments."), refused.code
        for day in (START + timedelta(days=life.rng.randrange(DAYS)), NOW):
            found = queries.reconciliation("client", "EUR", day.date())
            assert found.books - found.outstanding + found.unmatched == found.said, (seed, step.__name__)
        assert queries.sums_that_differ() == queries.matched_twice() == []
