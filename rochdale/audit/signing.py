"""The host's signing key (Ed25519): other hosts know this host's seals, and its receipts, by it.

It lies beside the other keys, outside the database and its dumps, in a file of its own: another key of the
host may be changed without making this host a stranger to its witnesses.
"""

from __future__ import annotations

import os
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rochdale.shared import home

FILE = "host-signing.key"


def public_key() -> str:
    """Return this host's public key as 64 hex digits; the pair is made on first use."""
    return _private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(message: bytes) -> str:
    """Sign bytes as this host, and return the signature as hex."""
    return _private().sign(message).hex()


def is_signed(message: bytes, signature: str, public: str) -> bool:
    """Return whether the holder of a public key signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private() -> Ed25519PrivateKey:
    file = home.data_root() / "keys" / FILE
    if not file.exists():
        _make()
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text().strip()))


def _make() -> None:
    """Write a new key whole or not at all; of two processes that try at once, one wins for both."""
    folder = home.data_root() / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{FILE}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_bytes(32).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, folder / FILE)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
