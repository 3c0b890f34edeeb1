"""What the bylaws of privacy change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rochdale.privacy import queries
from rochdale.shared import clock

BYLAW_OBSERVATIONS: dict[str, Callable[[], Any]] = {
    "privacy.access_minutes": lambda: queries.minutes_open(clock.now()),
}
