"""Pure rules of membership, by table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rochdale.members import rules

DAY = datetime(2026, 3, 2, tzinfo=UTC)
LATER = DAY + timedelta(days=3)


def test_standing_is_the_classes_in_order() -> None:
    assert rules.standing_of([]) == "non-member"
    assert rules.standing_of(["listener", "artist", "listener"]) == "artist+listener"


@pytest.mark.parametrize(
    ("rule", "minimum", "payments", "start"),
    [
        ("on_admission", 100, [], DAY),
        ("on_paid_minimum_share", 0, [], DAY),
        ("on_paid_minimum_share", 100, [], None),
        ("on_paid_minimum_share", 100, [(LATER, 99)], None),
        ("on_paid_minimum_share", 100, [(LATER, 60), (LATER + timedelta(days=1), 40)], LATER + timedelta(days=1)),
        ("on_paid_minimum_share", 100, [(DAY - timedelta(days=9), 100)], DAY),
    ],
)
def test_membership_counts_from_when_the_bylaws_say(
    rule: str, minimum: int, payments: list[tuple[datetime, int]], start: datetime | None
) -> None:
    assert rules.counts_from(rule, admitted_at=DAY, minimum_amount=minimum, payments=payments) == start


@pytest.mark.parametrize(
    ("table", "classes", "minimum"),
    [
        ({"*": 1}, ["listener"], 1),
        ({"*": 1, "artist": 0}, ["artist"], 0),
        ({"*": 1, "artist": 0, "supporter": 5}, ["artist", "supporter"], 5),
        ({}, ["listener"], 0),
        ({"*": 2}, [], 2),
    ],
)
def test_the_smallest_shareholding_is_that_of_the_most_demanding_class(
    table: dict[str, int], classes: list[str], minimum: int
) -> None:
    assert rules.minimum_shares(table, classes) == minimum


ANYONE = {"who": "anyone", "names": True, "holdings": True}
MEMBERS = {"who": "members", "names": True, "holdings": False}


@pytest.mark.parametrize(
    ("viewer", "law", "hidden", "names", "holdings", "logged"),
    [
        ("officer", None, True, True, True, False),
        ("member", ANYONE, False, True, True, False),
        ("outsider", ANYONE, False, True, True, True),
        ("member", MEMBERS, True, True, False, False),
        ("outsider", MEMBERS, True, False, False, True),
        ("member", ANYONE, True, True, False, False),
        ("member", None, False, True, False, False),
        ("outsider", None, False, False, False, True),
    ],
)
def test_who_sees_what_of_the_register(
    viewer: rules.Viewer, law: dict[str, Any] | None, hidden: bool, names: bool, holdings: bool, logged: bool
) -> None:
    view = rules.view_for(viewer, visibility=law, hide_holdings=hidden)
    assert (view.names, view.holdings, view.logged) == (names, holdings, logged)


def test_a_sheet_has_a_pin_and_ten_numbered_codes_and_keeps_only_hashes() -> None:
    sheet = rules.new_sheet(lambda text: f"hash${text}")
    assert len(sheet.pin) == 6
    assert sheet.pin.isdigit()
    assert [rules.position_of(code) for code in sheet.codes] == list(range(1, 11))
    assert sheet.code_hashes[2] == f"hash${rules.plain_code(sheet.codes[2])}"
    assert len(set(sheet.codes)) == 10


@pytest.mark.parametrize(
    ("typed", "position"), [("3-KXWM-7Q2P", 3), (" 10 - abcd-efgh", 10), ("KXWM", 0), ("", 0), ("999-A", 0), ("٣-A", 0)]
)
def test_the_number_of_a_code_is_read_from_it(typed: str, position: int) -> None:
    assert rules.position_of(typed) == position


@pytest.mark.parametrize(
    ("tries", "locked"),
    [([], False), ([False] * 4, False), ([False] * 5, True), ([False] * 4 + [True] + [False] * 4, False)],
)
def test_five_wrong_tries_in_a_row_lock_a_pin(tries: list[bool], locked: bool) -> None:
    assert rules.locked(tries) is locked


def test_an_appeal_is_late_after_its_days() -> None:
    assert not rules.appeal_is_late(DAY, 3, LATER)
    assert rules.appeal_is_late(DAY, 3, LATER + timedelta(seconds=1))
