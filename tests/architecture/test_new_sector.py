"""`make new-sector NAME=tools` in a copy of the checkout: it plugs, its files are whole, its own tests pass."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rochdale.project import newsector
from rochdale.shared.postgres import testing

ROOT = Path(__file__).parents[2]
KEPT = ("rochdale", "tests", "conftest.py", "pyproject.toml", "bench", "docs")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the checkout with a sector of its own; its tests' database is thrown away at the end."""
    copy = tmp_path_factory.mktemp("checkout").resolve()
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in KEPT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=ignored)
        elif source.exists():
            shutil.copy(source, copy / name)
    newsector.make("tools", copy)
    yield copy
    digest = hashlib.sha256(os.fsencode(copy)).hexdigest()[:8]
    shutil.rmtree(testing.BASE.parent / f"rochdale-tests-{os.geteuid()}-{digest}", ignore_errors=True)


def run(checkout: Path, *words: str) -> str:
    """Run a module of Python in the copy; return what it said, fail where it failed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROCHDALE_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=checkout, env=kept, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def test_every_file_of_the_template_is_there_and_filled(checkout: Path) -> None:
    folder = checkout / "rochdale" / "sectors" / "tools"
    wanted = {newsector.place_of(source, "tools") for source in newsector.TEMPLATE.rglob("*.txt")}
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert found == wanted | {Path("migrations/0001_initial.py")}
    assert not [path for path in found if re.search(r"@(name|Title)@", (folder / path).read_text(encoding="utf-8"))]


def test_the_readme_names_every_file(checkout: Path) -> None:
    folder = checkout / "rochdale" / "sectors" / "tools"
    said = (folder / "README.md").read_text(encoding="utf-8")
    tops = {path.name for path in folder.iterdir()} - {"README.md", "__init__.py", "__pycache__"}
    assert {top for top in tops if top not in said} == set()


def test_what_is_made_is_formatted_and_clean(checkout: Path) -> None:
    run(checkout, "ruff", "format", "--check", "rochdale/sectors/tools", "rochdale/project/settings.py")
    run(checkout, "ruff", "check", "rochdale/sectors/tools")


@pytest.mark.slow
def test_it_plugs_and_its_own_tests_pass(checkout: Path) -> None:
    said = run(
        checkout,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "rochdale/sectors/tools",
        "rochdale/bylaws/tests/test_every_bylaw_matters.py::test_changing_a_bylaw_changes_something[tools.fee]",
        "tests/architecture/test_plug.py::test_every_folder_is_plugged",
        "tests/architecture/test_plug.py::test_the_plugs_as_they_stand_are_whole",
    )
    assert re.search(r"\d+ passed", said)


@pytest.mark.parametrize(
    "name", ["", "t", "ab", "Tools", "two words", "tool-box", "werkzeuge1", "ärzte", "../x", "x" * 21, "class"]
)
def test_a_name_that_cannot_be_one_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(newsector.CannotMake, match="cannot be a sector"):
        newsector.make(name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["music", "ledger", "sessions", "mfa", "books", "api"])
def test_a_name_in_use_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(newsector.CannotMake, match="is in use"):
        newsector.make(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_changed_settings_are_left_alone(tmp_path: Path) -> None:
    settings = tmp_path / "rochdale" / "project" / "settings.py"
    settings.parent.mkdir(parents=True)
    settings.write_text("MODULES = []\n")
    with pytest.raises(newsector.CannotMake, match="by hand"):
        newsector.make("tools", tmp_path)
    assert settings.read_text() == "MODULES = []\n"
