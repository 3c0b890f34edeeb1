"""`rochdale books import` as a program that is killed in the middle: it goes on where it was, and nothing is doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
SLUG = "old-books"
COMMAND = [sys.executable, "-m", "rochdale.project.cli"]
TRANSACTIONS = 1_600


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data root with a co-op; its server ends with the last program that uses it."""
    with tempfile.TemporaryDirectory(prefix="rochdale-books-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        stage = [sys.executable, "-m", "rochdale.sectors.music.tests.stage", SLUG]
        made = subprocess.run(
            stage, env=environment(place / "data"), cwd=place, capture_output=True, text=True, timeout=300, check=False
        )
        assert made.returncode == 0, made.stderr[-3000:]
        yield place / "data"
        for found in (place / "data").rglob("postmaster.pid"):
            pid = int(found.read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline")
            if command.exists() and str(place) in command.read_text():
                os.kill(pid, signal.SIGQUIT)


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROCHDALE_", "DATABASE_", "DJANGO_"))}
    return kept | {"ROCHDALE_HOME": str(home), "PYTHONPATH": str(CHECKOUT), "COLUMNS": "160"}


def started(home: Path, cwd: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *words], env=environment(home), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_killed_in_the_middle_and_run_again_is_whole(home: Path, tmp_path: Path) -> None:
    lines = [
        f"2020-{number % 12 + 1:02d}-01 x\n  Assets:Bank  EUR 1.{number % 100:02d}\n  Income:Gifts\n"
        for number in range(TRANSACTIONS)
    ]
    (tmp_path / "big.journal").write_text("\n".join(lines))
    words = ("books", "import", "--coop", SLUG, "big.journal")
    killed = started(home, tmp_path, *words)
    assert killed.stderr is not None
    next(line for line in killed.stderr if "transactions done" in line)
    killed.kill()
    killed.wait()
    last = started(home, tmp_path, *words)
    said, complained = last.communicate(timeout=120)
    assert last.returncode == 0, complained
    booked, there = (
        int(said.partition(before)[0].split()[-1].replace(",", "")) for before in (" transactions booked", " were there")
    )
    assert booked + there == TRANSACTIONS
    assert there >= 500
    assert f"€{sum(100 + number % 100 for number in range(TRANSACTIONS)) / 100:,.2f}" in said
    assert "all 2 account sums are exactly those of the file" in said
    checked = started(home, tmp_path, "check-books", "--coop", SLUG)
    assert (checked.communicate(timeout=120), checked.returncode)[1] == 0
