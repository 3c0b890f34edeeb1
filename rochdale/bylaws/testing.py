"""Makers for tests of every module: a version of the bylaws with the values a test names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from rochdale.shared import actor as actors
from rochdale.shared import clock, ids, module

from . import actions, queries, registry, rules

PACKS = ("ie", "activity-wallet-eu")
BEGAN_BEFORE = timedelta(hours=1)


def adopt(
    now: datetime,
    values: Mapping[str, Any] | None = None,
    *,
    packs: Sequence[str] = PACKS,
    currency: str = "EUR",
    act: str = "",
    registration: str = "a registrar's reference",
) -> int:
    """Adopt version 1 (an hour before `now`) or the next one (so that it stands at `now`), all rows accepted.

    In the first, defaults that the law does not allow are moved into its bounds, as at a founding.

    Give keys by a dict: `adopt(now, {"music.coop_share": Decimal(25)})`. Returns the number.
    """
    last = queries.latest()
    if last is None:
        adopted_at = valid_from = now - BEGAN_BEFORE
    else:
        valid_from = max(now - timedelta(seconds=1), last.valid_from)
        adopted_at = valid_from - (queries.earliest_beginning(valid_from, settling=actions.SETTLING) - valid_from)
    number = (last.number if last else 0) + 1
    act = act or f"test:{number}"
    return int(
        actions.adopt_version(
            actor=actors.resolution(act),
            now=adopted_at,
            key=ids.derived_key("bylaws", act, number),
            values=(queries.moved_by_law(packs, currency=currency, at=valid_from) if last is None else {}) | dict(values or {}),
            packs=list(packs),
            act=act,
            valid_from=valid_from,
            currency=currency,
            accepted=[row.hash for row in queries.rows_to_accept(packs, at=valid_from)],
            registration=registration,
        )
    )


def another_value(rule: module.Bylaw, current: Any, packs: Sequence[str], currency: str, at: datetime) -> Any:
    """Return a legal value of a bylaw that differs from the current one; LookupError where none can be guessed."""
    for candidate in _candidates(rule, current):
        typed = rules.normal(rule.unit, candidate)
        if typed != current and not queries.complaint_about(
            rule.key, typed, queries.chosen_packs(packs), currency, queries.day_of(at)
        ):
            return typed
    raise LookupError(f"no other legal value of {rule.key} can be guessed: give one in BYLAW_ALTERNATIVES")


def _candidates(rule: module.Bylaw, current: Any) -> list[Any]:
    if rule.unit == "yes_no":
        return [not current]
    if rule.unit == "choice":
        return list(rule.choices)
    if rule.unit == "percent":
        return [current + 10, current + 1, current - 10, current - 1, current / 2, Decimal(50)]
    if rule.unit == "money":
        return [current * 2, current // 2, current + 10**6, 5 * 10**6]
    if rule.unit in ("table", "list", "text"):
        return []
    return [current + 1, current - 1, current * 2, current // 2]


def observations() -> dict[str, Callable[[], Any]]:
    """Gather BYLAW_OBSERVATIONS of every module's `testing.py`."""
    return _gathered("BYLAW_OBSERVATIONS")


def alternatives() -> dict[str, Any]:
    """Gather BYLAW_ALTERNATIVES of every module's `testing.py`."""
    return _gathered("BYLAW_ALTERNATIVES")


def _gathered(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for plug in module.installed():
        found.update(getattr(plug.part("testing"), name, {}))
    return found


def declared_keys() -> list[str]:
    """Return the keys of all declared bylaws."""
    return list(registry.declared())


def _financial_year() -> tuple[date, date]:
    return queries.financial_year(at=clock.now())


def _earliest() -> timedelta:
    now = clock.now()
    return queries.earliest_beginning(now, settling=actions.SETTLING) - now


BYLAW_OBSERVATIONS: dict[str, Callable[[], Any]] = {
    "bylaws.year_start_month": _financial_year,
    "bylaws.change_delay_days": _earliest,
}
