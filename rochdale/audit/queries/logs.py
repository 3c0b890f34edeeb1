"""How far the database server's own log was read. Files are named by the weekday and begun anew each week."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from django.db.models import Max

from ..models import LogPlace

AT_ONCE = 8 * 2**20
"""Bytes read in one go; what is left is read next time."""


def read_upto(file: Path) -> int:
    """Return up to which byte this very file was read; 0 for one begun anew."""
    found = LogPlace.objects.filter(file=file.name, began=_began(file)).aggregate(upto=Max("upto"))["upto"]
    return int(found or 0)


def keep_place(file: Path, upto: int, now: datetime) -> None:
    """Keep that a file was read up to a byte."""
    LogPlace.objects.create(file=file.name, began=_began(file), upto=upto, read_at=now)


def lines_since(file: Path, start: int) -> tuple[list[str], int]:
    """Return the whole lines after a byte, and the byte after the last of them."""
    with file.open("rb") as log:
        log.seek(start)
        found = log.read(AT_ONCE)
    end = found.rfind(b"\n") + 1
    return found[:end].decode(errors="replace").splitlines(), start + end


def _began(file: Path) -> str:
    with file.open("rb") as log:
        return hashlib.sha256(log.readline(200)).hexdigest()
