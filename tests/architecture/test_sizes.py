"""The size ratchet: functions and files stay small; a debt is named here and may only shrink."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTION_LINES = 70
FILE_LINES = 400
# Debts: "path" or "path:function" → lines. Lower a number when you shorten it; never add a line.
DEBTS: dict[str, int] = {}


def sources() -> Iterator[Path]:
    for folder in ("rochdale", "bench"):
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def measured() -> Iterator[tuple[str, int, int]]:
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        yield name, text.count("\n"), FILE_LINES
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1, FUNCTION_LINES


def test_nothing_grows_past_its_limit() -> None:
    too_long = {name: lines for name, lines, limit in measured() if lines > max(limit, DEBTS.get(name, 0))}
    assert not too_long, f"split by noun: {too_long}"


def test_debts_that_are_paid_are_struck_off() -> None:
    now = {name: lines for name, lines, limit in measured() if lines > limit}
    assert {name: now.get(name, 0) for name in DEBTS} == DEBTS


@pytest.mark.parametrize("drawer", ["utils", "helpers", "common", "misc", "services", "managers"])
def test_there_are_no_drawers(drawer: str) -> None:
    assert not [path for path in sources() if drawer in (path.stem, path.parent.name)]
