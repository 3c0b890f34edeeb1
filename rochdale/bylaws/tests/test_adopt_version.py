"""Adopting versions: it works, then each refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from rochdale.bylaws import actions, packs, queries, registry
from rochdale.bylaws import testing as bylaws
from rochdale.bylaws.models import AcceptedRow, PackText, Value, Version
from rochdale.shared import actor as actors
from rochdale.shared import coops, module
from rochdale.shared.refusals import Refusal

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
RESOLUTION = actors.resolution("test:1")


def adopt(**changed: Any) -> int:
    names = changed.get("packs", list(bylaws.PACKS))
    whole: dict[str, Any] = {
        "actor": RESOLUTION,
        "now": NOW,
        "key": "first",
        "values": {},
        "packs": names,
        "act": "test:1",
        "valid_from": NOW,
        "currency": "EUR",
        "accepted": ["members.min", "wallet.kind", "wallet.cap", "wallet.refund", "escrow.holder", "wallet.notify_above"],
    }
    return int(actions.adopt_version(**{**whole, **changed}))


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Declare a bylaw of the test's own."""

    def declare(**more: Any) -> None:
        own = module.Bylaw(
            **{"key": "test.rule", "unit": "count", "title": "A rule", "help": "", "default": 9, "means": str, **more}
        )
        plain = registry.declared()
        monkeypatch.setattr(registry, "declared", lambda: {**plain, own.key: replace(next(iter(plain.values())), rule=own)})
        monkeypatch.setattr(registry, "_found", {})

    return declare


def test_version_one_stands_from_its_moment_with_all_declared_rules(coop: Any) -> None:
    assert adopt(values={"bylaws.year_start_month": 4}) == 1
    assert queries.version_at(NOW - timedelta(microseconds=1)) is None
    assert queries.version_at(NOW) == 1
    assert queries.value("bylaws.year_start_month", at=NOW) == 4
    assert set(Value.objects.values_list("key", flat=True)) == set(registry.declared())
    assert set(PackText.objects.values_list("name", flat=True)) == set(bylaws.PACKS)
    assert AcceptedRow.objects.filter(act="test:1").count() == 6


def test_a_later_version_leaves_the_past_as_it_was(coop: Any) -> None:
    adopt(values={"bylaws.year_start_month": 4})
    later = NOW + timedelta(days=1)
    assert adopt(values={"bylaws.year_start_month": 7}, act="test:2", key="second", valid_from=later) == 2
    months = [queries.value("bylaws.year_start_month", at=at) for at in (NOW, later - timedelta(microseconds=1), later)]
    assert months == [4, 4, 7]


def test_the_same_key_gives_the_first_answer_again(coop: Any) -> None:
    assert [adopt(), adopt()] == [1, 1]
    assert Version.objects.count() == 1


def refused(code: str, **changed: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        adopt(**changed)
    assert caught.value.code == code
    assert str(caught.value)
    return caught.value


def test_nobody_but_a_resolution_may(coop: Any) -> None:
    for actor in (actors.NOBODY, actors.operator("found"), actors.job("night")):
        refused("offices.not_allowed", actor=actor)


@pytest.mark.parametrize("act", ["", "because", "Board:1", "founding:"])
def test_a_version_without_an_act_is_refused(coop: Any, act: str) -> None:
    refused("bylaws.no_act", act=act)


def test_a_rule_nobody_declares_is_refused(coop: Any) -> None:
    refused("bylaws.unknown_rule", values={"bylaws.colour": "blue"})


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("bylaws.wrong_kind_of_value", "spring"),
        ("bylaws.wrong_kind_of_value", 1.0),
        ("bylaws.below_minimum", 0),
        ("bylaws.above_maximum", 13),
    ],
)
def test_a_value_its_rule_does_not_allow_is_refused(coop: Any, code: str, value: Any) -> None:
    refused(code, values={"bylaws.year_start_month": value})
    assert not Version.objects.exists()


def test_a_choice_that_is_none_is_refused(coop: Any, rule: Callable[..., None]) -> None:
    rule(unit="choice", choices=("a", "b"), default="a")
    refused("bylaws.not_a_choice", values={"test.rule": "c"})


def test_a_shape_the_rule_itself_rejects_is_refused(coop: Any, rule: Callable[..., None]) -> None:
    rule(unit="list", default=[1], check=lambda given: "" if given else "it is empty")
    refused("bylaws.not_accepted", values={"test.rule": []})


def test_a_value_outside_the_law_names_the_article(coop: Any, rule: Callable[..., None]) -> None:
    rule(law="members.min")
    refusal = refused("bylaws.out_of_bounds", values={"test.rule": 6})
    assert refusal.data["article"] == "Industrial and Provident Societies Act 1893 s.5"
    assert adopt(values={"test.rule": 7}) == 1


def test_a_default_outside_the_law_must_be_decided(coop: Any, rule: Callable[..., None]) -> None:
    rule(law="members.min", default=2)
    refused("bylaws.out_of_bounds")


def test_a_bound_in_another_currency_is_refused(coop: Any, rule: Callable[..., None]) -> None:
    rule(unit="money", law="wallet.cap", default=100 * 10**6)
    refused("bylaws.law_in_other_currency", currency="GBP")
    assert adopt() == 1


def test_a_bound_of_another_kind_is_refused(coop: Any, rule: Callable[..., None]) -> None:
    rule(unit="days", law="members.min", default=9)
    refused("bylaws.law_not_comparable")


def test_unconfirmed_rows_nobody_accepted_are_named(coop: Any) -> None:
    refusal = refused("bylaws.rows_not_accepted", accepted=["wallet.kind", "wallet.cap", "wallet.refund", "escrow.holder"])
    assert refusal.data["rows"] == "members.min (ie), wallet.notify_above (activity-wallet-eu)"


def test_rows_accepted_once_need_not_be_accepted_again(coop: Any) -> None:
    adopt()
    assert adopt(act="test:2", key="second", valid_from=NOW + timedelta(days=1), accepted=[]) == 2
    assert AcceptedRow.objects.count() == 6
    law = queries.law("wallet.cap", at=NOW + timedelta(days=2))
    assert law is not None
    assert law.accepted


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("bylaws.unknown_pack", ["ie", "atlantis"]),
        ("bylaws.unknown_pack", ["../ie"]),
        ("bylaws.one_legal_form", ["activity-wallet-eu"]),
        ("bylaws.one_legal_form", []),
        ("bylaws.one_legal_form", ["ie", "uk"]),
        ("bylaws.pack_of_another_country", ["ie", "activity-wallet-uk"]),
    ],
)
def test_packs_that_do_not_go_together_are_refused(coop: Any, code: str, names: list[str]) -> None:
    refused(code, packs=names)


def test_packs_that_exclude_each_other_are_refused_on_any_key(coop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wallet = packs.load("activity-wallet-eu")
    cap = replace(wallet.rows["wallet.cap"], kind="min")
    again = replace(wallet, name="other", rows={"wallet.cap": cap})
    monkeypatch.setattr(queries, "chosen_packs", lambda names: [packs.load("ie"), wallet, again])
    assert refused("bylaws.packs_conflict").data["key"] == "wallet.cap"


def test_an_edited_pack_is_refused(coop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    packs.shipped.cache_clear()
    monkeypatch.setattr(packs, "pins", lambda folder: {"ie": "0" * 64})
    refused("bylaws.pack_damaged", packs=["ie"])
    packs.shipped.cache_clear()


def test_a_version_in_the_past_is_refused(coop: Any) -> None:
    refused("bylaws.retroactive", valid_from=NOW - timedelta(seconds=1))


def test_a_later_version_keeps_the_settling_time_and_the_members_delay(coop: Any) -> None:
    adopt(values={"bylaws.change_delay_days": 14})
    later = NOW + timedelta(days=1)
    refusal = refused("bylaws.retroactive", act="test:2", key="2", now=later, valid_from=later + timedelta(days=13))
    assert refusal.data["earliest"] == (later + timedelta(days=14)).isoformat()
    assert adopt(act="test:2", key="3", now=later, valid_from=later + timedelta(days=14)) == 2


def test_a_second_version_needs_its_minute(coop: Any) -> None:
    adopt()
    refused("bylaws.retroactive", act="test:2", key="2", valid_from=NOW)
    assert adopt(act="test:2", key="3", valid_from=NOW + actions.SETTLING) == 2


def test_a_version_may_not_begin_before_one_already_adopted(coop: Any) -> None:
    adopt()
    adopt(act="test:2", key="2", valid_from=NOW + timedelta(days=30))
    refused("bylaws.before_latest", act="test:3", key="3", valid_from=NOW + timedelta(days=2))


def test_in_the_united_kingdom_a_change_waits_for_its_registration(coop: Any) -> None:
    first = {"packs": ["uk"], "currency": "GBP", "accepted": ["register.visibility"]}
    assert adopt(**first) == 1
    later = NOW + timedelta(days=1)
    refusal = refused("bylaws.not_registered", **first, act="test:2", key="2", valid_from=later)
    assert "s.16(1)" in str(refusal)
    assert adopt(**first, act="test:2", key="3", valid_from=later, registration="FCA 4711") == 2
    assert Version.objects.get(number=2).registration == "FCA 4711"


def test_money_is_kept_in_micro_units_and_percentages_exactly(coop: Any, rule: Callable[..., None]) -> None:
    rule(unit="percent", default=Decimal("12.5"))
    adopt()
    assert queries.value("test.rule", at=NOW) == Decimal("12.5")
    assert Value.objects.get(key="test.rule").value == "12.5"


def test_two_acts_at_once_make_one_version(own_database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read version 1 as the latest; the database lets only one be number 2, and the other may try again."""
    with coops.inside(own_database.coop.schema_name):
        adopt()
    barrier, latest = threading.Barrier(2), queries.latest
    outcomes: list[int | str] = []

    def latest_together() -> queries.Edition | None:
        found = latest()
        barrier.wait(timeout=20)
        return found

    monkeypatch.setattr(queries, "latest", latest_together)

    def act(number: int) -> None:
        name = f"test:{number}"
        try:
            with coops.inside(own_database.coop.schema_name):
                begins = NOW + timedelta(days=1)
                outcomes.append(adopt(actor=actors.resolution(name), act=name, key=name, valid_from=begins))
        except actions.ChangedMeanwhile as refusal:
            outcomes.append(refusal.code)
            assert refusal.may_retry
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(map(str, outcomes)) == ["2", "bylaws.changed_meanwhile"]
    with coops.inside(own_database.coop.schema_name):
        assert sorted(Version.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bylaws_version SET act = 'test:9'",
        "DELETE FROM bylaws_value",
        "TRUNCATE bylaws_packtext CASCADE",
        "UPDATE bylaws_acceptedrow SET act = 'test:9'",
        "ALTER TABLE bylaws_version DISABLE TRIGGER ALL",
    ],
)
def test_the_app_may_not_rewrite_the_bylaws(coop: Any, statement: str) -> None:
    adopt()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def version(**more: Any) -> Version:
    whole: dict[str, Any] = {
        "number": 2,
        "valid_from": NOW + timedelta(days=1),
        "adopted_at": NOW,
        "act": "test:2",
        "currency": "EUR",
        "packs": [],
        "accepted_hashes": [],
        "size": 0,
        "seal": "0" * 64,
    }
    return Version(**{**whole, **more})


@pytest.mark.parametrize(
    ("constraint", "more"),
    [
        ("bylaws_version_number_once", {"number": 1}),
        ("bylaws_version_in_order", {"number": 3}),
        ("bylaws_version_in_order", {"valid_from": NOW - timedelta(hours=1), "adopted_at": NOW - timedelta(days=1)}),
        ("bylaws_version_not_backdated", {"adopted_at": NOW + timedelta(days=2)}),
        ("bylaws_version_names_its_act", {"act": "somebody"}),
        ("bylaws_version_counts_from_one", {"number": 0}),
    ],
)
def test_the_database_refuses_a_version_that_must_not_be(coop: Any, constraint: str, more: dict[str, Any]) -> None:
    adopt()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        version(**more).save(force_insert=True)


def test_the_database_refuses_a_value_added_afterwards(coop: Any) -> None:
    adopt()
    first = Version.objects.get()
    for belongs_to in (first.id, first.id + 1000):
        with pytest.raises(IntegrityError, match="bylaws_version_complete"), transaction.atomic():
            Value.objects.create(version_id=belongs_to, key="test.rule", value=1)


def test_the_database_refuses_a_value_twice_a_row_twice_and_a_hash_that_is_none(coop: Any) -> None:
    adopt()
    head = version(size=2)
    head.save(force_insert=True)
    Value.objects.create(version=head, key="test.rule", value=1)
    with pytest.raises(IntegrityError, match="bylaws_value_once_per_version"), transaction.atomic():
        Value.objects.create(version=head, key="test.rule", value=2)
    known = AcceptedRow.objects.all()[0]
    with pytest.raises(IntegrityError, match="bylaws_row_accepted_once"), transaction.atomic():
        AcceptedRow.objects.create(
            version=head, pack=known.pack, key=known.key, row_from=known.row_from, row_hash=known.row_hash, act="test:2"
        )
    with pytest.raises(IntegrityError, match="bylaws_pack_hash_is_one"), transaction.atomic():
        PackText.objects.create(hash="short", name="x", content={}, kept_at=NOW)
