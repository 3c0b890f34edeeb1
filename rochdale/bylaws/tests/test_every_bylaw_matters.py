"""Change every declared bylaw: what nobody can observe is decoration, and fails here.

The convention is described in `rochdale/bylaws/README.md`: each module's `testing.py` gives
BYLAW_OBSERVATIONS, and BYLAW_ALTERNATIVES where another legal value cannot be guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from rochdale.bylaws import queries, registry
from rochdale.bylaws import testing as bylaws
from rochdale.shared import clock

BEFORE = datetime(2026, 3, 10, 12, tzinfo=UTC)
AFTER = BEFORE + timedelta(hours=2)


class _Undo(Exception):
    """Takes a savepoint back."""


def observed(look: Callable[[], Any], at: datetime, change: dict[str, Any] | None = None) -> Any:
    """Return what a look at the co-op gives at a moment; all it did is taken back."""
    seen: Any = None
    try:
        with transaction.atomic():
            if change is not None:
                bylaws.adopt(AFTER - timedelta(minutes=1), change)
            with clock.at(at):
                seen = look()
            raise _Undo
    except _Undo:
        return seen


@pytest.mark.parametrize("key", bylaws.declared_keys())
def test_changing_a_bylaw_changes_something(coop: Any, key: str) -> None:
    look = bylaws.observations().get(key)
    assert look is not None, f"{key} has no observation: name one in its module's testing.py"
    bylaws.adopt(BEFORE)
    rule = registry.rule(key)
    assert rule is not None
    current = queries.value(key, at=BEFORE)
    other = bylaws.alternatives().get(key)
    if other is None:
        other = bylaws.another_value(rule, current, bylaws.PACKS, "EUR", BEFORE)
    assert other != current
    first, again = observed(look, AFTER), observed(look, AFTER)
    assert first == again, f"the observation of {key} differs by itself: it cannot show what the bylaw does"
    assert observed(look, AFTER, {key: other}) != first, f"{key} from {current!r} to {other!r}: nothing observable changed"


def test_no_observation_is_left_over() -> None:
    assert set(bylaws.observations()) <= set(bylaws.declared_keys())
