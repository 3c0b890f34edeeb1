"""The effect `bylaws.change` and its reversal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rochdale.bylaws import actions, packs, queries
from rochdale.bylaws import testing as bylaws
from rochdale.shared import actor as actors
from rochdale.shared import module
from rochdale.shared.refusals import Refusal

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTH, DELAY = "bylaws.year_start_month", "bylaws.change_delay_days"


def change(number: int, changes: dict[str, Any], **more: Any) -> int:
    act = f"resolution:{number}"
    return int(
        actions.change(**{"actor": actors.resolution(act), "now": NOW, "key": act, "changes": changes, "act": act, **more})
    )


def reverse(version: int, **more: Any) -> int:
    act = f"resolution:undo-{version}"
    whole = {"actor": actors.resolution(act), "now": NOW + timedelta(days=1), "key": act, "version": version, "act": act}
    return int(actions.reverse_change(**{**whole, **more}))


def code_of(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **more)
    assert str(caught.value)
    return caught.value.code


def test_a_change_touches_what_it_names_and_begins_as_soon_as_it_may(coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 4})
    assert change(2, {DELAY: 7}) == 2
    begins = NOW + actions.SETTLING
    assert queries.version_at(begins - timedelta(microseconds=1)) == 1
    assert (queries.value(MONTH, at=begins), queries.value(DELAY, at=begins)) == (4, 7)


def test_a_change_keeps_the_adopted_law_whatever_the_software_ships_now(coop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bylaws.adopt(NOW)
    before = queries.latest()
    monkeypatch.setattr(packs, "shipped", lambda name: (_ for _ in ()).throw(packs.PackError("changed", name, "edited")))
    assert change(2, {MONTH: 4}) == 2
    after = queries.latest()
    assert before is not None
    assert after is not None
    assert after.packs == before.packs


def test_before_the_first_version_there_is_nothing_to_change(coop: Any) -> None:
    assert code_of(change, 1, {MONTH: 4}) == "bylaws.none_standing"


def test_a_change_of_nothing_is_refused(coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 4})
    assert code_of(change, 2, {MONTH: 4}) == "bylaws.nothing_changed"
    assert code_of(change, 3, {}) == "bylaws.nothing_changed"


def test_a_change_to_what_the_rule_refuses_is_refused(coop: Any) -> None:
    bylaws.adopt(NOW)
    assert code_of(change, 2, {MONTH: 13}) == "bylaws.above_maximum"
    assert code_of(change, 3, {"bylaws.colour": 1}) == "bylaws.unknown_rule"


def test_a_change_may_take_up_another_pack(coop: Any) -> None:
    bylaws.adopt(NOW, packs=["ie"])
    assert queries.law("wallet.kind", at=NOW) is None
    assert code_of(change, 2, {}, packs=["ie", "activity-wallet-eu"]) == "bylaws.rows_not_accepted"
    rows = [row.hash for row in queries.rows_to_accept(["activity-wallet-eu", "ie"], at=NOW)]
    assert change(3, {}, packs=["ie", "activity-wallet-eu"], accepted=rows) == 2
    kind = queries.law("wallet.kind", at=NOW + actions.SETTLING)
    assert kind is not None
    assert kind.value == ["limited_network"]


def test_a_change_is_taken_back_by_a_new_version(coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 4})
    change(2, {MONTH: 7})
    assert reverse(2) == 3
    later = NOW + timedelta(days=2)
    assert [queries.value(MONTH, at=at) for at in (NOW, NOW + actions.SETTLING, later)] == [4, 7, 4]


def test_a_change_that_has_not_begun_can_be_taken_back_for_the_same_moment(coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 4})
    begins = NOW + timedelta(days=30)
    change(2, {MONTH: 7}, valid_from=begins)
    assert reverse(2, valid_from=begins) == 3
    assert queries.value(MONTH, at=begins) == 4


def test_other_changes_since_then_stay(coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 4})
    change(2, {MONTH: 7})
    change(3, {DELAY: 1}, now=NOW + timedelta(hours=1))
    assert reverse(2, valid_from=NOW + timedelta(days=3)) == 4
    at = NOW + timedelta(days=4)
    assert (queries.value(MONTH, at=at), queries.value(DELAY, at=at)) == (4, 1)


def test_what_was_changed_again_cannot_be_taken_back(coop: Any) -> None:
    bylaws.adopt(NOW, {MONTH: 4})
    change(2, {MONTH: 7})
    change(3, {MONTH: 9}, now=NOW + timedelta(hours=1))
    assert code_of(reverse, 2) == "bylaws.changed_again"


@pytest.mark.parametrize("number", [0, 1, 7])
def test_a_version_that_is_no_change_cannot_be_taken_back(coop: Any, number: int) -> None:
    bylaws.adopt(NOW)
    assert code_of(reverse, number) == "bylaws.no_such_version"


def test_the_plug_offers_the_effect(coop: Any) -> None:
    effect = next(effect for plug in module.installed() for effect in plug.effects() if effect.code == "bylaws.change")
    assert (effect.execute, effect.reverse) == (actions.change, actions.reverse_change)
