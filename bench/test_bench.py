"""The benches run, at toy sizes, and the books hold afterwards; their figures mean nothing here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import single
from bench.ground import Ground, Span
from bench.single import Rate


def test_ratios_compare_runs_made_in_turn() -> None:
    ours, theirs = ([Rate(rate, 1, 2, 0) for rate in rates] for rates in ((10, 50, 100), (20, 50, 400)))
    assert single.ratio(ours, theirs) == 0.5


def test_the_script_is_the_ledgers_own_statement() -> None:
    ground = Ground(Path(), "coop_x", {}, "", Span(1, 9), Span(10, 39), Span(40, 42))
    text = single.script(ground, busy=True, run="r")
    assert text.count("SELECT ledger_post(") == 1
    assert "\\set artist random(40, 40)" in text
    assert "'bench/r/:client_id/:n'" in text
    assert "\\set artist random(10, 19)" in single.script(ground, busy=False, run="r")


@pytest.mark.slow
def test_all_benches_run_and_the_books_hold() -> None:
    sizes = [
        "--seconds=1",
        "--rounds=1",
        "--scale=1",
        "--wallets=50",
        "--batches=2",
        "--people=300",
        "--large=3000",
        "--postings=2000",
        "--small=1000",
        "--tail=100",
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ROCHDALE_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench", *sizes],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
        env=clean,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert len(found["lines"]) == 10
    assert all(line["errors"] == 0 and line["ratio"] > 0 for line in found["lines"])
    assert (found["facts"]["sum"], found["facts"]["broken"]) == (0, {})
    assert found["facts"]["bytes_per_posting"] > 100
