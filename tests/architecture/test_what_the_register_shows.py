"""Whoever writes what the register shows dates it by `known.recorded(now)`, so that a copy of it comes out the same for ever.

A row or a name dated by the bare clock could slip in below a copy that was made as known a moment later.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "rochdale"
NOT_SHOWN = {"ExclusionService", "Representative", "close_representation"}
"""What dates rows of members that no copy of the register reads."""
DATES = {"recorded_at", "until_at"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def bare(value: ast.expr) -> bool:
    """Say whether a moment is the clock's own: `now` or `clock.now()`."""
    if isinstance(value, ast.Call):
        value = value.func
        return isinstance(value, ast.Attribute) and value.attr == "now"
    return isinstance(value, ast.Name) and value.id == "now"


def chain(node: ast.expr) -> list[str]:
    """Return the names of a call, first to last: `Member.objects.create` is Member, objects, create."""
    if isinstance(node, ast.Call):
        return chain(node.func)
    if isinstance(node, ast.Attribute):
        return [*chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def rows_dated_by_the_clock(tree: ast.Module) -> Iterator[int]:
    """Lines that date a row of the register by the bare clock, in a call or in a dict of columns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not NOT_SHOWN & set(chain(node.func)):
            for given in node.keywords:
                if given.arg in DATES and bare(given.value):
                    yield node.lineno
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in DATES and bare(value):
                    yield node.lineno


def names_dated_by_the_clock(tree: ast.Module) -> Iterator[int]:
    """Lines that keep the register's details in the vault, or may do so, as known from the bare clock on."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or chain(node.func)[-2:] not in (["privacy", "keep"], ["privacy", "keep_many"]):
            continue
        given = {each.arg: each.value for each in node.keywords}
        kept = given["retention_class"]
        other = isinstance(kept, ast.Constant) and kept.value != "register"
        if not other and bare(given["now"]):
            yield node.lineno


def test_every_writer_of_the_register_says_when_it_was_known() -> None:
    wrong = [(path, line) for path, tree in sources() if path.startswith("members/") for line in rows_dated_by_the_clock(tree)]
    wrong += [(path, line) for path, tree in sources() for line in names_dated_by_the_clock(tree)]
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        "Member.objects.create(number=1, recorded_at=now)",
        "held.filter(x=1).update(until_at=now)",
        'row = {"recorded_at": clock.now()}',
        'privacy.keep(actor=a, now=now, retention_class="register", fields={})',
        "privacy.keep_many(actor=a, now=now, retention_class=each, fields={})",
    ],
)
def test_a_writer_that_forgets_it_is_found(line: str) -> None:
    tree = ast.parse(line)
    assert [*rows_dated_by_the_clock(tree), *names_dated_by_the_clock(tree)] == [1]
