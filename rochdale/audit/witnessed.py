"""What a witness keeps of a co-op's seals, as a file: heads that fix everything, and with them, if wanted, all leaves.

`rochdale.witness.1` is JSON: `coop`, `host`, `made_at`, `seals` (each in plain values) and, with leaves,
`sets` and `chunks`. The reader trusts nothing: heads are computed again, leaves must lead to their seal's root.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from . import rules

FORMAT = "rochdale.witness.1"


class NoWitness(ValueError):
    """The file is not a witness's list."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One chunk of leaves that the witness kept, with how they were made."""

    seal: int
    source: str
    columns: str
    ids: str | None
    names: str | None
    hashes: bytes


@dataclass(frozen=True)
class Witnessed:
    """A witness's list: seals, oldest first, not necessarily from the first one on."""

    coop: str
    lines: tuple[rules.SealLine, ...]
    leaves: tuple[Kept, ...] = ()
    sets: tuple[tuple[int, str, str, int, bytes], ...] = ()
    breaks: tuple[str, ...] = ()
    """What the co-op's host declared to be gone, in sentences; never left out where something is verified."""

    @property
    def last(self) -> int:
        """Return the number of the last seal it names; 0 for none."""
        return self.lines[-1].number if self.lines else 0

    @cached_property
    def broken(self) -> int | None:
        """Return the number of the first seal at which the list itself does not hold, or None."""
        if not self.lines:
            return None
        first = self.lines[0]
        fault = rules.first_break(self.lines, after=first.number - 1, previous=first.previous)
        return fault.number if fault is not None else self._broken_leaves()

    def _broken_leaves(self) -> int | None:
        roots = {line.number: line.root for line in self.lines}
        made: dict[tuple[int, str], list[bytes]] = {}
        for kept in self.leaves:
            made.setdefault((kept.seal, kept.source), []).append(rules.root_of(rules.split(kept.hashes)))
        found: dict[int, list[bytes]] = {}
        for seal, source, columns, count, root in self.sets:
            if rules.root_of(made.get((seal, source), [])) != root:
                return seal
            found.setdefault(seal, []).append(rules.set_leaf(source, columns, count, root))
        return next((seal for seal, leaves in found.items() if rules.root_of(leaves) != roots.get(seal)), None)


def own_address() -> str:
    """Return how the world reaches this host."""
    return str(settings.ROCHDALE_URL)


def slug_of(schema: str) -> str:
    """Return the slug that a schema was named after."""
    return schema.removeprefix("coop_").replace("_", "-")


def write(
    *, coop: str, host: str, made_at: str, lines: Sequence[rules.SealLine], sets: Sequence[Any] = (), chunks: Sequence[Any] = ()
) -> dict[str, Any]:
    """Return a witness's list as plain data."""
    said: dict[str, Any] = {"format": FORMAT, "coop": coop, "host": host, "made_at": made_at}
    said["seals"] = [rules.written(line) for line in lines]
    if sets:
        said["sets"] = [
            {"seal": each.seal, "source": each.source, "columns": each.columns, "count": each.count, "root": each.root.hex()}
            for each in sets
        ]
        said["chunks"] = [
            {"seal": seal, "source": source, "place": place, "ids": ids, "names": names, "hashes": bytes(hashes).hex()}
            for seal, source, place, ids, names, hashes in chunks
        ]
    return said


def read(text: str) -> Witnessed:
    """Read a witness's list. Raises NoWitness when it is none."""
    try:
        given = json.loads(text)
        if not isinstance(given, Mapping) or given.get("format") != FORMAT:
            raise ValueError("another format")
        lines = tuple(rules.read(each) for each in given["seals"])
        sets = tuple(
            (int(each["seal"]), str(each["source"]), str(each["columns"]), int(each["count"]), bytes.fromhex(each["root"]))
            for each in given.get("sets", ())
        )
        columns = {(seal, source): said for seal, source, said, _count, _root in sets}
        leaves = tuple(
            Kept(each["seal"], each["source"], columns[each["seal"], each["source"]], each["ids"], _text(each["names"]),
                 bytes.fromhex(each["hashes"]))
            for each in given.get("chunks", ())
        )  # fmt: skip
        breaks = tuple(
            f"seals after no. {int(each['number'])}, up to no. {int(each['upto'])}, were declared gone on {each['declared_at']}: "
            f"{each['reason']}"
            for each in given.get("breaks", ())
        )
        return Witnessed(str(given["coop"]), lines, leaves, sets, breaks)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NoWitness(f"This is not a witness file as Rochdale writes it ({FORMAT}). Nothing was verified.") from error


def _text(names: Any) -> str | None:
    return None if names is None else json.dumps(names)
