"""What stands at a moment: exact, typed, for one query, and never a stale or foreign answer."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from rochdale.bylaws import packs, queries
from rochdale.bylaws import testing as bylaws
from rochdale.bylaws.models import AcceptedRow, PackText, Value, Version
from rochdale.ledger import actions as ledger
from rochdale.shared import action, coops

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTH = "bylaws.year_start_month"


def test_before_the_first_version_nothing_stands(coop: Any) -> None:
    assert queries.version_at(NOW) is None
    for read in (
        lambda: queries.value(MONTH, at=NOW),
        lambda: queries.law("members.min", at=NOW),
        lambda: queries.document(at=NOW),
    ):
        with pytest.raises(queries.NoneStanding):
            read()


def test_a_rule_nobody_declares_is_refused(coop: Any) -> None:
    bylaws.adopt(NOW)
    with pytest.raises(queries.UnknownRule):
        queries.value("bylaws.colour", at=NOW)


def test_a_value_costs_one_query(coop: Any) -> None:
    bylaws.adopt(NOW)
    queries.value(MONTH, at=NOW)
    queries.law("members.min", at=NOW)
    for read in (
        lambda: queries.value(MONTH, at=NOW),
        lambda: queries.law("members.min", at=NOW),
        lambda: queries.version_at(NOW),
    ):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            read()
        assert len(seen) == 1
        assert "bylaws_version" in seen[0]["sql"]


def test_many_values_of_one_moment_cost_one_query_together(coop: Any) -> None:
    bylaws.adopt(NOW)
    queries.value(MONTH, at=NOW)
    queries.law("members.min", at=NOW)
    with CaptureQueriesContext(connection) as seen:
        rules = queries.rules(NOW)
        assert (rules.number, rules.value(MONTH), rules.currency) == (1, 1, "EUR")
        law = rules.law("members.min")
    assert len(seen) == 1
    assert law is not None
    assert (law.value, law.status, law.accepted) == (7, "BACKGROUND", True)


def test_an_answer_remembered_is_not_given_after_a_rollback(coop: Any) -> None:
    """The same schema, the same version number, other content: the seal tells them apart."""
    seen = []
    for month in (4, 7):
        with transaction.atomic():
            bylaws.adopt(NOW, {MONTH: month})
            seen.append(queries.value(MONTH, at=NOW))
            transaction.set_rollback(True)
        assert queries.version_at(NOW) is None
    assert seen == [4, 7]


def test_each_co_op_has_its_own_answer(coop: Any, second_coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 4})
    with coops.inside(second_coop.schema_name):
        bylaws.adopt(NOW, {MONTH: 7})
        assert queries.value(MONTH, at=NOW) == 7
    assert queries.value(MONTH, at=NOW) == 4


def test_a_table_is_the_callers_own_copy(coop: Any) -> None:
    bylaws.adopt(NOW)
    table = queries.value("music.ladder", at=NOW)
    table["every"].clear()
    assert queries.value("music.ladder", at=NOW)["every"]


def test_version_one_does_not_answer_for_a_later_one_and_back(coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 4})
    bylaws.adopt(NOW + timedelta(days=1), {MONTH: 7})
    assert [queries.value(MONTH, at=NOW + timedelta(days=days)) for days in (0, 1, 0, 1)] == [4, 7, 4, 7]


def test_values_that_do_not_match_their_seal_are_not_trusted(coop: Any) -> None:
    bylaws.adopt(NOW)
    good = Version.objects.get()
    bad = Version.objects.create(
        number=2, valid_from=NOW, adopted_at=NOW, act="test:2", currency="EUR", packs=good.packs,
        accepted_hashes=good.accepted_hashes, size=1, seal="0" * 64,
    )  # fmt: skip
    Value.objects.create(version=bad, key=MONTH, value=9)
    with pytest.raises(queries.VersionDamaged):
        queries.value(MONTH, at=NOW)
    assert queries.value(MONTH, at=NOW - timedelta(seconds=1)) == 1
    assert [row["version"] for row in queries.versions_that_do_not_match()] == [2]
    assert [row["version"] for row in queries.versions_without_act()] == [2]


def test_a_pack_text_that_does_not_match_its_hash_is_not_trusted(coop: Any) -> None:
    bylaws.adopt(NOW)
    content = dict(packs.load("uk").content)
    PackText.objects.create(hash="1" * 64, name="uk", content=content, kept_at=NOW)
    good = Version.objects.get()
    Version.objects.create(
        number=2, valid_from=NOW, adopted_at=NOW, act="test:2", currency="EUR",
        packs=[{"name": "uk", "hash": "1" * 64}], accepted_hashes=good.accepted_hashes, size=0, seal="0" * 64,
    )  # fmt: skip
    edition = queries.latest()
    assert edition is not None
    with pytest.raises(queries.VersionDamaged):
        queries.packs_of(edition)
    assert {"pack": "uk", "why": "its text does not match its hash"} in queries.versions_that_do_not_match()


def test_editing_a_pack_on_disk_changes_no_past(coop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T28: the operator lowers a bound; what the co-op adopted is read from its own copy."""
    bylaws.adopt(NOW)
    monkeypatch.setattr(
        packs, "load", lambda name, folder=packs.FOLDER: (_ for _ in ()).throw(packs.PackError("changed", name, ""))
    )
    packs.shipped.cache_clear()
    law = queries.law("members.min", at=NOW)
    assert law is not None
    assert law.value == 7
    assert all(pack.newer_text for pack in queries.pack_standings(queries.rules(NOW).head))
    packs.shipped.cache_clear()


def test_the_law_is_that_of_the_day_asked_for(coop: Any) -> None:
    bylaws.adopt(NOW)
    law = queries.law("share.max_per_member", at=NOW)
    assert law is not None
    assert (law.amount, law.binding, law.valid_from) == (150_000 * 10**6, "default", date(2014, 7, 21))
    assert queries.law("nothing.at_all", at=NOW) is None


def test_a_rule_that_came_with_newer_software_has_its_default(coop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from rochdale.bylaws import registry
    from rochdale.shared import module

    bylaws.adopt(NOW)
    own = module.Bylaw("test.rule", "money", "A rule", "", lambda currency: 5 if currency == "EUR" else 6, str)
    monkeypatch.setitem(registry._found, "test.rule", own)
    assert queries.value("test.rule", at=NOW) == 5


def test_the_ledger_and_the_audit_trail_ask_here(coop: Any) -> None:
    bylaws.adopt(NOW)
    assert ledger.rules_in_force is not None
    assert ledger.rules_in_force(NOW) == 1
    assert action.doors.version is not None
    assert action.doors.version(NOW - timedelta(days=1)) is None


def test_the_books_hold_after_founding_and_changing(coop: Any) -> None:
    bylaws.adopt(NOW)
    bylaws.adopt(NOW + timedelta(days=1), {MONTH: 4})
    assert queries.versions_without_act() == []
    assert queries.values_out_of_bounds(NOW) == []
    assert queries.versions_that_do_not_match() == []


def test_an_act_that_its_keeper_does_not_know_is_found(coop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from rochdale.bylaws import registry

    bylaws.adopt(NOW, act="founding:9")
    monkeypatch.setitem(registry.known_acts, "founding", lambda act: act == "founding:1")
    assert queries.versions_without_act() == [{"version": 1, "act": "founding:9"}]


def test_a_value_beyond_the_law_is_found_by_the_books(coop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from rochdale.bylaws import registry
    from rochdale.shared import module

    bylaws.adopt(NOW)
    own = module.Bylaw(MONTH, "count", "A rule", "", 1, str, law="members.min")
    monkeypatch.setitem(registry._found, MONTH, own)
    assert queries.values_out_of_bounds(NOW) == [{"version": 1, "key": MONTH, "on": "2026-03-10", "why": "out_of_bounds"}]


def test_accepted_rows_that_were_not_part_of_the_act_are_found(coop: Any) -> None:
    bylaws.adopt(NOW)
    AcceptedRow.objects.create(
        version=Version.objects.get(), pack="uk", key="register.visibility", row_from=NOW.date(), row_hash="2" * 64, act="test:9"
    )
    assert queries.versions_that_do_not_match() == [{"version": 1, "why": "the rows it accepted are not the ones recorded"}]


def test_the_financial_year_and_the_annual_return(coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 7})
    assert queries.financial_year(at=NOW) == (date(2025, 7, 1), date(2026, 6, 30))
    due = queries.report_due(at=NOW)
    assert due is not None
    assert due[0] == date(2025, 10, 31)
    assert due[1].source.endswith("s.14(2)(c)")


def test_another_process_sees_a_new_version_as_soon_as_it_is_committed(own_database: Any) -> None:
    """What one thread remembers of version 1 never answers for a moment of version 2, and the past stays."""
    schema, later = own_database.coop.schema_name, NOW + timedelta(days=1)
    seen: list[tuple[int, int]] = []
    asked, adopted = threading.Barrier(2), threading.Barrier(2)

    def read() -> tuple[int, int]:
        with coops.inside(schema):
            return queries.value(MONTH, at=NOW), queries.value(MONTH, at=later)

    def reader() -> None:
        try:
            seen.append(read())
            asked.wait(timeout=20)
            adopted.wait(timeout=20)
            seen.append(read())
        finally:
            connection.close()

    with coops.inside(schema):
        bylaws.adopt(NOW, {MONTH: 4})
    thread = threading.Thread(target=reader)
    thread.start()
    asked.wait(timeout=20)
    with coops.inside(schema):
        bylaws.adopt(later, {MONTH: 7})
        assert queries.value(MONTH, at=later) == 7
    adopted.wait(timeout=20)
    thread.join(timeout=20)
    assert seen == [(4, 4), (4, 7)]


def test_what_is_not_committed_is_seen_by_nobody_else(own_database: Any) -> None:
    schema, later = own_database.coop.schema_name, NOW + timedelta(days=1)
    seen: list[int] = []

    def reader() -> None:
        try:
            with coops.inside(schema):
                seen.append(queries.value(MONTH, at=later))
        finally:
            connection.close()

    with coops.inside(schema):
        bylaws.adopt(NOW, {MONTH: 4})
    with coops.inside(schema):
        bylaws.adopt(later, {MONTH: 7})
        assert queries.value(MONTH, at=later) == 7
        thread = threading.Thread(target=reader)
        thread.start()
        thread.join(timeout=20)
        transaction.set_rollback(True)
    reader()
    assert seen == [4, 4]
