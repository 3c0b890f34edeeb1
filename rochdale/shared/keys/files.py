"""Key files: where they lie, who may read them, and the program that wraps what is in them.

A file that anybody but the program's own user may read is refused. With ROCHDALE_KEY_COMMAND set
(a key management service, a hardware module) a file holds only what that program wrapped; the key
itself is in memory alone.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import re
import secrets
import shlex
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from rochdale.shared import home
from rochdale.shared.refusals import Refusal

from . import rings

COMMAND = "ROCHDALE_KEY_COMMAND"
COMMAND_SECONDS = 30
_WRAPPED = b"rochdale wrapped key 1\n"
_SAFE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyMissing(Refusal):
    """This key file is missing although it was there once: restore it from its backup."""

    code = "shared.key_missing"
    status = 503
    text = _(
        "The key file {file} is missing on this host. Nothing personal can be read or kept until the operator restores "
        "it from its backup; nothing was changed."
    )

    def __str__(self) -> str:
        # the settings are read with the host's key: before Django is up there is nothing to translate with
        return super().__str__() if apps.ready else f"{self.data.get('file', 'a key')}: {self.__doc__}"


class KeyExposed(KeyMissing):
    """Others on this machine may read this key file, so it is not used: chmod 600, then think of changing the key."""

    code = "shared.key_exposed"
    text = _(
        "The key file {file} may be read by others on this machine (rights {rights}), so it is not used. Nothing was changed; "
        "take the rights away (chmod 600), and if somebody may have read it, change the key (rochdale keys rotate)."
    )


class KeyDamaged(KeyMissing):
    """This key file is damaged: restore it from its backup."""

    code = "shared.key_damaged"
    text = _("The key file {file} is damaged. Nothing was changed; restore it from its backup.")


class KeyForeign(KeyMissing):
    """This key file is not the one that sealed what is kept: restore the right one."""

    code = "shared.key_foreign"
    text = _("The key file {file} is not the one that sealed what this co-op keeps. Nothing was changed; restore the right file.")


class KeyCommandFailed(KeyMissing):
    """The program that opens this key file (ROCHDALE_KEY_COMMAND) is not set, or failed."""

    code = "shared.key_command_failed"
    text = _(
        "The program that opens the key file {file} (ROCHDALE_KEY_COMMAND) {what}. Nothing was changed; "
        "mend the program or what it needs, and try again."
    )


class KeyDiffers(Refusal):
    code = "shared.key_differs"
    text = _("There is another key in {file} already. Nothing was changed; move that file away if it is not needed.")


@dataclass(frozen=True, slots=True)
class State:
    """What can be said of a key file without opening it."""

    exists: bool
    exposed: bool
    wrapped: bool
    rights: str


FAILURE_SECONDS = 5.0
"""How long a program that failed is not asked again: a page with fifty names asks for the key fifty times."""
_read: dict[Path, tuple[tuple[int, ...], rings.Ring]] = {}
_failed: dict[Path, tuple[tuple[int, ...], float, KeyCommandFailed]] = {}


def folder() -> Path:
    """Return the folder of the key files."""
    return home.data_root() / "keys"


def path_of(schema: str) -> Path:
    """Return where a co-op's key file lies ("public": the host's), for backup and moving."""
    return folder() / ("host.key" if schema == "public" else f"coop-{_checked(schema)}.key")


def read(path: Path) -> rings.Ring | None:
    """Return the ring in a file, None where there is no file. Read anew when the file was changed.

    Refuses a file that others may read, a damaged one, and one whose program does not open it.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if found.st_mode & _OTHERS:
        raise KeyExposed(file=path.name, rights=f"{stat.S_IMODE(found.st_mode):o}")
    told = (found.st_ino, found.st_mtime_ns, found.st_size, found.st_ctime_ns)
    known = _read.get(path)
    if known is not None and known[0] == told:
        return known[1]
    failed = _failed.get(path)
    if failed is not None and failed[0] == told and time.monotonic() - failed[1] < FAILURE_SECONDS:
        raise KeyCommandFailed(**failed[2].data)
    try:
        ring = rings.from_bytes(_unwrapped(path, path.read_bytes()))
    except rings.RingDamaged:
        raise KeyDamaged(file=path.name) from None
    except KeyCommandFailed as refused:
        _failed[path] = (told, time.monotonic(), refused)
        raise
    _read[path] = (told, ring)
    return ring


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep every other process and thread from changing a key file meanwhile: of two changes, none may be lost."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path.with_name(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def state(path: Path) -> State:
    """Return whether a file is there, open to others, and wrapped by a program."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return State(False, False, False, "")
    with path.open("rb") as file:
        wrapped = file.read(len(_WRAPPED)) == _WRAPPED
    return State(True, bool(found.st_mode & _OTHERS), wrapped, f"{stat.S_IMODE(found.st_mode):o}")


def make(path: Path, ring: rings.Ring) -> None:
    """Write a new file whole or not at all; where one is there already, that one stays."""
    draft = _draft(path, ring)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def replace(path: Path, ring: rings.Ring) -> None:
    """Write a file anew, whole or not at all, over the one that is there."""
    _draft(path, ring).replace(path)
    _sync_folder(path.parent)


def _draft(path: Path, ring: rings.Ring) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = _wrapped(path, ring.to_bytes())
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(kept)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _wrapped(path: Path, plain: bytes) -> bytes:
    if not os.environ.get(COMMAND, ""):
        return plain
    wrapped = _run("wrap", path, plain)
    if wrapped.strip() == plain.strip() or plain.strip() in wrapped:
        raise KeyCommandFailed(file=path.name, what="gave the key back as it was")
    return _WRAPPED + base64.b64encode(wrapped) + b"\n"


def _unwrapped(path: Path, kept: bytes) -> bytes:
    if not kept.startswith(_WRAPPED):
        return kept
    try:
        wrapped = base64.b64decode(kept[len(_WRAPPED) :], validate=False)
    except binascii.Error:
        raise KeyDamaged(file=path.name) from None
    return _run("unwrap", path, wrapped)


def _run(what: str, path: Path, given: bytes) -> bytes:
    """Give bytes to the program and return what it answers; its own words are not repeated, they could hold a secret."""
    words = shlex.split(os.environ.get(COMMAND, ""))
    if not words:
        raise KeyCommandFailed(file=path.name, what="is not set, but the file was wrapped by one")
    try:
        done = subprocess.run(
            [*words, what, path.stem],
            input=given,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise KeyCommandFailed(file=path.name, what=f"did not answer within {COMMAND_SECONDS} s") from None
    except OSError as fault:
        raise KeyCommandFailed(file=path.name, what=f"could not be started ({fault.strerror})") from None
    if done.returncode:
        raise KeyCommandFailed(file=path.name, what=f"ended with code {done.returncode} when asked to {what}")
    if not done.stdout:
        raise KeyCommandFailed(file=path.name, what=f"answered nothing when asked to {what}")
    return done.stdout


def _checked(schema: str) -> str:
    if not _SAFE_NAME.fullmatch(schema):
        raise ValueError(f"not the name of a co-op's schema: {schema!r}")
    return schema


def _sync_folder(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
