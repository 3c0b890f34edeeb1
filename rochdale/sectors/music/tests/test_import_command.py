"""`rochdale music import-listens` as a program of its own, with a database of its own that may be killed."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[4]
SLUG = "nine-plays"
COMMAND = [sys.executable, "-m", "rochdale.project.cli"]
LINES = 4_000
LISTENERS, TRACKS = 5, 80


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data root with a demo co-op; its server ends with the last program that uses it.

    Not below pytest's own folder, which is closed to the user that the server runs as under root.
    """
    with tempfile.TemporaryDirectory(prefix="rochdale-music-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        made = run([sys.executable, "-m", "rochdale.sectors.music.tests.stage", SLUG], place / "data", cwd=place)
        assert made.returncode == 0, made.stderr[-3000:]
        yield place / "data"
        kill_server(place / "data")


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROCHDALE_", "DATABASE_", "DJANGO_"))}
    return kept | {"ROCHDALE_HOME": str(home), "PYTHONPATH": str(CHECKOUT), "COLUMNS": "200"}


def run(command: list[str], home: Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(home), cwd=cwd or home.parent, capture_output=True, text=True, timeout=300, check=False
    )


def rochdale(home: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return run([*COMMAND, *words], home, cwd)


def importing(home: Path, file: Path, cwd: Path) -> subprocess.Popen[str]:
    words = ["music", "import-listens", "--coop", SLUG, str(file), "--fund-from", "assets.bank.client"]
    return subprocess.Popen(
        [*COMMAND, *words], env=environment(home), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for_chunks(program: subprocess.Popen[str], count: int) -> None:
    """Wait until so many parts are acknowledged."""
    assert program.stderr is not None
    for line in program.stderr:
        count -= "lines done" in line
        if not count:
            return
    raise AssertionError(f"the import ended early: {program.communicate()}")


def server_pid(home: Path) -> int:
    (found,) = home.rglob("postmaster.pid")
    return int(found.read_text().split()[0])


def kill_server(home: Path) -> None:
    for found in home.rglob("postmaster.pid"):
        pid = int(found.read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and str(home) in command.read_text():
            os.kill(pid, signal.SIGQUIT)


def listening(path: Path, who: str, lines: int = LINES) -> Path:
    """Write a file whose every line is a play of its own: each listener hears each track ten times."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user", "timestamp", "artist_name", "track_name"])
        for number in range(lines):
            track = number // LISTENERS % TRACKS
            writer.writerow(
                [f"{who}{number % LISTENERS}", 1_700_000_000 + number * 60, f"{who} artist {track % 12}", f"track {track}"]
            )
    return path


PAID = LISTENERS * TRACKS * 9
CHARGED = f"€{LISTENERS * TRACKS * 1.022:,.2f}"


def told(text: str, label: str) -> str:
    """Return the figure that stands beside a label in the summary."""
    line = next(line for line in text.splitlines() if label in line)
    return line.strip("│ ").rpartition("│")[2].strip()


def assert_whole(home: Path, done: subprocess.CompletedProcess[str]) -> None:
    """The whole file is there once: taken now or before."""
    assert done.returncode == 0, done.stderr[-2000:]
    checked = rochdale(home, "check-books", "--coop", SLUG)
    assert checked.returncode == 0, checked.stdout


def test_a_file_is_charged_and_a_second_run_charges_nothing(home, tmp_path):
    file = listening(tmp_path / "plain.csv", "plain")
    first = rochdale(
        home, "music", "import-listens", "--coop", SLUG, str(file), "--fund-from", "assets.bank.client", cwd=tmp_path
    )
    assert_whole(home, first)
    assert told(first.stdout, "Counted and charged") == f"{PAID:,}"
    assert told(first.stdout, "Charged ") == CHARGED
    assert told(first.stdout, "not charged") == f"{LINES - PAID:,}"
    again = rochdale(
        home, "music", "import-listens", "--coop", SLUG, str(file), "--fund-from", "assets.bank.client", cwd=tmp_path
    )
    assert (told(again.stdout, "Duplicates"), told(again.stdout, "Charged ")) == (f"{LINES:,}", "€0.00")
    assert not list(tmp_path.glob("*.rejects.csv"))
    listed = rochdale(home, "music", "imports", "--coop", SLUG)
    assert f"{PAID:,}" in listed.stdout


def test_killed_at_any_point_it_is_started_again_and_nothing_is_charged_twice(home, tmp_path):
    file = listening(tmp_path / "killed.csv", "killed")
    for _kill in range(2):
        program = importing(home, file, tmp_path)
        wait_for_chunks(program, 1)
        program.send_signal(signal.SIGKILL)
        program.wait(timeout=30)
    last = rochdale(home, "music", "import-listens", "--coop", SLUG, str(file), "--fund-from", "assets.bank.client", cwd=tmp_path)
    assert_whole(home, last)
    there = int(told(last.stdout, "Duplicates").replace(",", ""))
    assert there >= 1_000  # what was acknowledged before the kills
    assert charged_by("killed", home) == CHARGED


def test_when_the_database_is_killed_the_import_waits_for_it_and_goes_on(home, tmp_path):
    file = listening(tmp_path / "database.csv", "database")
    program = importing(home, file, tmp_path)
    wait_for_chunks(program, 1)
    os.kill(server_pid(home), signal.SIGKILL)
    out, err = program.communicate(timeout=240)
    assert program.returncode == 0, err[-3000:]
    assert "The database went away" in err
    done = subprocess.CompletedProcess([], program.returncode, out, err)
    assert_whole(home, done)
    assert told(out, "Counted and charged") == f"{PAID:,}"
    assert told(out, "Charged ") == CHARGED
    assert charged_by("database", home) == CHARGED


def charged_by(who: str, home: Path) -> str:
    """Return what all plays by the listeners of one file cost, read anew from the tables."""
    script = (
        "from rochdale.shared.postgres import setup; setup.prepare(migrate=False)\n"
        "from rochdale.shared import coops, money\n"
        "from django.db.models import Sum\n"
        "from rochdale.sectors.music.models import Play\n"
        f"with coops.inside(coops.schema_of({SLUG!r})):\n"
        f"    mine = Play.objects.filter(track__artist__name__startswith='{who} ')\n"
        f"    assert mine.count() == {LINES}, mine.count()\n"
        "    print(money.formatted(mine.aggregate(all=Sum('charged'))['all'], 'EUR'))\n"
    )
    found = run([sys.executable, "-c", script], home)
    assert found.returncode == 0, found.stderr[-2000:]
    return found.stdout.strip()


def test_bad_lines_go_to_the_rejects_file_with_their_reason(home, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text("user,time,artist,track\nbad1,1700000000,A,T\nbad1,never,A,T\nbad1,1700000300,A\nbad1,1700000600,A,T\n")
    done = rochdale(home, "music", "import-listens", "--coop", SLUG, str(file), "--fund-from", "assets.bank.client", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (told(done.stdout, "Lines read"), told(done.stdout, "Counted and"), told(done.stdout, "Rejected")) == ("4", "2", "2")
    with (tmp_path / "bad.csv.rejects.csv").open() as rejects:
        rows = list(csv.DictReader(rejects))
    assert [row["line"] for row in rows] == ["3", "4"]
    assert "never" in rows[0]["reason"]
    assert "columns" in rows[1]["reason"]


def test_a_dry_run_changes_nothing(home, tmp_path):
    file = listening(tmp_path / "dry.csv", "dry", 50)
    done = rochdale(home, "music", "import-listens", "--coop", SLUG, str(file), "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert told(done.stdout, "Good plays") == "50"
    assert "Nothing was imported" in done.stdout


MISTAKES = [
    ("track,artist,release_year\nA,B,1982\n", [], "music.unreadable_file"),
    ("", [], "music.unreadable_file"),
    ("when,artist,track\n1700000000,A,T\n", ["--map", "when"], "music.bad_mapping"),
    ("heard,artist,track\n1700000000,A,T\n", ["--map", "seen=played_at"], "music.unreadable_file"),
    ("user,time,artist,track\nx,1700000000,A,T\n", ["--listener", "ada"], "music.listener_named_twice"),
    ("user,time,artist,track\nx,1700000000,A,T\n", ["--fund-from", "liabilities.wallet"], "music.cannot_fund_from"),
    ("user,time,artist,track\nx,1700000000,A,T\n", ["--rejects", "no/such/folder/r.csv"], "music.cannot_write_rejects"),
    ("user,time,artist,track\nx,1700000000,A,T\n", ["--coop", "nobody"], "music.no_such_coop"),
]
MANY = """
import contextlib, io, json, sys
from rochdale.project import cli
answers = []
for words in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            cli.main(words)
            code = 0
        except SystemExit as stop:
            code = stop.code
    answers.append([code, said.getvalue()])
print(json.dumps(answers))
"""


def test_what_cannot_be_done_is_one_clear_line(home, tmp_path):
    commands = []
    for number, (content, options, _code) in enumerate(MISTAKES):
        file = tmp_path / f"{number}.csv"
        file.write_text(content)
        commands.append(["music", "import-listens", "--coop", SLUG, str(file), *options])
    done = subprocess.run(
        [sys.executable, "-c", MANY],
        env=environment(home),
        cwd=tmp_path,
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    for (status, said), (_content, _options, code) in zip(json.loads(done.stdout), MISTAKES, strict=True):
        assert (status, code in said, len(said.strip().splitlines())) == (1, True, 1), said
    assert not list(tmp_path.glob("*rejects*"))


def test_without_funding_empty_wallets_pay_nothing(home, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("when,artist,track\n1700000000,Poor Artist,T\n1700000300,Poor Artist,T\n")
    done = rochdale(
        home, "music", "import-listens", "--coop", SLUG, str(file), "--map", "when=played_at", "--listener", "poor", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert (told(done.stdout, "Counted and"), told(done.stdout, "Rejected")) == ("0", "2")
    assert "wallet" in (tmp_path / "mine.csv.rejects.csv").read_text()
