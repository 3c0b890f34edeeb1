"""Read jurisdiction packs: the law as dated data files, checked hard and hashed.

A pack is a folder with `pack.yaml` and one file per rule (`<key>.yaml`). Nothing here knows a
database or the web. A pack that says anything the loader does not understand is refused whole,
because a rule that is misread is worse than a rule that is missing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from . import catalogue
from .parsing import NAME, parse
from .rows import Dated, Pack, PackError, Row, Unconfirmed, canonical, hash_of, row_hash

__all__ = [
    "Dated",
    "Pack",
    "PackError",
    "Row",
    "Unconfirmed",
    "canonical",
    "content_of_folder",
    "hash_of",
    "load",
    "names",
    "parse",
    "pin",
    "pins",
    "row_hash",
    "shipped",
    "unconfirmed",
]

FOLDER = Path(__file__).parent / "packs"
PINS = "pinned.json"


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


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same safe loader, ten times as fast where the library was built with its C half."""


class _NoTwice(_Safe):  # type: ignore[misc]  # which of the two it is depends on the machine
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
    pack = parse(content_of_folder(folder / name))
    strange = next((key for key in pack.rows if not catalogue.known(key)), None)
    if strange is not None:
        raise PackError("unknown_key", f"{name}/{strange}", "the catalogue of keys does not have it")
    return pack


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
