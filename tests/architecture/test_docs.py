"""The documents say what the code says."""

import re
from pathlib import Path

import pytest

from rochdale.project import environment, reference

ROOT = Path(__file__).parents[2]
PAGES = sorted(path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "rochdale").rglob("README.md")])
OURS = re.compile(r"[\"'](?:(?:ROCHDALE|DATABASE|SIMULATION|CRASH)_[A-Z_]+|XDG_DATA_HOME|CI)[\"']")
DJANGO = {"DATABASE_ROUTERS"}
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


def test_the_reference_is_what_the_code_says() -> None:
    assert reference.write(check=True) == [], "run: .venv/bin/rochdale reference"


def test_every_variable_the_code_reads_is_a_documented_setting() -> None:
    files = [
        *(ROOT / "rochdale").rglob("*.py"),
        *(ROOT / "bench").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        ROOT / "conftest.py",
    ]
    files = [path for path in files if path.name not in ("environment.py", "test_docs.py")]
    read = {found.strip("\"'") for path in files for found in OURS.findall(path.read_text(encoding="utf-8"))}
    documented = {name for group in environment.GROUPS.values() for name in group}
    assert documented == read - DJANGO


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert not broken


def test_the_two_commands_stand_on_the_first_screen() -> None:
    first_screen = (ROOT / "README.md").read_text(encoding="utf-8").split("\n")[:40]
    assert any(line.strip() == "make demo" for line in first_screen)
    assert any(line.strip() == "make test" for line in first_screen)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock"])
def test_locks_carry_hashes_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", text)


def test_the_tests_that_the_list_of_attacks_names_exist() -> None:
    text = (ROOT / "docs" / "explanation" / "attacks.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:[a-z_/]+\.py)?)((?:::\w+)*|test_\w+)`", text)
    missing, place = [], ""
    for path, names in named:
        place = path or place
        file = ROOT / place if place.startswith("tests/") else ROOT / "rochdale" / place
        said = file.read_text(encoding="utf-8") if file.is_file() else ""
        missing += [(place, name) for name in re.findall(r"\w+", names) or ["import"] if not re.search(rf"\b{name}\b", said)]
    assert len(named) > 40
    assert missing == []
