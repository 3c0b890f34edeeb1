"""A ring: the generations of one co-op's key (or the host's), as they lie in its file.

The newest generation seals; the older ones are kept for reading what only they open. The keys of
fingerprints and of request marks come from the first generation and stay: what they marked
(PINs, used requests) is kept nowhere in clear and could not be marked anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache

from . import sealing

FORMAT = "rochdale key 2"


class RingDamaged(ValueError):
    """The bytes are no key file of ours."""


@dataclass(frozen=True)
class Ring:
    """The key's generations by number, the two keys that stay, and what is derived from them."""

    generations: dict[int, bytes]
    fingerprint: bytes
    mac: bytes

    @property
    def newest(self) -> int:
        return max(self.generations)

    @cached_property
    def sealing_key(self) -> bytes:
        """The key that seals now."""
        return _purpose(self.generations[self.newest], "encrypt")

    @cached_property
    def ids(self) -> dict[bytes, int]:
        """Which generation sealed bytes name by their key's id."""
        return {sealing.id_of(_purpose(key, "encrypt")): number for number, key in self.generations.items()}

    @cached_property
    def checks(self) -> dict[int, str]:
        """The check value of each generation: tells a key from another one, and does not give it away."""
        return {number: check_of(key) for number, key in self.generations.items()}

    def reading_key(self, sealed: bytes) -> bytes | None:
        """Return the key that opens these bytes, or None where no generation here sealed them."""
        number = self.ids.get(sealing.key_id(sealed))
        return None if number is None else _purpose(self.generations[number], "encrypt")

    def secret(self, purpose: str, number: int | None = None) -> bytes:
        """Return a key derived for a purpose from the newest generation, or from a given one."""
        return _purpose(self.generations[number or self.newest], purpose)

    def earlier(self) -> bytes | None:
        """Return all but the newest generation, sealed with the newest: what lets one key bring back the others."""
        if self.newest == 1:
            return None
        others = Ring({n: key for n, key in self.generations.items() if n != self.newest}, self.fingerprint, self.mac)
        return sealing.seal(
            others.to_bytes(), key=_purpose(self.generations[self.newest], "earlier"), about="earlier generations"
        )

    def to_bytes(self) -> bytes:
        """Write the ring as its file holds it."""
        kept = {
            "format": FORMAT,
            "generations": {str(number): key.hex() for number, key in sorted(self.generations.items())},
            "fingerprint": self.fingerprint.hex(),
            "mac": self.mac.hex(),
        }
        return json.dumps(kept, indent=1).encode() + b"\n"


def new_ring() -> Ring:
    """Return a ring with a fresh first generation."""
    return from_key(sealing.new_key())


def from_key(key: bytes) -> Ring:
    """Return the ring of a key that was never rotated."""
    if len(key) != sealing.KEY_BYTES:
        raise RingDamaged("a key has 32 bytes")
    return Ring({1: key}, _purpose(key, "fingerprint"), _purpose(key, "mac"))


def turned(ring: Ring) -> Ring:
    """Return the ring with one more, fresh generation."""
    return Ring({**ring.generations, ring.newest + 1: sealing.new_key()}, ring.fingerprint, ring.mac)


def without(ring: Ring, number: int) -> Ring:
    """Return the ring without one of its older generations."""
    if number == ring.newest or number not in ring.generations:
        raise ValueError(f"generation {number} cannot be taken away")
    return Ring({n: key for n, key in ring.generations.items() if n != number}, ring.fingerprint, ring.mac)


def with_earlier(number: int, key: bytes, earlier: bytes | None) -> Ring:
    """Return the whole ring from its newest key and what `Ring.earlier` sealed. Raises NotOpened for another key."""
    if number == 1:
        return from_key(key)
    if earlier is None:
        raise RingDamaged("the earlier generations are missing")
    others = from_bytes(sealing.unseal(earlier, key=_purpose(key, "earlier"), about="earlier generations"))
    return Ring({**others.generations, number: key}, others.fingerprint, others.mac)


def from_bytes(given: bytes) -> Ring:
    """Read a ring as `to_bytes` wrote it, or 32 bytes, or the 64 hex digits of older key files. Raises RingDamaged."""
    if len(given) == sealing.KEY_BYTES:
        return from_key(given)
    text = given.decode("utf-8", errors="replace").strip()
    try:
        if not text.startswith("{"):
            return from_key(bytes.fromhex(text))
        kept = json.loads(text)
        if kept["format"] != FORMAT:
            raise RingDamaged("the key file is of another format")
        found = {int(number): _whole(key) for number, key in kept["generations"].items()}
        if not found or min(found) < 1:
            raise RingDamaged("the key file holds no key")
        return Ring(found, _whole(kept["fingerprint"]), _whole(kept["mac"]))
    except (ValueError, KeyError, TypeError, AttributeError) as damage:
        raise RingDamaged("the key file is damaged") from damage


def check_of(key: bytes) -> str:
    """Return 32 hex digits that tell a key from another: HMAC-SHA-256, shortened; nothing can be opened with them."""
    return hmac.new(key, b"rochdale key check", hashlib.sha256).hexdigest()[:32]


def _whole(given: str) -> bytes:
    key = bytes.fromhex(given)
    if len(key) != sealing.KEY_BYTES:
        raise RingDamaged("a key has 32 bytes")
    return key


@lru_cache(maxsize=4096)
def _purpose(key: bytes, purpose: str) -> bytes:
    return sealing.derived(key, purpose)
