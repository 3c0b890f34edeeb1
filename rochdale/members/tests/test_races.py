"""Two at once, with real threads and connections."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.testing import NOW, at_once, fresh_key
from rochdale.shared import coops
from rochdale.shared.actor import Actor
from rochdale.shared.money import ONE


@pytest.fixture
def schema(own_database: Any) -> str:
    """Return the schema of a co-op whose changes are committed for real."""
    return str(own_database.coop.schema_name)


def test_two_officers_admit_the_same_applicant_and_one_number_is_given(schema: str) -> None:
    with coops.inside(schema):
        application = people.apply("eve", "listener")
        officers = [people.officer("grace"), people.officer("hana")]
    given: dict[str, Any] = {"now": NOW, "application": application}
    results = at_once(schema, [partial(actions.admit_member, actor=by, key=fresh_key(), **given) for by in officers])
    assert sorted(isinstance(each, dict) for each in results) == [False, True]
    assert "members.already_decided" in results
    with coops.inside(schema):
        assert queries.numbers_with_gaps() == []


def test_many_are_admitted_at_once_and_no_number_is_skipped_or_doubled(schema: str) -> None:
    names = ["ada", "bruno", "carmen", "dilip", "eve", "finn"]
    with coops.inside(schema):
        people.settle()
        applications = [people.apply(name, "listener") for name in names]
        grace = people.officer("grace")
    results = at_once(
        schema,
        [partial(actions.admit_member, actor=grace, now=NOW, key=f"admit:{each}", application=each) for each in applications],
    )
    with coops.inside(schema):
        given = [each["number"] for each in results]
        assert len(set(given)) == len(names)
        assert queries.numbers_with_gaps() == []


def test_a_share_is_paid_once_by_two_officers_at_once(schema: str) -> None:
    with coops.inside(schema):
        bruno = people.join("bruno", counts=False)
        bought = actions.buy_shares(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, count=1)
        officers = [people.officer("ada"), people.officer("finn")]
    given: dict[str, Any] = {"now": NOW, "subscription": bought["subscription"], "amount": ONE, "rail": "bank"}
    results = at_once(schema, [partial(actions.pay_shares, actor=by, key=fresh_key(), **given) for by in officers])
    assert "members.overpaid" in results
    with coops.inside(schema):
        assert queries.holding(bruno, "member", NOW).paid == ONE
        assert queries.register_differs_from_ledger() == []


def test_the_maximum_holds_when_shares_are_taken_twice_at_once(schema: str) -> None:
    with coops.inside(schema):
        people.settle(values={"members.maximum_holding": 100 * ONE})
        bruno = people.join("bruno", counts=False)
        by = people.actor("bruno")
    given: dict[str, Any] = {"actor": by, "now": NOW, "party": bruno, "count": 60}
    results = at_once(schema, [partial(actions.buy_shares, key=fresh_key(), **given) for _ in range(2)])
    assert "members.over_maximum_holding" in results
    with coops.inside(schema):
        assert queries.holding(bruno, "member", NOW).shares == 60


def test_wrong_pins_tried_in_parallel_lock_after_five(schema: str) -> None:
    with coops.inside(schema):
        dilip = people.join("dilip")
        sheet = people.sheet()
        carmen = people.officer("carmen")
        actions.issue_desk_credentials(
            actor=carmen,
            now=NOW,
            key=fresh_key(),
            party=dilip,
            pin_hash=sheet.pin_hash,
            code_hashes=list(sheet.code_hashes),
        )
        number = queries.number_of(dilip)
    tries = [
        partial(
            actions.prove_at_desk,
            actor=carmen,
            now=NOW,
            key=f"try:{place}",
            number=number or 0,
            pin="000000",
            code=sheet.codes[0],
        )
        for place in range(12)
    ]
    results = [each["reason"] for each in at_once(schema, tries)]
    assert sorted(results) == ["locked"] * 7 + ["wrong"] * 5


def test_one_code_opens_one_session_when_used_twice_at_once(schema: str) -> None:
    with coops.inside(schema):
        dilip = people.join("dilip")
        sheet, carmen = people.sheet(), people.officer("carmen")
        actions.issue_desk_credentials(
            actor=carmen,
            now=NOW,
            key=fresh_key(),
            party=dilip,
            pin_hash=sheet.pin_hash,
            code_hashes=list(sheet.code_hashes),
        )
        number = queries.number_of(dilip)
    given: dict[str, Any] = {"actor": carmen, "now": NOW, "number": number, "pin": sheet.pin, "code": sheet.codes[0]}
    results = at_once(schema, [partial(actions.prove_at_desk, key=fresh_key(), **given) for _ in range(2)])
    assert sorted(each["passed"] for each in results) == [False, True]


def test_one_log_in_that_applies_twice_at_once_is_one_party(schema: str) -> None:
    with coops.inside(schema):
        people.settle()
        eve = Actor(kind="person", via="page", person=people.log_in("eve"))
    given: dict[str, Any] = {"actor": eve, "now": NOW, "class_code": "listener", "register": {"name": "Eve Stone"}}
    results = at_once(schema, [partial(actions.apply, key=fresh_key(), **given) for _ in range(3)])
    with coops.inside(schema):
        assert sum(isinstance(each, dict) for each in results) == 1
        assert {each for each in results if isinstance(each, str)} <= {"members.already_applied", "privacy.changed_meanwhile"}
        assert len(queries.open_applications(NOW)) == 1
