"""T28: an operator edits the files of the law. Nobody's past changes, and everybody who looks is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rochdale.bylaws import commands, declarations, packs, queries
from rochdale.bylaws import testing as bylaws
from rochdale.shared import module

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
Edit = Callable[..., None]


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Put the shipped packs where a test may edit one of their files, as an operator can."""
    folder = tmp_path / "packs"
    shutil.copytree(packs.FOLDER, folder)
    monkeypatch.setattr(packs, "FOLDER", folder)
    for function in (packs.load, packs._read, packs.names, packs.pins, packs.pin):
        kept = [folder if isinstance(each, Path) else each for each in function.__defaults__ or ()]
        monkeypatch.setattr(function, "__defaults__", tuple(kept) or None)

    def change(name: str, key: str, old: str, new: str, *, and_pin: bool = False) -> None:
        file = folder / name / f"{key}.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        if and_pin:
            packs.pin(folder)
        packs.shipped.cache_clear()

    yield change
    packs.shipped.cache_clear()


LOWER = ("es", "exit.refund.min_part_a_year", "1/5", "1/9")
EARLIER = ("es", "vote.proxy.max", "2026-04-09", "2020-01-01")


@pytest.mark.parametrize("edited", [LOWER, EARLIER])
def test_t28_an_edited_pack_is_found_at_start_and_by_the_doctor(coop: Any, edit: Edit, edited: tuple[str, ...]) -> None:
    edit(*edited)
    [line] = next(plug for plug in module.installed() if plug.label == "bylaws").health()
    assert not line.ok
    assert line.says == "es: its text is not the released one (see pinned.json)"
    assert any("the pack of law es" in str(each.msg) for each in declarations.check_declarations(None))
    assert CliRunner().invoke(commands.app, ["packs"]).exit_code == 1
    with pytest.raises(queries.PackDamaged):
        bylaws.adopt(NOW, packs=["es"])


def test_t28_what_was_adopted_is_read_as_it_was(coop: Any, edit: Edit) -> None:
    bylaws.adopt(NOW, packs=["es"])
    adopted = dict(queries.rules_at(NOW).edition.packs)
    edit(*LOWER, and_pin=True)
    edit(*EARLIER, and_pin=True)
    standing = queries.rules_at(NOW + timedelta(days=1))
    part = standing.law("exit.refund.min_part_a_year")
    assert part is not None
    assert part.value == "1/5"
    assert standing.law("vote.proxy.max") is None
    assert dict(standing.edition.packs) == adopted
    assert queries.versions_that_do_not_match() == []


def test_t28_an_operator_who_pins_the_edit_too_is_seen_by_every_co_op(coop: Any, edit: Edit) -> None:
    """The pin can be edited with the pack; what cannot is what each co-op keeps: the two are shown side by side."""
    bylaws.adopt(NOW, packs=["es"])
    edit(*LOWER, and_pin=True)
    attention = queries.attention(at=NOW)
    assert attention is not None
    [newer] = attention.newer
    assert (newer.pack, newer.differences) == ("es", 1)
    adopted = queries.adopted_pack("es", at=NOW)
    assert adopted is not None
    [found] = queries.pack_differences(adopted, NOW.date(), queries.pack("es"), NOW.date())
    assert (found.key, found.change, found.before, found.after) == (
        "exit.refund.min_part_a_year", "value", "at least 1/5", "at least 1/9",
    )  # fmt: skip


def test_a_later_version_may_adopt_a_newer_text_and_the_earlier_one_keeps_its_own(coop: Any, edit: Edit) -> None:
    bylaws.adopt(NOW, packs=["es"])
    edit(*LOWER, and_pin=True)
    bylaws.adopt(NOW + timedelta(days=30), {"bylaws.year_start_month": 4}, packs=["es"])
    first, second = queries.text_of_version("es", 1), queries.text_of_version("es", 2)
    assert first is not None
    assert second is not None
    assert first.hash != second.hash
    for days, expected in ((1, "1/5"), (31, "1/9")):
        part = queries.rules_at(NOW + timedelta(days=days)).law("exit.refund.min_part_a_year")
        assert part is not None
        assert part.value == expected


def test_the_rest_of_the_shelf_stays_open(edit: Edit) -> None:
    edit(*LOWER)
    found = {each.name: each for each in queries.shelf(at=NOW)}
    assert found["es"].pack is None
    assert found["it"].pack is not None
    assert queries.shelf(at=NOW)[-1].name == "es"


def test_the_commands_list_and_compare(edit: Edit) -> None:
    run = CliRunner()
    listed = run.invoke(commands.app, ["packs"])
    assert listed.exit_code == 0
    compared = run.invoke(commands.app, ["pack-diff", "es", "--from", "2026-03-01", "--to", "2026-05-01"])
    assert compared.exit_code == 0
    assert "16 of 61 rules differ." in compared.output
    same = run.invoke(commands.app, ["pack-diff", "it", "--from", "2026-03-01", "--to", "2026-05-01"])
    assert "on both days the same" in same.output
    assert run.invoke(commands.app, ["pack-diff", "atlantis", "--from", "2026-03-01"]).exit_code == 2
    assert run.invoke(commands.app, ["pack-diff", "es", "--from", "yesterday"]).exit_code == 2


def test_the_day_of_an_indian_duty_that_is_still_to_come_is_said() -> None:
    rows = {row.law.key: row for row in queries.rows_on(packs.shipped("in-mscs"), date(2026, 11, 23))}
    duty = rows["privacy.breach.notice"]
    assert not duty.begun
    assert duty.law.since == date(2027, 5, 13)
    assert [row.law.key for row in queries.sought(rows.values(), words="breach AUTHORITY")] == ["privacy.breach.notice"]
    assert {row.law.key for row in queries.sought(rows.values(), show="unconfirmed")} >= {"members.min"}
