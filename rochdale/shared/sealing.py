"""What a module says of its rows that every seal covers: part of the plug (`Module.sealed`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SealedParts:
    """Rows of another table that belong to a sealed row and are sealed with it, in the order of `place`."""

    table: str
    parent: str
    """The column that names the row they belong to."""
    place: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealedRows:
    """Rows of a co-op that every seal covers. `columns` are only those that never change: what may be
    updated cannot be proved, so it needs an append-only row of its own. `key` is the whole-number column
    that names a row; ids are never used to close a set (they are not in commit order)."""

    code: str
    """`module.noun`, as in "members.share_movement"."""
    title: Any
    table: str
    columns: tuple[str, ...]
    key: str = "id"
    numbered: bool = True
    """Whether the key is a whole number; else it is a short text or a UUID, for tables of moderate size."""
    private: tuple[str, ...] = ()
    """More columns, hashed together, so that a proof for somebody who may not see them can leave them out. They
    hold something nobody can guess (a key, a reference), or leaving them out hides nothing."""
    parts: SealedParts | None = None
    salt: str = ""
    """With parts: the private column from which each part's salt is made."""
    closes: tuple[str, str] | None = None
    """Where the module closes sets itself: the column with the set's number, and the SQL that tells the last closed one.
    Rows of a closed set that no seal covers were slipped in. Without it, a seal takes what it sees and none took before."""
    hint: str = ""
    """A column that tells a person which row is meant."""
