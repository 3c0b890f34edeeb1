"""Keys that lie outside the database: one for each co-op and one for the host.

A dump of the database, or a copy of a co-op's schema, is of no use without these files; they
are backed up apart from it. They lie under the data root in `keys/`, readable by the program's
own Unix user only, and are made when something is first encrypted. What was encrypted with a
key that is gone stays closed: that is an error, never an empty text, and no new key is made in
its place. `docs/howto/keep-the-keys.md` says how to keep, share out, change and move them.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rochdale.shared import coops, home

from . import files, rings, sealing
from .files import (
    KeyCommandFailed,
    KeyDamaged,
    KeyDiffers,
    KeyExposed,
    KeyForeign,
    KeyMissing,
    State,
    path_of,
)
from .rings import Ring, RingDamaged
from .sealing import KEY_BYTES, VERSION, NotOpened, Opener, key_id, new_key, seal, unseal

__all__ = [
    "KEY_BYTES",
    "VERSION",
    "KeyCommandFailed",
    "KeyDamaged",
    "KeyDiffers",
    "KeyExposed",
    "KeyForeign",
    "KeyMissing",
    "NotOpened",
    "Opener",
    "Ring",
    "RingDamaged",
    "State",
    "adopt",
    "coop_key",
    "decrypt",
    "decrypt_text",
    "drop",
    "encrypt",
    "encrypt_text",
    "fingerprint",
    "generation",
    "has_key",
    "host_had_key",
    "host_key",
    "key_id",
    "mac",
    "new_key",
    "open_secret",
    "path_of",
    "portable",
    "ring",
    "rotate",
    "seal",
    "seal_secret",
    "secret",
    "secrets",
    "state",
    "unseal",
    "wrap_anew",
]


@dataclass(slots=True)
class Doors:
    """Filled by `privacy`, which knows the tables; this part knows only files."""

    checks: Callable[[], frozenset[str] | None] | None = None
    """The check values recorded in the co-op of the moment; None where nothing was ever sealed in it."""


doors = Doors()
_vouched: set[tuple[str, Path, str]] = set()


def has_key(schema: str) -> bool:
    """Say whether a co-op ("public": the host) has its key file here."""
    return path_of(schema).exists()


def host_had_key() -> bool:
    """Say whether this host ever made or took its own key."""
    return _host_mark().exists()


def state(schema: str) -> State:
    """Return what can be said of a key file without opening it."""
    return files.state(path_of(schema))


def ring(schema: str) -> Ring:
    """Return a co-op's key with its generations. Raises KeyMissing and its kin; never makes one."""
    found = files.read(path_of(schema))
    if found is None:
        raise KeyMissing(file=path_of(schema).name)
    return found


def generation(schema: str | None = None) -> int:
    """Return the number of the generation that seals now, in the co-op of the moment."""
    return _made(schema or coops.current()).newest


def portable(schema: str) -> bytes:
    """Return a co-op's key as bytes that `adopt` takes on another host. Whoever has them can read everything."""
    return ring(schema).to_bytes()


def adopt(schema: str, given: bytes) -> Ring:
    """Put a key where this host keeps it; the same key again changes nothing, except that it may bring generations.

    Takes what `portable` gave, 32 bytes, or the 64 hex digits of an old file. Refuses damaged bytes
    (KeyDamaged) and to put another key over the one that is there (KeyDiffers).
    """
    path = path_of(schema)
    try:
        brought = rings.from_bytes(given)
    except RingDamaged:
        raise KeyDamaged(file=path.name) from None
    with files.alone(path):
        _adopt(path, schema, brought)
    _remember_host(schema)
    return ring(schema)


def _adopt(path: Path, schema: str, brought: Ring) -> None:
    known = files.read(path)
    if known is None:
        files.make(path, brought)
        known = ring(schema)
    if known.mac != brought.mac or known.fingerprint != brought.fingerprint:
        raise KeyDiffers(file=path.name)
    both = {**known.generations, **brought.generations}
    if any(both[number] != key for number, key in known.generations.items()):
        raise KeyDiffers(file=path.name)
    if both != known.generations:
        files.replace(path, Ring(both, known.fingerprint, known.mac))


def rotate(schema: str, *, beyond: int) -> Ring:
    """Let a key have one generation more than `beyond`, unless it has it: safe to repeat after a stop."""
    with files.alone(path_of(schema)):
        known = ring(schema)
        if known.newest <= beyond:
            files.replace(path_of(schema), rings.turned(known))
    return ring(schema)


def drop(schema: str, number: int) -> Ring:
    """Take an older generation out of a key; what only it opens stays closed for ever. Twice changes nothing."""
    with files.alone(path_of(schema)):
        known = ring(schema)
        if number in known.generations:
            files.replace(path_of(schema), rings.without(known, number))
    return ring(schema)


def wrap_anew(schema: str) -> None:
    """Write a key file again, so that it is wrapped (or not) as ROCHDALE_KEY_COMMAND now says."""
    with files.alone(path_of(schema)):
        files.replace(path_of(schema), ring(schema))


def host_key() -> bytes:
    """Return the host's own key, made on first use: for log-in codes and second factors in public."""
    return coop_key("public")


def coop_key(schema: str) -> bytes:
    """Return the newest generation of a co-op's key, made on first use; "public" means the host's."""
    known = _made(schema)
    return known.generations[known.newest]


def encrypt(plain: bytes, *, about: str) -> bytes:
    """Encrypt with the key of the co-op of the moment (in public: the host's)."""
    return seal(plain, key=_made(coops.current()).sealing_key, about=about)


def decrypt(sealed: bytes, *, about: str) -> bytes:
    """Decrypt what `encrypt` made in this co-op. Raises KeyMissing (or its kin) or NotOpened."""
    schema = coops.current()
    sealed = bytes(sealed)
    if sealed[:1] != VERSION:
        raise NotOpened("these bytes were not sealed by this program")
    key = ring(schema).reading_key(sealed)
    if key is None:
        raise KeyForeign(file=path_of(schema).name)
    return unseal(sealed, key=key, about=about)


def encrypt_text(text: str, *, about: str) -> bytes:
    """Encrypt a text with the key of the co-op of the moment."""
    return encrypt(text.encode(), about=about)


def decrypt_text(sealed: bytes, *, about: str) -> str:
    """Decrypt what `encrypt_text` made."""
    return decrypt(sealed, about=about).decode()


def fingerprint(text: str) -> str:
    """Return 64 hex digits that tell equal texts of this co-op without giving them away.

    HMAC-SHA-256 under the co-op's key over the NFC form, trimmed and case-folded: a plain hash
    of a phone number could be guessed by trying all numbers.
    """
    plain = unicodedata.normalize("NFC", text.strip()).casefold()
    return hmac.new(_made(coops.current()).fingerprint, plain.encode(), hashlib.sha256).hexdigest()


def mac(text: str) -> str:
    """Return 64 hex digits that tell exactly equal texts of this co-op without giving them away."""
    return hmac.new(_made(coops.current()).mac, text.encode(), hashlib.sha256).hexdigest()


def secret(purpose: str) -> bytes:
    """Return 32 bytes derived from the host's key for one purpose, such as Django's SECRET_KEY."""
    return _made("public").secret(purpose)


def secrets(purpose: str) -> list[bytes]:
    """Return the derived secret of every generation of the host's key, the newest first."""
    known = _made("public")
    return [known.secret(purpose, number) for number in sorted(known.generations, reverse=True)]


def seal_secret(plain: bytes, *, purpose: str) -> bytes:
    """Encrypt with a secret of the host's own for one purpose."""
    return seal(plain, key=secret(purpose), about=purpose)


def open_secret(sealed: bytes, *, purpose: str) -> bytes:
    """Decrypt what `seal_secret` made, under whichever generation. Raises NotOpened."""
    for key in secrets(purpose):
        if sealing.key_id(sealed) == sealing.id_of(key):
            return unseal(sealed, key=key, about=purpose)
    raise NotOpened("these bytes were not sealed with this host's key")


def _made(schema: str) -> Ring:
    """Return the key that may seal now, made on first use where nothing was sealed before.

    Refuses to make one for a co-op that has sealed data, and to seal with a key that is not its own.
    """
    path = path_of(schema)
    found = files.read(path)
    if found is None:
        _refuse_second(schema, path)
        files.make(path, rings.new_ring())
        _remember_host(schema)
        found = ring(schema)
    _vouch(schema, path, found)
    return found


def _refuse_second(schema: str, path: Path) -> None:
    if schema == coops.PUBLIC:
        if _host_mark().exists():
            raise KeyMissing(file=path.name)
    elif _recorded(schema) is not None and files.read(path) is None:  # read again: somebody may have made it just now
        raise KeyMissing(file=path.name)


def _vouch(schema: str, path: Path, found: Ring) -> None:
    """Refuse to seal with a file that was put in the place of the co-op's own; looked at once in each process."""
    mark = (schema, path, found.checks[found.newest])
    if mark in _vouched:
        return
    recorded = _recorded(schema)
    if recorded and not recorded & set(found.checks.values()):
        raise KeyForeign(file=path.name)
    _remember_host(schema)
    _vouched.add(mark)


def _recorded(schema: str) -> frozenset[str] | None:
    """Ask the co-op's own tables, which can be reached only from inside it."""
    if schema == coops.PUBLIC or doors.checks is None or schema != coops.current():
        return None
    return doors.checks()


def _host_mark() -> Path:
    """Name the trace that this host has had a key, beside the folder of keys: losing the folder does not lose it."""
    return home.data_root() / "host-has-a-key"


def _remember_host(schema: str) -> None:
    if schema == coops.PUBLIC and not _host_mark().exists():
        _host_mark().write_text("The host's key was made: keys/host.key. See docs/howto/keep-the-keys.md.\n")
