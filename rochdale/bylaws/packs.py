"""Read jurisdiction packs: the law as dated data files, checked hard and hashed.

A pack is a folder with `pack.yaml` and one file per rule (`<key>.yaml`). This file is pure: it
knows no database and no web. A pack that says anything this loader does not understand is
refused whole, because a rule that is misread is worse than a rule that is missing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "packs"
PINS = "pinned.json"
LONGEST_QUOTE = 300

UNITS = frozenset({"days", "months", "years", "pct", "count", "ratio", "enum", "formula", "list", "date_rule", "bool", "rule"})
KINDS = frozenset({"min", "max", "exact", "enum", "required", "forbidden"})
BINDINGS = frozenset({"mandatory", "default", "delegated"})
STATUSES = frozenset({"VERIFIED", "SECONDARY", "BACKGROUND"})
VIOLATIONS = frozenset({"block", "warn", "needs_vote"})
COUNTINGS = frozenset({"", "calendar", "includes_both_end_days", "excludes_both_end_days", "any_six_months", "any_twelve_months"})
NUMBER_UNITS = frozenset({"days", "months", "years", "pct", "count", "ratio"})

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


class PackError(ValueError):
    """A pack that cannot be trusted. `reason` is a stable word, `where` the file or key."""

    def __init__(self, reason: str, where: str, detail: str) -> None:
        self.reason, self.where, self.detail = reason, where, detail
        super().__init__(f"{where}: {detail}")


@dataclass(frozen=True, slots=True)
class Dated:
    """What the law says from a day on: the value, where it stands, and how sure we are."""

    valid_from: date
    value: Any
    source: str
    status: str
    note: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of law with all its values by date, oldest first."""

    key: str
    title: str
    unit: str
    kind: str
    binding: str
    counting: str
    values: tuple[Dated, ...]
    on_violation: str
    applies_to: tuple[str, ...]
    reviewed_by: str | None

    def at(self, on: date) -> Dated | None:
        """Return what stood on a day, or None before the first value."""
        standing = [dated for dated in self.values if dated.valid_from <= on]
        return standing[-1] if standing else None

    @property
    def currency(self) -> str:
        """Return the currency of an amount row, or the empty string."""
        return self.unit.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Pack:
    """A legal form's or an activity's rules in one country, with the hash of all it says."""

    name: str
    title: str
    kind: str
    country: str
    countries: tuple[str, ...]
    legal_form: str
    currency: str
    languages: tuple[str, ...]
    minimum_founders: int
    prepared_on: date
    reviewed_by: str | None
    sources: tuple[str, ...]
    caution: str
    rows: Mapping[str, Row]
    hash: str
    content: Mapping[str, Any] = field(repr=False, compare=False)
    """All it says as plain data: what is hashed, and what a co-op keeps."""

    @property
    def code(self) -> str:
        """Return the name under another word, as forms ask for it."""
        return self.name


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A binding row that nobody has checked in the statute: the co-op must accept it by an act."""

    pack: str
    key: str
    title: str
    value: Any
    unit: str
    source: str
    note: str
    valid_from: date
    hash: str


def canonical(content: Any) -> str:
    """Write plain data in one way only: sorted names, no spaces, days as ISO text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def hash_of(content: Any) -> str:
    """Return the SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a pack holds plain data, not {type(value).__name__}")


def row_hash(row: Row, dated: Dated) -> str:
    """Return the hash of one value of one row: what a co-op accepts is exactly this text."""
    return hash_of(
        {
            "key": row.key,
            "unit": row.unit,
            "kind": row.kind,
            "binding": row.binding,
            "valid_from": dated.valid_from,
            "value": dated.value,
            "source": dated.source,
        }
    )


def unconfirmed(packs: Sequence[Pack], on: date) -> list[Unconfirmed]:
    """Return the mandatory rows whose value on that day is only background knowledge."""
    found: list[Unconfirmed] = []
    for pack in packs:
        for row in pack.rows.values():
            dated = row.at(on)
            if dated and row.binding == "mandatory" and dated.status == "BACKGROUND":
                found.append(
                    Unconfirmed(
                        pack=pack.name,
                        key=row.key,
                        title=row.title,
                        value=dated.value,
                        unit=row.unit,
                        source=dated.source,
                        note=dated.note,
                        valid_from=dated.valid_from,
                        hash=row_hash(row, dated),
                    )
                )
    return found


def content_of_folder(folder: Path) -> dict[str, Any]:
    """Read a pack's folder into plain data, days as text: what is hashed, stored and parsed."""
    head = _yaml(folder / "pack.yaml")
    rows: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yaml")):
        if file.name == "pack.yaml":
            continue
        row = _yaml(file)
        if row.get("key") != file.stem:
            raise PackError("misnamed", f"{folder.name}/{file.name}", "the file's name is not its key")
        rows[file.stem] = row
    loaded: dict[str, Any] = json.loads(canonical({"name": folder.name, "pack": head, "rows": rows}))
    return loaded


def _yaml(file: Path) -> dict[str, Any]:
    where = f"{file.parent.name}/{file.name}"
    if not file.is_file():
        raise PackError("missing_file", where, "the file is not there")
    try:
        content = _NoTwice(file.read_text(encoding="utf-8")).get_single_data()
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise PackError("unreadable", where, " ".join(str(problem).split())) from None
    if not isinstance(content, dict):
        raise PackError("unreadable", where, "the file is not a list of names and values")
    content = {str(name): value for name, value in content.items()}
    if isinstance(content.get("values"), dict):
        content["values"] = {str(day): value for day, value in content["values"].items()}
    return content


class _NoTwice(yaml.SafeLoader):
    """The safe loader, which also refuses a name that stands twice (YAML would keep the last)."""


def _mapping_once(loader: _NoTwice, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise yaml.YAMLError(f"“{key}” stands twice")
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


_NoTwice.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_once)


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
    if unit == "bool" and not isinstance(value, bool):
        raise PackError("bad_value", where, "bool asks for true or false")
    if row["kind"] == "enum" and not (isinstance(value, list) and value and all(isinstance(word, str) for word in value)):
        raise PackError("bad_value", where, "enum asks for the list of allowed words")


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


def load(name: str, folder: Path = FOLDER) -> Pack:
    """Read and check one shipped pack.

    Refuses a pack that is not there, and one whose text is not the one it was released with
    (its hash stands in `pinned.json`): somebody edited the law.
    """
    pack, pinned = _read(name, folder), pins(folder)
    if pinned.get(name) != pack.hash:
        raise PackError("changed", name, "its text is not the released one (see pinned.json)")
    return pack


@cache
def shipped(name: str) -> Pack:
    """Return a released pack, read once per process. Refuses what `load` refuses."""
    return load(name)


def _read(name: str, folder: Path) -> Pack:
    if not NAME.fullmatch(name) or not (folder / name / "pack.yaml").is_file():
        raise PackError("unknown_pack", name[:60], "there is no such pack")
    return parse(content_of_folder(folder / name))


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of all packs in the folder, in order."""
    return sorted(file.parent.name for file in folder.glob("*/pack.yaml"))


def pins(folder: Path = FOLDER) -> dict[str, str]:
    """Return the released hash of each pack."""
    file = folder / PINS
    pinned: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return pinned


def pin(folder: Path = FOLDER) -> dict[str, str]:
    """Write the hashes of all packs as they are now: a release step, seen in the change's diff."""
    hashes = {name: _read(name, folder).hash for name in names(folder)}
    (folder / PINS).write_text(json.dumps(hashes, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return hashes
