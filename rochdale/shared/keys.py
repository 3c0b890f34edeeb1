"""Keys that lie outside the database: one for each co-op and one for the host.

A dump of the database, or a copy of a co-op's schema, is of no use without these files; they
are backed up apart from it. They lie under the data root in `keys/`, readable by the program's
own Unix user only, and are made when something is first encrypted. What was encrypted with a
key that is gone stays closed: that is an error, never an empty text.

Sealed bytes are: version (1 byte), id of the key (4), nonce (12), then AES-256-GCM ciphertext
and tag. `about` names what the bytes are for and is authenticated with them, so that a sealed
address cannot be moved to another person's row.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from . import coops, home

KEY_BYTES = 32
VERSION = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_SAFE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


class KeyMissing(RuntimeError):
    """The key file is not there although something was encrypted with it: restore it from its own backup."""


class NotOpened(RuntimeError):
    """The sealed bytes belong to another key or another place, or were changed."""


def new_key() -> bytes:
    """Return 32 random bytes, fit to be a data key (one person and retention class, say)."""
    return secrets.token_bytes(KEY_BYTES)


def seal(plain: bytes, *, key: bytes, about: str) -> bytes:
    """Encrypt bytes with a given 32-byte key, bound to what they are about."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return VERSION + _id_of(key) + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def unseal(sealed: bytes, *, key: bytes, about: str) -> bytes:
    """Decrypt what `seal` made. Raises NotOpened for another key, another `about`, or changed bytes."""
    sealed = bytes(sealed)
    head, nonce_end = 1 + _ID_BYTES, 1 + _ID_BYTES + _NONCE_BYTES
    if sealed[:1] != VERSION or sealed[1:head] != _id_of(key):
        raise NotOpened("these bytes were not sealed with this key")
    try:
        return AESGCM(key).decrypt(sealed[head:nonce_end], sealed[nonce_end:], about.encode())
    except InvalidTag:
        raise NotOpened("these bytes were changed, or sealed for another place") from None


def host_key() -> bytes:
    """Return the host's own key, made on first use: for log-in codes and second factors in public."""
    return _key("host")


def coop_key(schema: str) -> bytes:
    """Return a co-op's key, made on first use; "public" means the host's."""
    return host_key() if schema == "public" else _key(f"coop-{_checked(schema)}")


def encrypt(plain: bytes, *, about: str) -> bytes:
    """Encrypt with the key of the co-op of the moment (in public: the host's)."""
    return seal(plain, key=_purpose(coop_key(coops.current()), "encrypt"), about=about)


def decrypt(sealed: bytes, *, about: str) -> bytes:
    """Decrypt what `encrypt` made in this co-op. Raises KeyMissing or NotOpened."""
    schema = coops.current()
    if not path_of(schema).exists():
        raise KeyMissing(f"the key file of {schema} is missing: restore it from its backup")
    return unseal(sealed, key=_purpose(coop_key(schema), "encrypt"), about=about)


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
    key = _purpose(coop_key(coops.current()), "fingerprint")
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def mac(text: str) -> str:
    """Return 64 hex digits that tell exactly equal texts of this co-op without giving them away."""
    return hmac.new(_purpose(coop_key(coops.current()), "mac"), text.encode(), hashlib.sha256).hexdigest()


def secret(purpose: str) -> bytes:
    """Return 32 bytes derived from the host's key for one purpose, such as Django's SECRET_KEY."""
    return _purpose(host_key(), purpose)


def path_of(schema: str) -> Path:
    """Return where a co-op's key file lies ("public": the host's), for backup and moving."""
    return _folder() / ("host.key" if schema == "public" else f"coop-{_checked(schema)}.key")


def _checked(schema: str) -> str:
    if not _SAFE_NAME.fullmatch(schema):
        raise ValueError(f"not the name of a co-op's schema: {schema!r}")
    return schema


def _folder() -> Path:
    return home.data_root() / "keys"


def _key(name: str) -> bytes:
    return _read_or_make(_folder() / f"{name}.key")


@functools.lru_cache(maxsize=4096)
def _read_or_make(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    key = bytes.fromhex(path.read_text().strip())
    if len(key) != KEY_BYTES:
        raise KeyMissing(f"the key file {path.name} is damaged: restore it from its backup")
    return key


def _make(path: Path) -> None:
    """Write a new key file whole or not at all; of two processes that try at once, one wins for both."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(new_key().hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        _sync_folder(path.parent)
    finally:
        draft.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _purpose(key: bytes, purpose: str) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=b"rochdale " + purpose.encode()).derive(key)


def _id_of(key: bytes) -> bytes:
    return hashlib.sha256(b"rochdale key id" + key).digest()[:_ID_BYTES]
