"""Django system checks on what modules declare: a bylaw that is wrong stops the program, not a member."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.core import checks

from . import packs, registry, rules


def check_declarations(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse bylaws whose default their own rule refuses, whose law nobody wrote, or whose reader is not there."""
    laws = list(_rows())
    damaged = [checks.Error(f"the pack of law {name}: {why}", id="rochdale.E021") for name, why in _damaged()]
    return [*damaged, *(checks.Error(text, id="rochdale.E020") for text in _faults(laws))]


def _damaged() -> Iterator[tuple[str, str]]:
    for name in packs.names():
        try:
            packs.shipped(name)
        except packs.PackError as problem:
            yield name, problem.detail


def _rows() -> Iterator[packs.Row]:
    for name in packs.names():
        try:
            yield from packs.shipped(name).rows.values()
        except packs.PackError:
            continue  # said by name by `_damaged`; the rest of the program runs without it


def _faults(laws: list[packs.Row]) -> Iterator[str]:
    for key, each in registry.declared().items():
        for currency in ("EUR", "GBP", "INR", "KES", "USD"):
            complaint = rules.wrong_value(each.rule, rules.normal(each.rule.unit, registry.default_of(each.rule, currency)))
            if complaint:
                yield f"the bylaw {key}: its default is refused ({complaint.reason})"
        for wanted in rules.law_keys(each.rule):
            rows = [row for row in laws if row.key == wanted]
            if not rows:
                yield f"the bylaw {key}: no pack has the row {wanted}"
            yield from (
                f"the bylaw {key} counts in {each.rule.unit}, the row {wanted} in {row.unit}"
                for row in rows
                if not rules.comparable(each.rule.unit, row.unit)
            )
    for wanted, readers in registry.law_readers().items():
        if not any(row.key == wanted for row in laws):
            yield f"no pack has the row {wanted}, which {readers[0]} says it reads"


def reader_exists(dotted: str) -> bool:
    """Tell whether a dotted name leads to something that can be called."""
    parts = dotted.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name, None)
        return callable(found)
    return False
