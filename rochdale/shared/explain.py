"""The answer to "how was this computed?": what every figure on a page can open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the arithmetic: words, and an amount in micro-units (or a plain number)."""

    words: Any
    micro: int | None = None
    currency: str = ""
    number: Any = None
    url: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """One posting behind the figure; `micro` is what it added to or took from the figure."""

    number: int
    at: datetime
    title: Any
    micro: int
    currency: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure's title, its rule in words, the arithmetic, the bylaws it rests on, and its postings.

    `bylaws` are pairs of words and an address; `bylaw_version` is the version that stood at the
    moment that matters. `more_url` leads to the postings that are not listed here.
    """

    title: Any
    rule: Any
    micro: int | None = None
    currency: str = ""
    number: Any = None
    lines: Sequence[Line] = ()
    bylaw_version: int | None = None
    bylaws: Sequence[tuple[Any, str]] = ()
    postings: Sequence[Posted] = ()
    postings_count: int | None = None
    more_url: str = ""
    back_url: str = ""
    as_of: datetime | None = None
    privacy: Any = ""
