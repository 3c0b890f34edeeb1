"""Seal bytes with a given key: the only place that encrypts.

Sealed bytes are: version (1 byte), id of the key (4), nonce (12), then AES-256-GCM ciphertext
and tag. `about` names what the bytes are for and is authenticated with them, so that a sealed
address cannot be moved to another person's row.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEY_BYTES = 32
VERSION = b"\x01"
ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD = 1 + ID_BYTES
_NONCE_END = _HEAD + _NONCE_BYTES


class NotOpened(RuntimeError):
    """The sealed bytes belong to another key or another place, or were changed."""


def new_key() -> bytes:
    """Return 32 random bytes, fit to be a data key (one person and retention class, say)."""
    return secrets.token_bytes(KEY_BYTES)


def seal(plain: bytes, *, key: bytes, about: str) -> bytes:
    """Encrypt bytes with a given 32-byte key, bound to what they are about."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return VERSION + id_of(key) + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def unseal(sealed: bytes, *, key: bytes, about: str) -> bytes:
    """Decrypt what `seal` made. Raises NotOpened for another key, another `about`, or changed bytes."""
    return Opener(key).unseal(sealed, about)


class Opener:
    """A key made ready to open many things."""

    def __init__(self, key: bytes) -> None:
        self._head = VERSION + id_of(key)
        self._cipher = AESGCM(key)

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """Decrypt as `unseal` does."""
        sealed = bytes(sealed)
        if sealed[:_HEAD] != self._head:
            raise NotOpened("these bytes were not sealed with this key")
        try:
            return self._cipher.decrypt(sealed[_HEAD:_NONCE_END], sealed[_NONCE_END:], about.encode())
        except InvalidTag:
            raise NotOpened("these bytes were changed, or sealed for another place") from None


def key_id(sealed: bytes) -> bytes:
    """Return the id of the key that sealed these bytes (4 bytes), or nothing where they are no sealed bytes."""
    return bytes(sealed[1:_HEAD]) if len(sealed) > _NONCE_END and sealed[:1] == VERSION else b""


def id_of(key: bytes) -> bytes:
    """Return the 4 bytes by which sealed bytes name their key."""
    return hashlib.sha256(b"rochdale key id" + key).digest()[:ID_BYTES]


def derived(key: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for one purpose, made from another by HKDF-Expand (RFC 5869)."""
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=b"rochdale " + purpose.encode()).derive(key)
