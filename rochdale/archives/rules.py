"""Pure rules of archives: which backups are kept, claim codes, names of files."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which are misread on paper."""
CODE_LENGTH = 16
"""31 letters to the 16th power are 79 bits: nobody tries them out, so a plain hash keeps them."""
CODE_DAYS = 90
WRONG_TRIES = 5
WAIT = timedelta(days=1)
"""A log-in that entered so many wrong codes within this time waits."""
EXPORT_DAYS = 7
"""How long an archive that officers asked for lies ready."""
BACKUP = re.compile(r"rochdale-(\d{8}T\d{6})Z\.tar")
LATE = timedelta(hours=26)
"""A daily backup that is older than this did not happen."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How many backups are kept: the newest of so many days, weeks and months."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12


def keep_of(text: str) -> Keep:
    """Read "7,5,12": days, weeks, months."""
    numbers = [int(part) for part in text.split(",")]
    if len(numbers) != 3 or min(numbers) < 0 or max(numbers) < 1:
        raise ValueError(f"ROCHDALE_BACKUP_KEEP is days,weeks,months, such as 7,5,12, not {text!r}")
    return Keep(*numbers)


def name_of(made_at: datetime) -> str:
    """Return the file name of a backup made at a moment."""
    return f"rochdale-{made_at.astimezone(UTC):%Y%m%dT%H%M%S}Z.tar"


def made_at(name: str) -> datetime | None:
    """Return when a backup was made, by its file name; None for any other file."""
    found = BACKUP.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None


def to_prune(names: Iterable[str], keep: Keep) -> list[str]:
    """Return the backups that may go: all but the newest of each kept day, week and month. The newest of all always stays."""
    known = sorted(((moment, name) for name in names if (moment := made_at(name)) is not None), reverse=True)
    stay = {name for _moment, name in known[:1]}
    for most, part in _parts(keep):
        seen: list[Any] = []
        for moment, name in known:
            if part(moment) not in seen and len(seen) < most:
                seen.append(part(moment))
                stay.add(name)
    return [name for _moment, name in reversed(known) if name not in stay]


def _parts(keep: Keep) -> Sequence[tuple[int, Callable[[datetime], Any]]]:
    return (
        (keep.daily, lambda moment: moment.date()),
        (keep.weekly, lambda moment: moment.isocalendar()[:2]),
        (keep.monthly, lambda moment: (moment.year, moment.month)),
    )


def new_code() -> str:
    """Return a fresh claim code as it is printed: four groups of four."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return "-".join(letters[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def code_hash(code: str) -> str:
    """Return the hash a claim code is kept as, however it was typed."""
    plain = "".join(letter for letter in code.upper() if letter in CODE_LETTERS)
    return hashlib.sha256(b"rochdale claim code " + plain.encode()).hexdigest()


def byte_range(asked: str, size: int) -> tuple[int, int]:
    """Read one range of the Range header ("bytes=100-", "bytes=-5"); all of it where none is asked. ValueError for any other."""
    if not asked:
        return 0, size - 1
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.strip())
    if not found or not (found[1] or found[2]) or len(asked) > 60:
        raise ValueError(asked[:60])
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    if first > last or first >= size:
        raise ValueError(asked[:60])
    return first, last
