"""Two people at the same moment: one transfer decided twice, two rounds after the last money, a copy while somebody writes."""

from __future__ import annotations

from typing import Any

import pytest

from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.testing import NOW, at_once, fresh_key, holding_of
from rochdale.members.testing_shares import LATER, agreed_offer, ask, books_hold, by, held, prepare
from rochdale.shared import coops
from rochdale.shared.money import ONE


@pytest.fixture
def schema(own_database: Any) -> str:
    return str(own_database.coop.schema_name)


def test_of_two_officers_who_approve_one_transfer_one_moves_the_shares(schema: str) -> None:
    with coops.inside(schema):
        holding_of("bruno", 5)
        people.join("finn")
        people.officer("grace"), people.officer("hana")
        request = agreed_offer(3)["request"]
        asked = [by(name) for name in ("grace", "hana")]
    calls = [lambda each=each: actions.decide_transfer(**each, request=request, approved=True) for each in asked]
    results = at_once(schema, calls)
    assert sorted(map(str, results)) == ["members.share_request_settled", "{'state': 'done'}"]
    with coops.inside(schema):
        assert (held("bruno")[0], held("finn")[0]) == (2, 4)
        books_hold()


def test_two_rounds_that_compete_for_the_last_money_pay_it_once(schema: str) -> None:
    with coops.inside(schema):
        people.settle(NOW, {"members.buy_back_cash_kept": 6 * ONE}, packs=("uk",))
        holding_of("bruno", 6)
        people.officer("ada"), people.officer("grace"), people.officer("hana"), people.officer("carmen")
        ask("bruno", 5)
        room = queries.buy_back_room("GBP", LATER) // ONE
        rounds = [prepare(room), prepare(room)]
        asked = [by(name) for name in ("grace", "hana")]
    calls = [
        lambda each=each, number=number: actions.release_buy_backs(**each, round=number)["paid"]
        for each, number in zip(asked, rounds, strict=True)
    ]
    results = at_once(schema, calls)
    with coops.inside(schema):
        paid = sum(each for each in results if isinstance(each, int))
        assert paid <= room * ONE
        assert queries.buy_back_room("GBP", LATER) >= 0
        assert held("bruno")[0] == 6 - paid // ONE
        books_hold()


def test_a_copy_waits_for_who_writes_and_comes_out_the_same_after(schema: str) -> None:
    with coops.inside(schema):
        bruno = people.join("bruno")
        people.officer("carmen"), people.officer("ada")
        copying, buying = by("carmen"), by("bruno")
    results = at_once(
        schema,
        [
            lambda: actions.copy_register(**copying, as_of=LATER, known_at=LATER)["digest"],
            lambda: actions.buy_shares(**buying, party=bruno, count=2)["amount"],
        ],
    )
    with coops.inside(schema):
        assert queries.register_copy(LATER, LATER, "full").digest == results[0]
        assert queries.copies_that_come_out_differently() == []
        again = actions.copy_register(**by("carmen") | {"key": fresh_key()}, as_of=LATER, known_at=LATER)
        assert again["digest"] == results[0]
