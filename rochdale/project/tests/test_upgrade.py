"""`rochdale upgrade`: looks first, then migrates, then checks all books."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from rich.console import Console

from rochdale.project import checkbooks, doctor, upgrade
from rochdale.shared import module
from rochdale.shared.postgres import setup, unsafe

OLD = module.HealthLine(upgrade.BACKUP, False, "the newest backup is 3 days old", "Make one.")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A host where nothing stands in the way; what was done is written down."""
    done: list[str] = []
    monkeypatch.setattr(setup, "as_owner", lambda: nullcontext())
    monkeypatch.setattr(unsafe, "found", list)
    monkeypatch.setattr(doctor, "examine", list)

    def prepare(**given: Any) -> list[str]:
        done.append("migrated")
        return ["public"]

    def check(slug: str, out: Console) -> bool:
        done.append("checked")
        return True

    monkeypatch.setattr(setup, "prepare", prepare)
    monkeypatch.setattr(checkbooks, "run", check)
    return done


def test_tables_are_changed_and_then_all_books_are_checked(steps: list[str]) -> None:
    assert upgrade.run(Console(quiet=True), without_backup=False)
    assert steps == ["migrated", "checked"]


def test_broken_books_are_a_failed_upgrade(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkbooks, "run", lambda slug, out: False)
    assert not upgrade.run(Console(quiet=True), without_backup=False)


def test_without_a_fresh_backup_nothing_begins(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: [OLD])
    with pytest.raises(upgrade.CannotUpgrade, match=r"The newest backup is 3 days old: make one first.*Nothing was changed"):
        upgrade.run(Console(quiet=True), without_backup=False)
    assert steps == []
    assert upgrade.run(Console(quiet=True), without_backup=True)


def test_what_is_unsafe_is_said_and_nothing_begins(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsafe, "found", lambda: ["The tables were made by a newer Rochdale (x.0009)."])
    with pytest.raises(upgrade.CannotUpgrade, match="newer Rochdale"):
        upgrade.run(Console(quiet=True), without_backup=True)
    assert steps == []


def test_serving_newer_tables_is_refused(monkeypatch: pytest.MonkeyPatch, public_db: Any) -> None:
    from rochdale.project import serve

    serve.refuse_newer_tables()
    monkeypatch.setattr(unsafe, "newer", lambda: ["members.9999_from_tomorrow"])
    with pytest.raises(serve.CannotServe, match="made by a newer version"):
        serve.refuse_newer_tables()
