"""Two at once at the desk, with real threads and connections."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from rochdale.members import testing as people
from rochdale.members.testing import NOW, at_once, fresh_key
from rochdale.payments import actions, queries
from rochdale.payments import testing as desk
from rochdale.shared import coops
from rochdale.shared.money import ONE


@pytest.fixture
def schema(own_database: Any) -> str:
    """Return the schema of a co-op whose changes are committed for real."""
    return str(own_database.coop.schema_name)


def test_two_approve_at_once_and_it_is_done_once(schema: str) -> None:
    with coops.inside(schema):
        people.settle(values={"payments.two_people_above": 20 * ONE})
        bruno = people.join("bruno")
        approval = desk.top_up(bruno, 30 * ONE, rail="bank")["approval"]
        officers = [people.officer("finn"), people.officer("grace")]
    given: dict[str, Any] = {"now": NOW, "approval": approval, "approved": True}
    results = at_once(schema, [partial(actions.decide_approval, actor=by, key=fresh_key(), **given) for by in officers])
    assert "payments.approval_decided" in results
    with coops.inside(schema):
        assert queries.wallet(bruno, "EUR").balance == 30 * ONE
        assert queries.receipts_with_gaps() == []


def test_two_refunds_just_under_the_limit_at_once_are_one_above_it(schema: str) -> None:
    with coops.inside(schema):
        people.settle(values={"payments.two_people_above": 20 * ONE})
        bruno = people.join("bruno")
        approval = desk.top_up(bruno, 60 * ONE, rail="bank")["approval"]
        actions.decide_approval(actor=people.officer("finn"), now=NOW, key=fresh_key(), approval=approval, approved=True)
        officers = [people.officer("ada"), people.officer("finn")]
    given: dict[str, Any] = {"now": NOW, "party": bruno, "amount": 19 * ONE, "currency": "EUR", "rail": "bank"}
    results = at_once(schema, [partial(actions.refund_wallet, actor=by, key=fresh_key(), **given) for by in officers])
    assert sorted(each["state"] for each in results) == ["done", "waits"]


def test_the_cap_holds_when_two_top_up_at_once(schema: str) -> None:
    with coops.inside(schema):
        bruno = people.join("bruno")
        officers = [people.officer("ada"), people.officer("finn")]
    given: dict[str, Any] = {"now": NOW, "party": bruno, "amount": 60 * ONE, "currency": "EUR", "rail": "bank"}
    results = at_once(schema, [partial(actions.top_up, actor=by, key=fresh_key(), **given) for by in officers])
    assert "payments.over_wallet_cap" in results
    with coops.inside(schema):
        assert queries.wallet(bruno, "EUR").balance == 60 * ONE


def test_the_same_form_sent_many_times_at_once_counts_once(schema: str) -> None:
    with coops.inside(schema):
        bruno = people.join("bruno")
        ada = people.officer("ada")
    given: dict[str, Any] = {
        "actor": ada,
        "now": NOW,
        "key": "once",
        "party": bruno,
        "amount": ONE,
        "currency": "EUR",
        "rail": "bank",
    }
    results = at_once(schema, [partial(actions.top_up, **given) for _ in range(8)])
    assert len({each["receipt"] for each in results}) == 1
    with coops.inside(schema):
        assert queries.wallet(bruno, "EUR").balance == ONE


def test_one_desk_day_is_opened_by_two_at_once(schema: str) -> None:
    with coops.inside(schema):
        officers = [people.officer("ada"), people.officer("finn")]
    given: dict[str, Any] = {"now": NOW, "currency": "EUR", "counted": 50 * ONE}
    results = at_once(schema, [partial(actions.open_desk_day, actor=by, key=fresh_key(), **given) for by in officers])
    assert "payments.day_is_open" in results
    with coops.inside(schema):
        assert queries.in_till("EUR") == 50 * ONE
