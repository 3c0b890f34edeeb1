"""Makers for tests of the open books, and what their bylaws change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rochdale.openbooks import queries
from rochdale.shared import actor, clock

BYLAW_OBSERVATIONS: dict[str, Callable[[], Any]] = {
    "openbooks.visibility": lambda: queries.may_see(actor.NOBODY, clock.now()),
    "openbooks.smallest_group": lambda: queries.people(clock.now(), smallest=queries.smallest_group(clock.now())).smallest,
}
