"""The erasure log: what was forgotten, kept outside the database and its backups.

A backup restored brings back the keys of people who were forgotten since it was made. The log is read then
and they are forgotten again. It holds ids, classes, times and codes of reasons: nobody's name. One line of
JSON for each, added with an fsync after the commit; a crash between the two is mended by the next backup,
which adds what the tombstones know and the log does not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from rochdale.shared import home

_replaying: ContextVar[bool] = ContextVar("rochdale_replaying", default=False)


@dataclass(frozen=True, slots=True)
class Erasure:
    """One line of the log."""

    schema: str
    party: UUID
    retention_class: str
    forgotten_at: datetime
    reason_code: str

    @property
    def what(self) -> tuple[UUID, str]:
        return self.party, self.retention_class


def path() -> Path:
    """Return where the log lies; copy it away whenever you copy backups away, but apart from them."""
    return home.data_root() / "erasures.log"


def append(erasures: Iterable[Erasure], file: Path | None = None) -> None:
    """Add lines and wait until the disk has them. Does nothing while a restore replays this very log."""
    lines = "".join(json.dumps(_plain(each), sort_keys=True) + "\n" for each in erasures)
    if not lines or _replaying.get():
        return
    place = file or path()
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, lines.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(file: Path | None = None) -> list[Erasure]:
    """Return the lines of a log, each once; a last line that a crash cut off is left out, any other bad line is an error."""
    place = file or path()
    if not place.exists():
        return []
    lines = place.read_text(encoding="utf-8").split("\n")
    found: dict[tuple[UUID, str], Erasure] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            erasure = _erasure(line)
        except (ValueError, KeyError, TypeError):
            if number == len(lines):
                continue
            raise ValueError(f"line {number} of {place} is not one of an erasure log: nothing was done") from None
        found.setdefault(erasure.what, erasure)
    return list(found.values())


@contextmanager
def replaying() -> Iterator[None]:
    """Let what is forgotten in the block not be added to the log again."""
    token = _replaying.set(True)
    try:
        yield
    finally:
        _replaying.reset(token)


def _plain(erasure: Erasure) -> dict[str, str]:
    said = asdict(erasure)
    return said | {"party": str(erasure.party), "forgotten_at": erasure.forgotten_at.isoformat()}


def _erasure(line: str) -> Erasure:
    said = json.loads(line)
    return Erasure(
        schema=str(said["schema"]),
        party=UUID(said["party"]),
        retention_class=str(said["retention_class"]),
        forgotten_at=datetime.fromisoformat(said["forgotten_at"]),
        reason_code=str(said["reason_code"]),
    )
