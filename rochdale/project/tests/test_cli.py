"""The command line: what it prints, its exit codes, and errors in one line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rochdale.cooperatives import queries as directory
from rochdale.founding import testing as founding
from rochdale.project import checkbooks, cli, found
from rochdale.shared import coops, module

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch, public_db: Any) -> None:
    """The test's own database is used; nothing is started."""
    monkeypatch.setattr(cli, "database", lambda **options: None)


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(list(words))
    return int(end.value.code or 0)


def test_the_books_of_a_sound_co_op_hold(capsys: pytest.CaptureFixture[str]) -> None:
    founding.found(NOW)
    assert run("check-books", "--coop", "nine-plays") == 0
    assert "on 1 co-ops: all hold." in capsys.readouterr().out


def test_a_broken_truth_is_named_with_its_rows(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    founding.found(NOW)
    broken = module.Invariant("X9", "Nothing is amiss.", lambda: [{"posting": 7, "amount": 12}])
    plug = next(module.installed())
    monkeypatch.setattr(type(plug), "invariants", lambda self: [broken])
    assert run("check-books") == 1
    said = capsys.readouterr().out
    assert "X9 does not hold: Nothing is amiss." in " ".join(said.split())
    assert "posting 7, amount 12" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check-books", "--coop", "nobody"), "There is no co-op “nobody” here. Nothing was done."),
        (("books", "export", "--coop", "nobody"), "There is no co-op “nobody” here. Nothing was done."),
        (("books", "export", "--coop", "nobody", "--format", "xls"), "“xls” is not a format of the books."),
        (("found", "--name", "X", "--founder", "ada@example.org"), "does not say who founds as what"),
        (("found", "--name", "X", "--founder", "a@b.org:listener", "--bylaw", "music.coop_share"), "is not KEY=VALUE"),
        (("found", "--name", "X", "--law", "zz", "--founder", "a@b.org:listener"), "[bylaws.unknown_pack]"),
        (("new-sector", "Tools!"), "cannot be a sector"),
        (("new-sector", "music"), "there is a module or an address of this name"),
    ],
)
def test_an_error_is_one_clear_line_and_a_failing_exit(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert says in lines[0]
    assert "Traceback" not in lines[0]


def test_debug_shows_the_trace() -> None:
    with pytest.raises(checkbooks.NoSuchCoop):
        cli.main(["check-books", "--coop", "nobody", "--debug"])


def test_a_mistyped_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("chek-books") == 2
    assert "chek-books" in capsys.readouterr().err


def test_a_founding_begins_and_shows_the_invitations(capsys: pytest.CaptureFixture[str]) -> None:
    founders = [
        f"--founder={each.address}:{'+'.join(each.classes)}:{'+'.join(each.offices)}" for each in founding.PEOPLE.values()
    ]
    assert run("found", "--name", "Nine Plays", *(word.rstrip(":") for word in founders)) == 0
    said = capsys.readouterr().out
    assert "Nine Plays is in formation at /c/nine-plays/." in said
    assert said.count("/founding/confirm/") == len(founders)
    with coops.public():
        coop = directory.coop_by_slug("nine-plays")
    assert coop is not None
    assert not coop.is_demo


def test_the_books_are_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    founding.found(NOW)
    target = tmp_path / "books.csv"
    assert run("books", "export", "--coop", "nine-plays", "--format", "csv", "--to", str(target)) == 0
    assert target.read_text(encoding="utf-8")
    assert "0 transfers written" in capsys.readouterr().err


def test_every_command_has_help() -> None:
    cli.mount_sectors()
    for command in (*cli.app.registered_commands, *cli.books.registered_commands):
        assert command.callback is not None
        assert command.callback.__doc__


def test_the_activity_packs_of_the_country_apply_unless_said_otherwise() -> None:
    assert found.for_country("ie") == ["activity-wallet-eu"]
    assert found.for_country("uk") == ["activity-wallet-uk"]
