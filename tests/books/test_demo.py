"""The demo's own story, its first weeks: the books hold, and other programs agree with them."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rochdale.ledger import export
from rochdale.project.demo import listening, story
from rochdale.project.demo.stage import Stage
from rochdale.shared import coops, module

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture
def stage(public_db: Any, told: list[str]) -> Iterator[Stage]:
    made = Stage(
        slug=story.SLUG, schema="", currency=story.CURRENCY, rng=random.Random(7), now=START,
        ends_at=START + timedelta(days=16), say=told.append,
    )  # fmt: skip
    story.found(made)
    story.first_week(made)
    story.months(made, listening.Listening(7).day)
    story.refund_and_second_eyes(made)
    story.sum_up(made)
    yield made


def test_the_story_is_told_and_every_truth_holds(stage: Stage, told: list[str], tmp_path: Path) -> None:
    assert any("version 1 of the bylaws stands" in line for line in told)
    assert any("Dilip Rao has neither e-mail nor phone" in line for line in told)
    assert any("is owed to artists" in line for line in told)
    with coops.inside(stage.schema):
        broken = {
            rule.number: rows for plug in module.installed() for rule in plug.invariants() if (rows := list(rule.offending()))
        }
        assert broken == {}
        for form in ("beancount", "hledger"):
            with (tmp_path / f"books.{form}").open("w", encoding="utf-8") as out:
                assert export.write(form, out) > 0
    check = subprocess.run(
        [Path(sys.executable).parent / "bean-check", tmp_path / "books.beancount"], capture_output=True, text=True
    )
    assert (check.returncode, check.stdout + check.stderr) == (0, "")
    if shutil.which("hledger"):
        check = subprocess.run(["hledger", "-f", tmp_path / "books.hledger", "check"], capture_output=True, text=True)
        assert (check.returncode, check.stdout + check.stderr) == (0, "")


def test_the_same_seed_names_the_same_people() -> None:
    first, again = (story.newcomers(random.Random(7), 5) for _ in range(2))
    assert first == again
    assert len({role.email for role in (*story.FOUNDERS, *first)}) == len(story.FOUNDERS) + 5
