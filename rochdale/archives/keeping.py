"""Files of backups: written whole or not at all, looked through before they count, and not kept for ever."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from rochdale.privacy import erasures as log
from rochdale.privacy import queries as privacy
from rochdale.shared import coops, home
from rochdale.shared.refusals import Refusal

from . import manifest, reading, rules
from .refused import NoBackupYet

PART = ".part-"


class FileHere(Refusal):
    code = "archives.file_here"
    text = _("There is a file {name} already. Nothing was written over it; choose another name.")


class AnotherBackupRuns(Refusal):
    code = "archives.another_backup_runs"
    text = _("Another backup is being written to {folder}. Nothing was done; wait until it is finished.")


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was written and looked through."""

    path: Path
    manifest: manifest.Manifest
    size: int
    pruned: tuple[str, ...] = ()


def write_whole(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Write a new file so that it is there whole or not at all, read it again, and refuse one that is not right.

    A draft beside it gets the content, is fsynced, looked through with all its hashes, and only then takes
    the name. Drafts of runs that were killed are removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise FileHere(name=path.name)
    for leftover in path.parent.glob(f".{path.name}{PART}*"):
        leftover.unlink(missing_ok=True)
    draft = path.with_name(f".{path.name}{PART}{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            manifest.read(file, most=1 << 62)
        try:
            os.link(draft, path)
        except FileExistsError:
            raise FileHere(name=path.name) from None
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def back_up_coop(slug: str, path: Path, *, now: datetime) -> Made:
    """Write one co-op's archive to a file."""
    made: list[manifest.Manifest] = []
    write_whole(path, lambda file: made.append(reading.write_coop(slug, file, now=now)))
    return Made(path, made[0], path.stat().st_size)


def back_up_host(folder: Path, *, now: datetime, keep: rules.Keep | None = None) -> Made:
    """Write a backup of the whole host into a folder, and prune older ones once the new one was looked through."""
    with _alone(folder):
        for leftover in folder.glob(f".rochdale-*{PART}*"):
            leftover.unlink(missing_ok=True)
        complete_the_log()
        path = folder / rules.name_of(now)
        made: list[manifest.Manifest] = []
        write_whole(path, lambda file: made.append(reading.write_host(file, now=now)))
        gone = rules.to_prune((each.name for each in folder.iterdir()), keep) if keep else []
        for name in gone:
            (folder / name).unlink(missing_ok=True)
    return Made(path, made[0], path.stat().st_size, tuple(gone))


def export_path(schema: str, number: int) -> Path:
    """Return where an archive lies that officers asked for."""
    return home.data_root() / "archives" / f"{schema}-{number}.tar"


def newest(folder: Path) -> Path:
    """Return the newest backup in a folder. Refuses a folder without any."""
    names = [each.name for each in folder.iterdir() if rules.made_at(each.name)] if folder.is_dir() else []
    if not names:
        raise NoBackupYet(folder=str(folder))
    return folder / max(names)


def complete_the_log() -> int:
    """Add to the erasure log what the tombstones know and it does not; returns how many lines."""
    known = {each.what for each in log.read()}
    lacking = []
    for schema in coops.everywhere():
        with coops.inside(schema):
            for party, retention_class, at, reason in privacy.tombstones():
                if (party, retention_class) not in known:
                    lacking.append(log.Erasure(schema, party, retention_class, at, reason))
    log.append(lacking)
    return len(lacking)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherBackupRuns(folder=str(folder)) from None
        yield
    finally:
        os.close(lock)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
