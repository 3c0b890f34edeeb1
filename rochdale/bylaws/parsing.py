"""Check a pack's plain data word by word, and make a pack of it. Pure; refuses whatever it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from .rows import Dated, Pack, PackError, Row, hash_of

LONGEST_QUOTE = 300

UNITS = frozenset(
    {"days", "months", "years", "pct", "count", "ratio", "enum", "formula", "list", "date_rule", "bool", "rule", "surplus"}
)
KINDS = frozenset({"min", "max", "exact", "enum", "required", "forbidden"})
BINDINGS = frozenset({"mandatory", "default", "delegated"})
STATUSES = frozenset({"VERIFIED", "SECONDARY", "BACKGROUND"})
VIOLATIONS = frozenset({"block", "warn", "needs_vote"})
COUNTINGS = frozenset({"", "calendar", "includes_both_end_days", "excludes_both_end_days", "any_six_months", "any_twelve_months"})
NUMBER_UNITS = frozenset({"days", "months", "years", "pct", "count"})
SURPLUS_OF = frozenset({"surplus", "co_op_surplus", "non_co_op_profit"})
SURPLUS_BASES = frozenset({"net", "after_losses", "after_losses_before_tax", "remainder"})

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_ROW_WORDS = {"key", "title", "unit", "kind", "binding", "counting", "values", "on_violation", "applies_to", "reviewed_by"}
_VALUE_WORDS = {"value", "source", "status", "note", "quote"}
_PACK_WORDS = {
    "title",
    "kind",
    "country",
    "countries",
    "legal_form",
    "currency",
    "languages",
    "minimum_founders",
    "prepared_on",
    "reviewed_by",
    "sources",
    "caution",
}


def parse(content: Mapping[str, Any]) -> Pack:
    """Turn plain data (from files, or as a co-op keeps it) into a pack.

    Refuses, by raising PackError: unknown words, units, kinds, bindings or statuses; a value
    without a day, a source or a status; a quote of more than 300 characters; floats.
    """
    name, head = str(content.get("name", "")), content.get("pack")
    if not NAME.fullmatch(name) or not isinstance(head, Mapping):
        raise PackError("unreadable", name or "pack", "a pack has a name and a head")
    _only_known(head, _PACK_WORDS, f"{name}/pack.yaml")
    rows = {key: _row(f"{name}/{key}", row) for key, row in dict(content.get("rows") or {}).items()}
    return Pack(name=name, rows=rows, hash=hash_of(content), content=dict(content), **_head(name, head))


def _head(name: str, head: Mapping[str, Any]) -> dict[str, Any]:
    where = f"{name}/pack.yaml"
    for word in ("title", "kind", "country", "prepared_on"):
        if not head.get(word):
            raise PackError("missing", where, f"“{word}” is not said")
    if head["kind"] not in ("legal_form", "activity"):
        raise PackError("unknown_kind", where, f"a pack is a legal_form or an activity, not “{head['kind']}”")
    if head["kind"] == "legal_form" and not (head.get("legal_form") and head.get("currency") and head.get("languages")):
        raise PackError("missing", where, "a legal form names itself, its currency and its languages")
    minimum = head.get("minimum_founders", 0)
    if not isinstance(minimum, int) or isinstance(minimum, bool) or minimum < 0:
        raise PackError("bad_value", where, "minimum_founders is a whole number")
    return {
        "title": str(head["title"]),
        "kind": head["kind"],
        "country": str(head["country"]),
        "countries": tuple(head.get("countries") or (str(head["country"]),)),
        "legal_form": str(head.get("legal_form") or ""),
        "currency": str(head.get("currency") or ""),
        "languages": tuple(head.get("languages") or ()),
        "minimum_founders": minimum,
        "prepared_on": _day(where, head["prepared_on"]),
        "reviewed_by": head.get("reviewed_by"),
        "sources": tuple(head.get("sources") or ()),
        "caution": str(head.get("caution") or ""),
    }


def _row(where: str, row: Mapping[str, Any]) -> Row:
    if not isinstance(row, Mapping):
        raise PackError("unreadable", where, "the row is not a list of names and values")
    _only_known(row, _ROW_WORDS, where)
    key = str(row.get("key", ""))
    if not KEY.fullmatch(key) or where.rpartition("/")[2] != key:
        raise PackError("unknown_key", where, f"“{key}” is not a key in small letters with dots")
    _one_of(where, "unit", str(row.get("unit")).partition(":")[0], UNITS | {"currency"})
    if str(row.get("unit")).startswith("currency") and not re.fullmatch(r"currency:[A-Z]{3}", str(row["unit"])):
        raise PackError("unknown_unit", where, "an amount names its currency, as in currency:EUR")
    _one_of(where, "kind", row.get("kind"), KINDS)
    _one_of(where, "binding", row.get("binding"), BINDINGS)
    _one_of(where, "counting", row.get("counting", ""), COUNTINGS)
    _one_of(where, "on_violation", row.get("on_violation"), VIOLATIONS)
    if not row.get("title"):
        raise PackError("missing", where, "the row has no title in plain words")
    return Row(
        key=key,
        title=str(row["title"]),
        unit=row["unit"],
        kind=row["kind"],
        binding=row["binding"],
        counting=row.get("counting", ""),
        values=_values(where, row),
        on_violation=row["on_violation"],
        applies_to=tuple(row.get("applies_to") or ()),
        reviewed_by=row.get("reviewed_by"),
    )


def _values(where: str, row: Mapping[str, Any]) -> tuple[Dated, ...]:
    values = row.get("values")
    if not isinstance(values, Mapping) or not values:
        raise PackError("missing_valid_from", where, "a value needs the day from which it holds")
    return tuple(_dated(where, row, _day(where, day), given) for day, given in sorted(values.items()))


def _dated(where: str, row: Mapping[str, Any], day: date, given: Any) -> Dated:
    if not isinstance(given, Mapping) or "value" not in given:
        raise PackError("missing", where, f"the entry of {day} has no value")
    _only_known(given, _VALUE_WORDS, where)
    if not given.get("source"):
        raise PackError("missing_source", where, f"the value of {day} names no source")
    if not given.get("status"):
        raise PackError("missing_status", where, f"the value of {day} has no status")
    _one_of(where, "status", given["status"], STATUSES)
    quote = str(given.get("quote") or "")
    if len(quote) > LONGEST_QUOTE:
        raise PackError("quote_too_long", where, f"a quote has at most {LONGEST_QUOTE} characters")
    _value_fits(where, row, given["value"])
    return Dated(day, given["value"], str(given["source"]), given["status"], str(given.get("note") or ""), quote)


def _value_fits(where: str, row: Mapping[str, Any], value: Any) -> None:
    if any(isinstance(part, float) for part in _parts(value)):
        raise PackError("bad_value", where, "write decimals as text, for example “2.5”: a float is not exact")
    if value is None and row["binding"] == "delegated":
        return
    unit = str(row["unit"])
    whole = isinstance(value, int) and not isinstance(value, bool)
    decimal = isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value) is not None
    if (unit in NUMBER_UNITS or unit.startswith("currency:")) and not (whole or decimal):
        raise PackError("bad_value", where, f"{unit} asks for a number, not {value!r}")
    if unit == "ratio" and not (isinstance(value, str) and re.fullmatch(r"\d+/[1-9]\d*", value)):
        raise PackError("bad_value", where, "ratio asks for a fraction written as “1/3”, which is exact")
    if unit == "surplus":
        _surplus_fits(where, value)
    if unit == "bool" and not isinstance(value, bool):
        raise PackError("bad_value", where, "bool asks for true or false")
    if row["kind"] == "enum" and not (isinstance(value, list) and value and all(isinstance(word, str) for word in value)):
        raise PackError("bad_value", where, "enum asks for the list of allowed words")


def _surplus_fits(where: str, value: Any) -> None:
    """A share of the surplus: of what, on which base, in which order, how much, until when."""
    if not isinstance(value, Mapping) or set(value) != {"of", "base", "order", "pct", "until"}:
        raise PackError("bad_value", where, "surplus asks for of, base, order, pct and until")
    _one_of(where, "surplus_of", value["of"], SURPLUS_OF)
    _one_of(where, "surplus_base", value["base"], SURPLUS_BASES)
    order, pct, until = value["order"], value["pct"], value["until"]
    if not isinstance(order, int) or isinstance(order, bool) or order < 1:
        raise PackError("bad_value", where, "order is a whole number from 1")
    if isinstance(pct, bool) or not re.fullmatch(r"\d+(\.\d+)?", str(pct)):
        raise PackError("bad_value", where, "pct is a number")
    if until is not None and (not isinstance(until, Mapping) or "reserve_reaches" not in until):
        raise PackError("bad_value", where, "until is empty, or says what the reserve reaches")


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _parts(part)
    else:
        yield value


def _only_known(given: Mapping[str, Any], known: set[str], where: str) -> None:
    strange = sorted(set(given) - known)
    if strange:
        raise PackError("unknown_word", where, f"unknown: {', '.join(strange)}")


def _one_of(where: str, what: str, given: Any, known: frozenset[str]) -> None:
    if given not in known:
        raise PackError(f"unknown_{what}", where, f"“{given}” is no {what} this loader knows")


def _day(where: str, given: Any) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise PackError("missing_valid_from", where, f"“{given}” is not a day such as 2014-07-28") from None
