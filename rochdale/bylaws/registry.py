"""Which bylaws the modules declare, who reads which row of law, and who keeps the acts that change bylaws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rochdale.shared import module

from . import rules

known_acts: dict[str, Callable[[str], bool]] = {}
"""By the word before the colon of an act's reference ("founding", "resolution"): does this act exist?
The module that keeps such acts fills it in `ready()`; the book check B1 asks it."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A bylaw with the module that declared it."""

    rule: module.Bylaw
    chapter: Any
    label: str


def declared() -> dict[str, Declared]:
    """Return all declared bylaws by key, in the order of the modules."""
    return {rule.key: Declared(rule, plug.title, plug.label) for plug in module.installed() for rule in plug.bylaws()}


_found: dict[str, module.Bylaw] = {}


def rule(key: str) -> module.Bylaw | None:
    """Return a declared bylaw, or None. Remembered: it is asked at every posting."""
    if key not in _found:
        _found.update({key: each.rule for key, each in declared().items()})
    return _found.get(key)


def forget() -> None:
    """Forget what was remembered, for tests that plug in a module of their own."""
    _found.clear()


def default_of(rule: module.Bylaw, currency: str) -> Any:
    """Return a bylaw's declared default, which may depend on the currency."""
    return rule.default(currency) if callable(rule.default) else rule.default


def law_readers() -> dict[str, list[str]]:
    """Return, for each pack key that named code reads, the dotted names of its readers."""
    readers: dict[str, list[str]] = {}
    for key, reader in _law_reads():
        readers.setdefault(key, []).append(reader)
    return readers


def _law_reads() -> Iterator[tuple[str, str]]:
    for plug in module.installed():
        for row in plug.law_rows():
            yield row.key, row.used_by
        for rule in plug.bylaws():
            for key in rules.law_keys(rule):
                yield key, rule.used_by
