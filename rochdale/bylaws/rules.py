"""What the law allows and what a bylaw may be: pure functions, no database, no web."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from .law import LawValue
from .packs import hash_of

COMPARABLE = {
    ("count", "count"),
    ("days", "days"),
    ("months", "months"),
    ("years", "years"),
    ("percent", "pct"),
    ("choice", "enum"),
    ("yes_no", "bool"),
}
LONGEST_TEXT = 2000
WHOLE_UNITS = frozenset({"count", "days", "months", "years", "seconds", "money"})


class Rule(Protocol):
    """What these functions need to know of a declared bylaw (`shared.module.Bylaw` has it)."""

    @property
    def key(self) -> str: ...
    @property
    def unit(self) -> Any: ...
    @property
    def minimum(self) -> Decimal | int | None: ...
    @property
    def maximum(self) -> Decimal | int | None: ...
    @property
    def choices(self) -> tuple[str, ...]: ...
    @property
    def check(self) -> Any: ...
    @property
    def law(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a value is refused: the last part of the refusal's code, and its data."""

    reason: str
    data: Mapping[str, Any]


def law_keys(rule: Rule) -> list[str]:
    """Return the pack keys that bound a bylaw: one, several with blanks between, or none."""
    return rule.law.split()


def comparable(unit: str, law_unit: str) -> bool:
    """Say whether a bylaw's unit and a row's unit can be held against each other."""
    return (unit, law_unit) in COMPARABLE or (unit == "money" and law_unit.startswith("currency:"))


def out_of_law(rule: Rule, value: Any, law: LawValue, currency: str) -> Complaint | None:
    """Hold a bylaw's typed value against a row of law; None when it is within.

    Only binding rows bound; where their violation only warns, the value stands and the page
    shows the law beside it. An amount in another currency cannot be compared: it is refused.
    """
    if law.binding != "mandatory" or law.on_violation != "block" or law.value is None:
        return None
    data = {"key": rule.key, "article": law.source, "pack": law.pack, "bound": _bound_words(law), "kind": law.kind}
    if rule.unit == "money" and law.currency and law.currency != currency:
        return Complaint("law_in_other_currency", {**data, "currency": currency})
    if not comparable(rule.unit, law.unit):
        return Complaint("law_not_comparable", data)
    bound: Any = law.amount if law.currency else law.value
    if rule.unit in WHOLE_UNITS or rule.unit == "percent":
        kept = _within(law.kind, Decimal(value), Decimal(bound))
    elif law.kind == "enum":
        kept = value in law.value
    else:
        kept = value == law.value
    return None if kept else Complaint("out_of_bounds", data)


def _within(kind: str, value: Decimal, bound: Decimal) -> bool:
    return {"min": value >= bound, "max": value <= bound}.get(kind, value == bound)


def _bound_words(law: LawValue) -> str:
    shown = ", ".join(law.value) if isinstance(law.value, list) else str(law.value)
    return f"{shown} {law.currency}".strip() if law.currency else (f"{shown} %" if law.unit == "pct" else shown)


def wrong_value(rule: Rule, value: Any) -> Complaint | None:
    """Hold a value against what the rule itself says: kind, limits, choices and its own check."""
    expected = _expected(rule.unit)
    if not _is_of(rule.unit, value):
        return Complaint("wrong_kind_of_value", {"key": rule.key, "expected": expected})
    if rule.minimum is not None and rule.unit not in ("table", "list", "text", "choice", "yes_no") and value < rule.minimum:
        return Complaint("below_minimum", {"key": rule.key, "minimum": str(rule.minimum)})
    if rule.maximum is not None and rule.unit not in ("table", "list", "text", "choice", "yes_no") and value > rule.maximum:
        return Complaint("above_maximum", {"key": rule.key, "maximum": str(rule.maximum)})
    if rule.unit == "choice" and value not in rule.choices:
        return Complaint("not_a_choice", {"key": rule.key, "choices": ", ".join(rule.choices)})
    complaint = rule.check(value) if rule.check else ""
    return Complaint("not_accepted", {"key": rule.key, "why": str(complaint)}) if complaint else None


def _is_of(unit: str, value: Any) -> bool:
    if unit in WHOLE_UNITS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**17
    if unit == "percent":
        exact = isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool))
        return exact and Decimal(value).is_finite() and 0 <= value <= 1000 and Decimal(value) == round(Decimal(value), 6)
    if unit == "yes_no":
        return isinstance(value, bool)
    if unit in ("choice", "text"):
        return _is_text(value) and len(value) <= LONGEST_TEXT
    return isinstance(value, dict if unit == "table" else list) and _plain(value)


def _plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and _plain(part) for name, part in value.items())
    if isinstance(value, list):
        return all(_plain(part) for part in value)
    return value is None or isinstance(value, int | bool) or _is_text(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\x00" not in value


def _expected(unit: str) -> str:
    return {"percent": "a percentage", "money": "an amount", "yes_no": "yes or no", "choice": "one of the choices"}.get(
        unit, f"a {unit}" if unit in ("table", "list", "text") else f"a whole number ({unit})"
    )


def to_json(unit: str, value: Any) -> Any:
    """Return a typed value as JSON keeps it: a percentage as text, all else as it is."""
    return format(Decimal(value).normalize(), "f") if unit == "percent" else value


def from_json(unit: str, stored: Any) -> Any:
    """Return the typed value of what JSON kept. Refuses (ValueError) a percentage that is none."""
    if unit != "percent":
        return stored
    try:
        return Decimal(stored)
    except (InvalidOperation, TypeError) as problem:
        raise ValueError(f"{stored!r} is no percentage") from problem


def seal(values: Mapping[str, Any], *, packs: Iterable[Mapping[str, str]], currency: str, accepted: Iterable[str]) -> str:
    """Return the digest of a version's whole content: stored values, packs with hashes, currency, accepted rows.

    It is the version's name for what it says: equal digests mean equal rules, so an answer kept
    by digest can never be another version's.
    """
    ordered = sorted((pack["name"], pack["hash"]) for pack in packs)
    return hash_of({"values": dict(values), "packs": ordered, "currency": currency, "accepted": sorted(set(accepted))})


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the keys whose stored value differs between two versions, in order."""
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def financial_year(on: date, first_month: int) -> tuple[date, date]:
    """Return the first and the last day of the financial year that holds a day."""
    year = on.year if on.month >= first_month else on.year - 1
    start = date(year, first_month, 1)
    following = date(year + 1, first_month, 1)
    return start, date.fromordinal(following.toordinal() - 1)


def report_due(law: LawValue, year_end: date) -> date | None:
    """Return the day by which the annual return of a year is due, or None for a rule in words.

    Two shapes of law: so many months after the year's end (UK), or a fixed day by the half of
    the year in which the balance date lies (Ireland: the next such day after it).
    """
    if law.unit == "months" and isinstance(law.value, int):
        return months_after(year_end, law.value)
    if law.unit == "date_rule" and isinstance(law.value, Mapping) and "balance_jan_jun" in law.value:
        half = "balance_jan_jun" if year_end.month <= 6 else "balance_jul_dec"
        month, day = (int(part) for part in str(law.value[half]).split("-"))
        due = date(year_end.year, month, day)
        return due if due > year_end else date(year_end.year + 1, month, day)
    return None


def months_after(day: date, months: int) -> date:
    """Return the day so many months later; the last of the month stays the last of the month."""
    place = day.year * 12 + day.month - 1 + months
    last = _last_day(place // 12, place % 12 + 1)
    is_last = day.day == _last_day(day.year, day.month)
    return date(place // 12, place % 12 + 1, last if is_last else min(day.day, last))


def _last_day(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day


def normal(unit: str, given: Any) -> Any:
    """Return a value as typed by a person or kept as JSON in its own type, where that is plain.

    Text becomes a number, a table or yes and no; a decimal that is whole becomes an int. An
    amount given as text or decimal is in the currency's unit and becomes micro-units; an int is
    micro-units already. What cannot be read is returned as it is, to be refused by `wrong_value`.
    """
    text = given.strip() if isinstance(given, str) else None
    if unit in ("choice", "text"):
        return given
    if unit == "yes_no":
        return {"yes": True, "true": True, "no": False, "false": False}.get((text or "").lower(), given)
    if unit in ("table", "list"):
        return _from_text(text) if text is not None else given
    number = _number(text) if text is not None else given
    if unit == "percent":
        return Decimal(number) if isinstance(number, int) and not isinstance(number, bool) else number
    if isinstance(number, Decimal) and number.is_finite():
        scaled = number.scaleb(6) if unit == "money" else number
        return int(scaled) if abs(scaled) < 10**18 and scaled == scaled.to_integral_value() else given
    return number


def _number(text: str) -> Any:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return text


def _from_text(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def bounds(rule: Rule, laws: Iterable[LawValue], currency: str) -> tuple[Any, Any]:
    """Return the lowest and highest value that rule and binding law allow; None where there is no bound."""
    least: list[Any] = [] if rule.minimum is None else [rule.minimum]
    most: list[Any] = [] if rule.maximum is None else [rule.maximum]
    for law in laws:
        if not _bounds_numbers(rule, law, currency):
            continue
        bound: Any = law.amount if law.currency else int(law.number) if law.number == int(law.number) else law.number
        if law.kind in ("min", "exact"):
            least.append(bound)
        if law.kind in ("max", "exact"):
            most.append(bound)
    return (max(least) if least else None, min(most) if most else None)


def within_law(rule: Rule, default: Any, laws: Iterable[LawValue], currency: str) -> Any:
    """Return a declared default, moved to the nearest value that the law allows where it lies outside.

    Only for what nobody decided: an Italian share costs at least €25, whatever the software's default is. Of choices,
    the first that the law leaves.
    """
    laws = list(laws)
    if rule.unit == "choice":
        allowed = allowed_choices(rule, laws)
        return default if default in allowed or not allowed else allowed[0]
    least, most = bounds(rule, laws, currency)
    if not isinstance(default, int | Decimal) or isinstance(default, bool):
        return default
    if least is not None and default < least:
        return least
    return most if most is not None and default > most else default


def _bounds_numbers(rule: Rule, law: LawValue, currency: str) -> bool:
    binds = law.binding == "mandatory" and law.on_violation == "block" and law.kind in ("min", "max", "exact")
    numbers = rule.unit in WHOLE_UNITS or rule.unit == "percent"
    return binds and numbers and comparable(rule.unit, law.unit) and law.currency in ("", currency)


def allowed_choices(rule: Rule, laws: Iterable[LawValue]) -> tuple[str, ...]:
    """Return the choices that no binding law takes away."""
    left = rule.choices
    for law in laws:
        if law.kind == "enum" and law.binding == "mandatory" and law.on_violation == "block":
            left = tuple(choice for choice in left if choice in law.value)
    return left
