"""`rochdale keys …` at the command line, from a lost key to a restored one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from rochdale.privacy import commands, health, queries
from rochdale.shared import coops, keys
from rochdale.shared.keys import passphrases, shares
from rochdale.shared.postgres import setup
from rochdale.shared.refusals import Refusal

from .test_vault import keep

Run = Callable[..., str]


@pytest.fixture
def run(own_database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(setup, "prepare", lambda **kwargs: None)

    def call(*words: str, typed: str = "") -> str:
        result = CliRunner().invoke(commands.app, list(words), input=typed, catch_exceptions=True)
        if isinstance(result.exception, Refusal):
            raise result.exception
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return f"{result.exit_code} {result.output}"

    return call


@pytest.fixture
def ada(own_database: Any, run: Run) -> Any:
    """Ada is known to Alpha Music; says whether her name can be read."""
    party = uuid4()
    with coops.inside(own_database.coop.schema_name):
        keep(party, name="Ada Byrne")

    def name() -> str:
        with coops.inside(own_database.coop.schema_name):
            return queries.names([party]).get(party, "")

    return name


def lose(own_database: Any) -> None:
    keys.path_of(own_database.coop.schema_name).unlink()


def test_a_lost_key_comes_back_from_three_sheets(own_database: Any, run: Run, ada: Any, tmp_path: Path) -> None:
    assert "5 sheets" in run("split", "--coop", "alpha", "--to", str(tmp_path / "sheets"))
    lose(own_database)
    assert ada() == "name closed"
    assert "missing" in run("list")
    files = [str(tmp_path / "sheets" / f"share-{number}.txt") for number in (5, 1, 3)]
    run("combine", "--coop", "alpha", *(word for file in files for word in ("--share", file)))
    assert ada() == "Ada Byrne"
    assert run("list").startswith("0 ")


def test_the_doctor_tells_what_is_wrong_with_a_key(own_database: Any, ada: Any) -> None:
    def says() -> list[tuple[bool, str]]:
        return [(line.ok, line.says) for line in health.lines() if line.what != "server's log"]

    assert all(ok for ok, _said in says())
    path = keys.path_of(own_database.coop.schema_name)
    path.chmod(0o644)
    assert any("open to others" in said for ok, said in says() if not ok)
    lose(own_database)
    assert any("alpha: missing: names and contacts are closed" in said for ok, said in says() if not ok)
    keys.adopt(own_database.coop.schema_name, keys.new_key())
    assert any("another co-op's key" in said for ok, said in says() if not ok)
    path.parent.chmod(0o755)
    assert any("others may enter" in said for ok, said in says() if not ok)


def test_a_rotated_key_comes_back_with_its_older_generations(own_database: Any, run: Run, ada: Any, tmp_path: Path) -> None:
    run("rotate", "--coop", "alpha")
    whole = keys.ring(own_database.coop.schema_name)
    run("split", "--coop", "alpha", "--to", str(tmp_path / "s"), "--shares", "3", "--needed", "2")
    lose(own_database)
    sheets = [(tmp_path / "s" / f"share-{number}.txt").read_text() for number in (1, 2)]
    typed = ["".join(line[4:] for line in sheet.splitlines() if line.startswith("key:")) for sheet in sheets]
    wrong = typed[0].replace(typed[0].split()[3], "ZZZZZ")
    said = run("combine", "--coop", "alpha", typed="\n".join([wrong, *typed]) + "\n")
    assert "group 4" in said
    assert keys.ring(own_database.coop.schema_name) == whole
    assert ada() == "Ada Byrne"


def test_shares_never_overwrite_another_key_nor_bring_a_foreign_one(
    own_database: Any, run: Run, ada: Any, tmp_path: Path
) -> None:
    schema = own_database.coop.schema_name
    run("split", "--coop", "alpha", "--to", str(tmp_path / "s"))
    files = [word for number in (1, 2, 3) for word in ("--share", str(tmp_path / "s" / f"share-{number}.txt"))]
    with pytest.raises(shares.ShareOfAnotherCoop):
        run("combine", "--coop", "beta", *files)
    lose(own_database)
    keys.adopt(schema, keys.new_key())
    with pytest.raises(keys.KeyDiffers):
        run("combine", "--coop", "alpha", *files)
    with pytest.raises(shares.TooFewShares):
        run("combine", "--coop", "alpha", *files[:4])
    with pytest.raises(commands.FileInTheWay):
        lose(own_database)
        run("combine", "--coop", "alpha", *files)
        run("split", "--coop", "alpha", "--to", str(tmp_path / "s"))


def test_a_key_is_moved_under_a_passphrase(own_database: Any, run: Run, ada: Any, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text("five words are long enough\n")
    file = tmp_path / "alpha.key"
    run("export", "--coop", "alpha", "--to", str(file), "--passphrase-file", str(words))
    assert file.stat().st_mode & 0o077 == 0
    lose(own_database)
    with pytest.raises(passphrases.WrongPassphrase):
        run("import", str(file), "--coop", "alpha", typed="five other long words\n")
    run("import", str(file), "--coop", "alpha", "--passphrase-file", str(words))
    assert ada() == "Ada Byrne"
    with pytest.raises(commands.PassphrasesDiffer):
        run("export", "--coop", "alpha", "--to", str(tmp_path / "b"), typed="one long passphrase\nanother long one\n")


def test_the_key_of_another_co_op_is_not_imported(own_database: Any, run: Run, ada: Any, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text("five words are long enough")
    with coops.inside(own_database.second_coop.schema_name):
        keep(uuid4(), name="Eve")
    run("export", "--coop", "beta", "--to", str(tmp_path / "b.key"), "--passphrase-file", str(words))
    lose(own_database)
    with pytest.raises(keys.KeyForeign):
        run("import", str(tmp_path / "b.key"), "--coop", "alpha", "--passphrase-file", str(words))


def test_a_stopped_rotation_goes_on_and_is_told_by_status(own_database: Any, run: Run, ada: Any) -> None:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        for number in range(5):
            keep(uuid4(), name=f"Person {number}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "_rewrapped", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        run("rotate", "--coop", "alpha")
    assert "keys rotate" in run("status", "--coop", "alpha")
    assert "going on with generation 2" in run("rotate", "--coop", "alpha", "--batch", "4")
    said = run("status", "--coop", "alpha")
    assert "generation 1: needed by nothing" in said
    assert "generation 2: seals; NOT KEPT ELSEWHERE" in said
    assert ada() == "Ada Byrne"


def test_the_host_key_turns_too(run: Run, own_database: Any) -> None:
    with coops.public():
        keys.host_key()
    assert "generation 2" in run("rotate", "--host")


def test_a_co_op_that_is_not_there_is_named(run: Run) -> None:
    with pytest.raises(commands.NoSuchCoop):
        run("status", "--coop", "nowhere")
    with pytest.raises(commands.NoSuchCoop):
        run("rotate")
