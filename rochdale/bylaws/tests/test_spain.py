"""Spain before and after April 2026: the same question on two days has two answers, and the past keeps its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rochdale.bylaws import law, packs, queries, registry
from rochdale.bylaws import testing as bylaws
from rochdale.shared import module

BEFORE = datetime(2026, 3, 31, 12, tzinfo=UTC)
AFTER = datetime(2026, 5, 1, 12, tzinfo=UTC)
CAME = {
    "comms.electronic",
    "gm.access.disabilities",
    "gm.notice.content",
    "gm.notice.max",
    "members.written_answers",
    "organs.gender_balance",
    "register.visibility",
    "vote.proxy.form",
    "vote.proxy.max",
    "vote.remote.conditions",
    "vote.remote.quorum",
    "vote.secret.breach",
    "vote.secret.on_request",
    "vote.secret.required_for",
    "website.required",
}


def test_the_law_of_march_is_not_the_law_of_may(coop: Any) -> None:
    bylaws.adopt(BEFORE - timedelta(days=20), packs=["es"])
    march, may = queries.rules_at(BEFORE), queries.rules_at(AFTER)
    for key in CAME:
        assert march.law(key) is None, f"{key} was no law in March"
        assert may.law(key) is not None
    before, after = march.law("gm.notice"), may.law("gm.notice")
    assert before is not None
    assert after is not None
    assert (before.value, after.value) == (15, 15)
    assert (before.source, after.source) == ("Ley 27/1999 art. 24.1", "Ley 27/1999 art. 24 (as worded by Ley 1/2026)")
    assert after.counting == "excludes_both_end_days"
    longest, proxies, breach = (may.law(key) for key in ("gm.notice.max", "vote.proxy.max", "vote.secret.breach"))
    assert longest is not None
    assert proxies is not None
    assert breach is not None
    assert (longest.value, longest.unit, proxies.value, breach.value) == (2, "months", 2, ["decision_void"])


def test_the_change_falls_on_its_own_day() -> None:
    pack = packs.shipped("es")
    eve, day = date(2026, 4, 8), date(2026, 4, 9)
    assert law.law_at([pack], "vote.proxy.max", eve) is None
    assert law.law_at([pack], "vote.proxy.max", day) is not None


def test_the_difference_of_march_and_may_is_what_the_act_brought() -> None:
    pack = packs.shipped("es")
    found = {each.key: each for each in queries.pack_differences(pack, date(2026, 3, 1), pack, date(2026, 5, 1))}
    assert {key for key, each in found.items() if each.change == "new"} == CAME
    assert {key for key, each in found.items() if each.change == "source"} == {"gm.notice"}
    assert found["vote.proxy.max"].before == ""
    assert found["vote.proxy.max"].after == "at most 2"
    assert found["website.required"].explanation.startswith("Larger co-ops publish")
    back = queries.pack_differences(pack, date(2026, 5, 1), pack, date(2026, 3, 1))
    assert {each.key for each in back if each.change == "gone"} == CAME
    assert queries.pack_differences(pack, date(2026, 5, 1), pack, date(2026, 5, 1)) == []


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a module declare how many proxies one member may hold, bounded by the law."""
    own = module.Bylaw(
        "test.proxies", "count", "How many proxies", "", 3, lambda n: f"at most {n} proxies", law="vote.proxy.max", used_by="x"
    )
    whole = {**registry.declared(), own.key: registry.Declared(own, "Tests", "tests")}
    monkeypatch.setattr(registry, "declared", lambda: whole)
    monkeypatch.setattr(registry, "_found", {key: each.rule for key, each in whole.items()})


def test_a_bylaw_that_the_new_law_forbids_is_found_on_its_day(coop: Any, proxies: None) -> None:
    bylaws.adopt(BEFORE, packs=["es"])
    assert queries.outside_law(at=BEFORE) == []
    assert queries.values_out_of_bounds(BEFORE) == []
    found = queries.outside_law(at=AFTER)
    assert [(each.key, each.says, each.bound, each.since) for each in found] == [
        ("test.proxies", "3", "at most 2", date(2026, 4, 9))
    ]
    assert [each["key"] for each in queries.values_out_of_bounds(AFTER)] == ["test.proxies"]
    attention = queries.attention(at=datetime(2026, 4, 10, tzinfo=UTC))
    assert attention is not None
    assert {each.key for each in attention.changes} >= CAME
    assert attention.outside == tuple(found)


def test_a_month_later_it_is_no_news_but_still_outside(coop: Any, proxies: None) -> None:
    bylaws.adopt(BEFORE, packs=["es"])
    attention = queries.attention(at=AFTER + timedelta(days=30))
    assert attention is not None
    assert attention.changes == ()
    assert [each.key for each in attention.outside] == ["test.proxies"]


def test_once_the_members_changed_it_nothing_is_outside_and_the_past_stays_found(coop: Any, proxies: None) -> None:
    bylaws.adopt(BEFORE, packs=["es"])
    bylaws.adopt(AFTER, {"test.proxies": 2}, packs=["es"])
    assert queries.outside_law(at=AFTER) == []
    assert [(each["version"], each["on"]) for each in queries.values_out_of_bounds(AFTER)] == [(1, "2026-04-09")]


def test_the_month_is_closed_with_a_word_about_the_law(coop: Any, proxies: None) -> None:
    from rochdale.bylaws.apps import _look_at_law

    bylaws.adopt(BEFORE, packs=["es"])
    before = _look_at_law(BEFORE, BEFORE, BEFORE)
    after = _look_at_law(AFTER, AFTER, AFTER)
    assert (before.done, after.done, after.blocks) == (True, False, False)
    assert "How many proxies" in str(after.says)
