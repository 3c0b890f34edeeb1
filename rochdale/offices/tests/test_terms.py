"""Filling offices, ending terms, resigning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from rochdale.bylaws import testing as bylaws
from rochdale.offices import actions, queries, rules
from rochdale.offices.models import Term
from rochdale.offices.testing import holds, officer
from rochdale.shared.action import NotAllowed
from rochdale.shared.actor import resolution

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, BRUNO, CARMEN = uuid4(), uuid4(), uuid4()
BY = resolution("motion:3")


def fill(**given: Any) -> str:
    whole = {"office": "treasurer", "party": ADA, "from_on": date(2026, 3, 1), "until_on": date(2026, 12, 31), **given}
    return actions.fill_office(actor=BY, now=NOW, key=str(uuid4()), **whole)


def test_a_resolution_fills_an_office(coop) -> None:
    fill()
    (held,) = queries.holdings(NOW)
    assert (held.office, held.party, held.until_on, held.act) == ("treasurer", ADA, date(2026, 12, 31), "motion:3")
    assert queries.held_by(ADA, NOW) == {"treasurer"}
    assert queries.holders("treasurer", NOW) == [ADA]


def test_days_are_counted_in_the_coops_time_zone(coop) -> None:
    fill(from_on=date(2026, 7, 1), until_on=date(2026, 7, 1))
    assert queries.held_by(ADA, datetime(2026, 6, 30, 23, 0, tzinfo=UTC)) == {"treasurer"}, "Dublin is an hour ahead in July"
    assert queries.held_by(ADA, datetime(2026, 7, 1, 22, 59, tzinfo=UTC)) == {"treasurer"}
    assert queries.held_by(ADA, datetime(2026, 7, 1, 23, 0, tzinfo=UTC)) == frozenset()


def test_no_person_fills_an_office_alone(coop) -> None:
    holds(ADA, "chair", NOW)
    with pytest.raises(NotAllowed):
        actions.fill_office(
            actor=officer(ADA, NOW), now=NOW, key="k", office="treasurer", party=ADA, from_on=NOW.date(), until_on=NOW.date()
        )


def test_an_unknown_office_is_refused(coop) -> None:
    with pytest.raises(actions.UnknownOffice):
        fill(office="emperor")


def test_a_term_that_ends_before_it_begins_is_refused(coop) -> None:
    with pytest.raises(actions.TermTooShort):
        fill(until_on=date(2026, 2, 1))


def test_the_same_office_twice_in_the_same_hands_is_refused(coop) -> None:
    fill()
    with pytest.raises(actions.AlreadyHeld):
        fill(from_on=date(2026, 6, 1), until_on=date(2027, 6, 1))
    fill(from_on=date(2027, 1, 1), until_on=date(2027, 6, 1))


@pytest.mark.parametrize(("first", "second"), [("treasurer", "cashier"), ("auditor", "board"), ("chair", "auditor")])
def test_offices_that_watch_each_other_are_kept_apart(coop, first: str, second: str) -> None:
    fill(office=first)
    with pytest.raises(actions.KeptApart):
        fill(office=second)


def test_after_the_end_of_one_the_other_may_be_taken(coop) -> None:
    term = fill()
    actions.end_term(actor=BY, now=NOW, key="e", term=UUID(term))
    fill(office="cashier", from_on=date(2026, 3, 2))
    assert queries.held_by(ADA, NOW + timedelta(days=1)) == {"cashier"}


def test_a_first_term_lasts_as_the_bylaws_say(coop) -> None:
    bylaws.adopt(NOW - timedelta(days=1), {"offices.term_months": 18})
    actions.fill_first_term(actor=BY, now=NOW, key="k", office="chair", party=ADA, act="founding:1")
    assert queries.holdings(NOW)[0].until_on == date(2027, 8, 31)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 3, 1), 12, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2026, 12, 15), 1, date(2027, 1, 14)),
    ],
)
def test_months_later(day: date, months: int, last: date) -> None:
    assert rules.months_later(day, months) == last


def test_a_term_is_ended_once(coop) -> None:
    term = UUID(fill())
    actions.end_term(actor=BY, now=NOW, key="e", term=term)
    with pytest.raises(actions.AlreadyEnded):
        actions.end_term(actor=BY, now=NOW, key="f", term=term)


def test_a_term_that_is_over_cannot_be_ended(coop) -> None:
    term = UUID(fill(until_on=date(2026, 3, 2)))
    with pytest.raises(actions.AlreadyEnded):
        actions.end_term(actor=BY, now=NOW + timedelta(days=9), key="e", term=term)


def test_there_must_be_such_a_term(coop) -> None:
    with pytest.raises(actions.NoSuchTerm):
        actions.end_term(actor=BY, now=NOW, key="e", term=uuid4())


def test_one_may_resign(coop) -> None:
    term = UUID(fill())
    actions.resign(actor=officer(ADA, NOW), now=NOW, key="r", term=term, party=ADA)
    assert queries.held_by(ADA, NOW) == frozenset()
    assert queries.endings_without_act() == []


def test_one_may_not_resign_for_another(coop) -> None:
    term = UUID(fill())
    with pytest.raises(NotAllowed):
        actions.resign(actor=officer(BRUNO, NOW), now=NOW, key="r", term=term, party=ADA)
    with pytest.raises(actions.NoSuchTerm):
        actions.resign(actor=officer(BRUNO, NOW), now=NOW, key="r", term=term, party=BRUNO)


def test_terms_have_their_recorded_act(coop) -> None:
    fill()
    assert queries.terms_without_act() == []


def test_a_term_written_by_hand_is_found(coop) -> None:
    start, end = rules.term_moments(date(2026, 1, 1), date(2026, 12, 31), "UTC")
    row = Term.objects.create(
        office="treasurer", party=CARMEN, from_on=date(2026, 1, 1), until_on=date(2026, 12, 31),
        from_at=start, until_at=end, act="motion:99", filled_at=NOW,
    )  # fmt: skip
    assert queries.terms_without_act() == [{"term": str(row.id)}]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"act": ""}, "offices_term_names_act"),
        ({"until_on": date(2025, 1, 1)}, "offices_term_ends_after_start"),
        ({"until_at": NOW - timedelta(days=900)}, "offices_term_lasts"),
    ],
)
def test_the_database_refuses_terms_that_cannot_be(coop, changes: dict[str, Any], constraint: str) -> None:
    whole = {
        "office": "treasurer", "party": CARMEN, "from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31),
        "from_at": NOW - timedelta(days=60), "until_at": NOW + timedelta(days=300), "act": "motion:1", "filled_at": NOW,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Term.objects.create(**{**whole, **changes})


@pytest.mark.parametrize("table", ["offices_term", "offices_ending", "offices_access_token", "offices_revocation"])
@pytest.mark.parametrize("sql", ["DELETE FROM {}", "TRUNCATE {}"])
def test_nothing_here_is_ever_removed(coop, table: str, sql: str) -> None:
    fill()
    with pytest.raises(Exception, match=r"permission denied|append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def test_an_export_holds_ones_terms(coop) -> None:
    fill()
    assert queries.export(ADA)["terms"] == [
        {"office": "treasurer", "from": "2026-03-01", "until": "2026-12-31", "act": "motion:3"}
    ]
    assert queries.export(BRUNO)["terms"] == []
