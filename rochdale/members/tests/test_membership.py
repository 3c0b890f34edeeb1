"""Entering members: numbers, classes, from when it counts, standing; and what the database keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.actions import membership
from rochdale.members.models import Counter, Member
from rochdale.members.testing import ACT, MUSIC_CLASSES, NOW, fresh_key, inside
from rochdale.shared import actor as actors
from rochdale.shared.action import NotAllowed

pytestmark = pytest.mark.usefixtures("coop")


def test_members_get_numbers_in_order_and_standing() -> None:
    ada, bruno = people.join("ada"), people.join("bruno")
    assert queries.number_of(ada) == 1
    assert queries.number_of(bruno) == 2
    assert queries.standing(ada, NOW) == "listener"
    assert queries.standings([ada, bruno], NOW) == {ada: "listener", bruno: "artist"}
    assert queries.counts(NOW) == {"listener": 1, "artist": 1, "worker": 0, "supporter": 0, "all": 2}


def test_before_it_counts_a_membership_is_no_standing() -> None:
    bruno = people.join("bruno")
    assert queries.standing(bruno, NOW - timedelta(seconds=1)) == "non-member"
    assert not queries.is_effective(bruno, NOW - timedelta(seconds=1))


def test_where_the_bylaws_say_on_admission_it_counts_at_once() -> None:
    people.settle(values={"members.effective_when": "on_admission"})
    assert queries.is_effective(people.join("bruno", counts=False), NOW)


def test_whoever_needs_no_share_counts_at_once() -> None:
    people.settle(values={"members.minimum_shares": {"*": 1, "artist": 0}})
    assert queries.is_effective(people.join("bruno", counts=False), NOW)
    assert not queries.is_effective(people.join("ada", counts=False), NOW)


def test_a_number_given_back_by_a_rollback_is_given_to_the_next() -> None:
    people.join("ada")
    with pytest.raises(membership.UnknownClass), transaction.atomic():
        number = actions.enrol_founder(
            actor=actors.resolution(ACT), now=NOW, key=fresh_key(), party=people.known("hana"), classes=["artist"], act=ACT
        )
        assert number == 2
        raise membership.UnknownClass(class_code="x")
    assert queries.number_of(people.join("bruno")) == 2
    assert queries.numbers_with_gaps() == []


def test_a_member_is_put_into_one_more_class_by_the_board() -> None:
    bruno, grace = people.join("bruno"), people.officer("grace")
    actions.add_class(actor=grace, now=NOW, key=fresh_key(), party=bruno, class_code="worker")
    assert queries.standing(bruno, NOW) == "artist+worker"
    with pytest.raises(membership.AlreadyInClass):
        actions.add_class(actor=grace, now=NOW, key=fresh_key(), party=bruno, class_code="worker")
    with pytest.raises(membership.UnknownClass):
        actions.add_class(actor=grace, now=NOW, key=fresh_key(), party=bruno, class_code="pope")
    with pytest.raises(NotAllowed):
        actions.add_class(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, class_code="listener")


def test_the_register_is_opened_once_and_only_by_a_founding() -> None:
    people.settle()
    given: dict[str, Any] = {"now": NOW, "classes": MUSIC_CLASSES, "currency": "EUR", "act": ACT}
    with inside():
        actions.open_register(actor=actors.resolution(ACT), key=fresh_key(), **given)
    assert [each.code for each in queries.classes()] == ["artist", "listener", "supporter", "worker"]
    assert [each.code for each in queries.share_classes()] == ["member", "supporter"]
    assert not any(each.withdrawable for each in queries.share_classes())
    with pytest.raises(NotAllowed):
        actions.open_register(actor=people.officer("grace"), key=fresh_key(), **given)


def test_founders_are_entered_by_the_act_of_founding_only() -> None:
    grace = people.officer("grace")
    with pytest.raises(NotAllowed):
        actions.enrol_founder(actor=grace, now=NOW, key=fresh_key(), party=people.known("eve"), classes=["listener"], act="mine")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE members_member SET number = 9",
        "DELETE FROM members_member",
        "UPDATE members_sharemovement SET shares = 9",
        "DELETE FROM members_sharemovement",
        "TRUNCATE members_sharemovement",
        "UPDATE members_membershipstart SET effective_at = now()",
        "UPDATE members_applicationevent SET reason_code = ''",
        "UPDATE members_counter SET last = 99",
        "DELETE FROM members_counter",
        "DELETE FROM members_classmembership",
        "UPDATE members_classmembership SET class_code = 'worker'",
        "UPDATE members_shareclass SET withdrawable = true",
        "UPDATE members_party SET person = gen_random_uuid()",
        "DELETE FROM members_party",
        "ALTER TABLE members_member DISABLE TRIGGER ALL",
    ],
)
def test_the_database_refuses_what_rewrites_the_register(statement: str) -> None:
    people.join("bruno")
    people.apply("eve", "listener")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_a_number_cannot_be_given_twice_nor_the_counter_run_back() -> None:
    bruno = people.join("bruno")
    number = queries.number_of(bruno)
    eve = people.known("eve")
    with pytest.raises(DatabaseError), transaction.atomic():
        Member.objects.create(number=number or 0, party_id=eve, admitted_at=NOW, recorded_at=NOW, act="by hand")
    with pytest.raises(DatabaseError), transaction.atomic():
        Counter.objects.filter(pk="member").update(last=0)


def test_the_checks_find_what_was_written_by_hand() -> None:
    bruno, eve = people.join("bruno"), people.known("eve")
    assert queries.admissions_without_act() == []
    assert queries.classes_without_start() == []
    Member.objects.create(number=7, party_id=eve, admitted_at=NOW, recorded_at=NOW, act="by hand")
    assert queries.admissions_without_act() == [{"number": 7}]
    assert {"missing_number": 2} in queries.numbers_with_gaps()
    assert queries.classes_without_start() == [{"number": 7}]
    assert bruno


def test_the_checks_find_shares_that_are_not_in_the_books() -> None:
    from rochdale.members.models import ShareMovement

    bruno = people.join("bruno")
    assert queries.register_differs_from_ledger() == []
    bought = actions.buy_shares(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, count=1)
    for number in (1, 2):
        ShareMovement.objects.create(
            party_id=bruno,
            share_class_id="member",
            kind="paid",
            shares=0,
            par_value=1_000_000,
            amount=1_000_000,
            currency="EUR",
            effective_at=NOW,
            recorded_at=NOW,
            act="by hand",
            subscription_id=bought["subscription"],
            posting=10**12 + number,
        )
    [row] = queries.register_differs_from_ledger()
    assert row["register"] - row["ledger"] == 2_000_000
    assert [each["subscription"] for each in queries.overpaid_subscriptions()] == [bought["subscription"]]


def test_the_checks_find_a_holding_above_the_law() -> None:
    from rochdale.members.models import ShareMovement

    bruno = people.join("bruno")
    assert queries.holdings_above_maximum() == []
    ShareMovement.objects.create(
        party_id=bruno,
        share_class_id="member",
        kind="subscribed",
        shares=200_000,
        par_value=1_000_000,
        amount=200_000_000_000,
        currency="EUR",
        effective_at=NOW,
        recorded_at=NOW,
        act="by hand",
    )
    assert [each["party"] for each in queries.holdings_above_maximum()] == [str(bruno)]
