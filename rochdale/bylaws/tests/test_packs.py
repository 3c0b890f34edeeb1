"""Reading packs: what is taken, and every way in which one is refused."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from rochdale.bylaws import packs

TODAY = date(2026, 11, 22)


def row(**changed: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "key": "members.min",
        "title": "A society has at least so many members",
        "unit": "count",
        "kind": "min",
        "binding": "mandatory",
        "values": {"2014-08-01": {"value": 3, "source": "An Act s.2", "status": "VERIFIED"}},
        "on_violation": "block",
        "applies_to": ["founding"],
        "reviewed_by": None,
    }
    return {name: value for name, value in {**whole, **changed}.items() if value != "left out"}


def content(*rows: dict[str, Any], **head: Any) -> dict[str, Any]:
    whole = {
        "title": "A form",
        "kind": "legal_form",
        "country": "IE",
        "legal_form": "Society",
        "currency": "EUR",
        "languages": ["en"],
        "prepared_on": "2026-11-22",
    }
    return {"name": "test", "pack": {**whole, **head}, "rows": {each["key"]: each for each in rows}}


def folder(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    whole = content(*rows)
    home = tmp_path / "packs" / "test"
    home.mkdir(parents=True)
    (home / "pack.yaml").write_text(yaml.safe_dump(whole["pack"]))
    for each in rows:
        (home / f"{each['key']}.yaml").write_text(yaml.safe_dump(each))
    return home.parent


def test_all_shipped_packs_are_read_and_are_the_released_ones() -> None:
    assert set(packs.names()) >= {"ie", "uk", "activity-wallet-eu", "activity-wallet-uk"}
    for name in packs.names():
        assert packs.load(name).hash == packs.pins()[name]


@pytest.mark.parametrize("name", packs.names())
def test_no_shipped_pack_claims_a_review_nobody_made(name: str) -> None:
    pack = packs.load(name)
    assert pack.reviewed_by is None
    assert all(each.reviewed_by is None for each in pack.rows.values())
    assert "not legal advice" in pack.caution


def test_ireland_has_the_rows_of_its_acts() -> None:
    pack = packs.load("ie")
    limit = pack.rows["share.max_per_member"]
    assert limit.unit == "currency:EUR"
    assert limit.binding == "default"
    assert limit.at(TODAY) and limit.at(TODAY).value == 150000  # type: ignore[union-attr]  # checked just before
    assert limit.at(date(2014, 7, 20)) is None
    assert [each.key for each in packs.unconfirmed([pack], TODAY)] == ["members.min"]
    assert len(pack.rows) == 15


def test_the_united_kingdom_has_the_rows_of_its_act() -> None:
    pack = packs.load("uk")
    assert len(pack.rows) == 30
    assert pack.rows["gm.notice"].binding == "delegated"
    assert len(pack.rows["bylaws.required_topics"].values[0].value) == 14


@pytest.mark.parametrize("name", ["activity-wallet-eu", "activity-wallet-uk"])
def test_what_is_not_known_about_wallets_is_said_to_be_not_known(name: str) -> None:
    rows = packs.load(name).rows
    assert {"wallet.kind", "wallet.cap", "wallet.refund", "escrow.holder"} <= set(rows)
    assert all(each.values[0].status == "BACKGROUND" for each in rows.values())


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("unknown_word", {"colour": "blue"}),
        ("unknown_unit", {"unit": "furlongs"}),
        ("unknown_unit", {"unit": "currency:euro"}),
        ("unknown_kind", {"kind": "roughly"}),
        ("unknown_binding", {"binding": "perhaps"}),
        ("unknown_counting", {"counting": "by_moon"}),
        ("unknown_on_violation", {"on_violation": "shrug"}),
        ("missing", {"title": "left out"}),
        ("missing_valid_from", {"values": {}}),
        ("missing_valid_from", {"values": "left out"}),
        ("missing_valid_from", {"values": {"some day": {"value": 3, "source": "s", "status": "VERIFIED"}}}),
        ("missing", {"values": {"2014-08-01": {"source": "s", "status": "VERIFIED"}}}),
        ("missing_source", {"values": {"2014-08-01": {"value": 3, "status": "VERIFIED"}}}),
        ("missing_status", {"values": {"2014-08-01": {"value": 3, "source": "s"}}}),
        ("unknown_status", {"values": {"2014-08-01": {"value": 3, "source": "s", "status": "SURE"}}}),
        ("unknown_word", {"values": {"2014-08-01": {"value": 3, "source": "s", "status": "VERIFIED", "by": "me"}}}),
        ("quote_too_long", {"values": {"2014-08-01": {"value": 3, "source": "s", "status": "VERIFIED", "quote": "x" * 301}}}),
        ("bad_value", {"values": {"2014-08-01": {"value": 2.5, "source": "s", "status": "VERIFIED"}}}),
        ("bad_value", {"values": {"2014-08-01": {"value": "many", "source": "s", "status": "VERIFIED"}}}),
        ("bad_value", {"values": {"2014-08-01": {"value": None, "source": "s", "status": "VERIFIED"}}}),
        ("bad_value", {"unit": "bool"}),
        ("bad_value", {"unit": "enum", "kind": "enum"}),
    ],
)
def test_a_row_the_loader_does_not_understand_is_refused(reason: str, changed: dict[str, Any]) -> None:
    with pytest.raises(packs.PackError) as refused:
        packs.parse(content(row(**changed)))
    assert refused.value.reason == reason


def test_a_key_that_is_no_key_is_refused() -> None:
    with pytest.raises(packs.PackError, match="small letters with dots"):
        packs.parse(content(row(key="Members")))


@pytest.mark.parametrize(
    ("reason", "head"),
    [
        ("missing", {"title": ""}),
        ("missing", {"prepared_on": None}),
        ("missing", {"legal_form": ""}),
        ("unknown_kind", {"kind": "custom"}),
        ("unknown_word", {"mascot": "a dog"}),
        ("bad_value", {"minimum_founders": "seven"}),
        ("missing_valid_from", {"prepared_on": "yesterday"}),
    ],
)
def test_a_pack_with_a_bad_head_is_refused(reason: str, head: dict[str, Any]) -> None:
    with pytest.raises(packs.PackError) as refused:
        packs.parse(content(row(), **head))
    assert refused.value.reason == reason


def test_a_delegated_row_may_leave_the_value_to_the_bylaws() -> None:
    left = row(binding="delegated", values={"2014-08-01": {"value": None, "source": "s.14", "status": "VERIFIED"}})
    assert packs.parse(content(left)).rows["members.min"].values[0].value is None


def test_the_value_of_a_day_is_the_last_one_that_began() -> None:
    dated = {
        "2014-08-01": {"value": 3, "source": "a", "status": "VERIFIED"},
        "2020-01-01": {"value": 5, "source": "b", "status": "VERIFIED"},
    }
    found = packs.parse(content(row(values=dated))).rows["members.min"]
    days = [date(2014, 7, 31), date(2014, 8, 1), date(2019, 12, 31), date(2020, 1, 1)]
    assert [each.value if (each := found.at(day)) else None for day in days] == [None, 3, 3, 5]


def test_a_background_row_that_binds_waits_to_be_accepted_and_one_that_does_not_is_silent() -> None:
    doubtful = {"2014-08-01": {"value": 3, "source": "hearsay", "status": "BACKGROUND"}}
    binding = packs.parse(content(row(values=doubtful)))
    default = packs.parse(content(row(values=doubtful, binding="default")))
    assert [each.key for each in packs.unconfirmed([binding, default], TODAY)] == ["members.min"]
    assert packs.unconfirmed([binding], date(2014, 7, 31)) == []


def test_an_edited_pack_is_refused_because_its_hash_is_pinned(tmp_path: Path) -> None:
    home = folder(tmp_path, row())
    packs.pin(home)
    assert packs.load("test", home).rows["members.min"].values[0].value == 3
    file = home / "test" / "members.min.yaml"
    file.write_text(file.read_text().replace("value: 3", "value: 1"))
    with pytest.raises(packs.PackError) as refused:
        packs.load("test", home)
    assert refused.value.reason == "changed"


def test_a_backdated_row_is_refused_in_the_same_way(tmp_path: Path) -> None:
    home = folder(tmp_path, row())
    packs.pin(home)
    file = home / "test" / "members.min.yaml"
    file.write_text(file.read_text().replace("2014-08-01", "2010-08-01"))
    with pytest.raises(packs.PackError, match="released"):
        packs.load("test", home)


def test_comments_and_order_of_names_do_not_change_the_hash(tmp_path: Path) -> None:
    home = folder(tmp_path, row())
    packs.pin(home)
    file = home / "test" / "members.min.yaml"
    file.write_text(
        "# a remark\n" + yaml.safe_dump(dict(reversed(list(yaml.safe_load(file.read_text()).items()))), sort_keys=False)
    )
    assert packs.load("test", home).hash == packs.pins(home)["test"]


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    home = folder(tmp_path, row())
    file = home / "test" / "members.min.yaml"
    file.write_text(file.read_text() + "\nkind: max\n")
    with pytest.raises(packs.PackError, match="stands twice"):
        packs.content_of_folder(home / "test")


def test_yaml_that_would_run_code_is_refused(tmp_path: Path) -> None:
    home = folder(tmp_path, row())
    (home / "test" / "members.min.yaml").write_text("key: !!python/object/apply:os.system ['true']\n")
    with pytest.raises(packs.PackError) as refused:
        packs.content_of_folder(home / "test")
    assert refused.value.reason == "unreadable"


def test_a_file_under_another_rules_name_is_refused(tmp_path: Path) -> None:
    home = folder(tmp_path, row())
    shutil.move(home / "test" / "members.min.yaml", home / "test" / "members.max.yaml")
    with pytest.raises(packs.PackError) as refused:
        packs.content_of_folder(home / "test")
    assert refused.value.reason == "misnamed"


@pytest.mark.parametrize("name", ["nowhere", "../ie", "", "IE"])
def test_a_pack_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(packs.PackError) as refused:
        packs.load(name)
    assert refused.value.reason == "unknown_pack"


def test_what_a_co_op_keeps_parses_to_the_same_pack() -> None:
    pack = packs.load("uk")
    kept = json.loads(json.dumps(pack.content))
    assert packs.parse(kept) == pack
