"""How seals are made: exact bytes, hashes, trees and paths. Pure; `docs/explanation/seals.md` says the same in words.

Everything hashed is a row of fields: each value as text, its length in bytes before it, `-` for none.
Trees are those of RFC 6962: a leaf is hashed with a zero byte before it, a node with a one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LEAF, SET, SEAL = "rochdale.leaf.1", "rochdale.set.1", "rochdale.seal.1"
PRIVATE, PART, SALT = "rochdale.private.1", "rochdale.part.1", "rochdale.salt.1"
PROOF = "rochdale.proof.1"
NOTHING = bytes(32)
"""What the first seal of a chain follows."""
CHUNK = 1024
"""Leaves kept together: a power of two, so that a chunk is a whole subtree."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SealLine:
    """What a seal says of itself, in plain values; its head follows from them."""

    number: int
    sealed_at: datetime
    records: int
    root: bytes
    previous: bytes
    head: bytes

    @property
    def computed(self) -> bytes:
        """Return the head that the other values give."""
        return head(self.number, self.sealed_at, self.records, self.root, self.previous)


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain of seals does not hold: the seal's number and what is wrong with it."""

    number: int
    code: str


def field(value: str | int | None) -> str:
    """Write one value so that it cannot run into the next."""
    if value is None:
        return "-"
    text = str(value)
    return f"{len(text.encode())}:{text}"


def fields(*values: str | int | None) -> bytes:
    """Write values one after the other."""
    return "".join(map(field, values)).encode()


def microseconds(at: datetime) -> int:
    """Return a moment as whole microseconds since 1970 in UTC."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds_since: int) -> datetime:
    """Return the moment so many microseconds after the beginning of 1970 in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds_since)


def leaf_hash(data: bytes) -> bytes:
    """Hash what stands at a tree's leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash two branches into one."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, as RFC 6962 builds it: what has no partner goes up as it is."""
    level = list(hashes)
    if not level:
        return hashlib.sha256().digest()
    while len(level) > 1:
        odd = [level.pop()] if len(level) % 2 else []
        sha = hashlib.sha256
        level = [sha(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)] + odd
    return level[0]


def path_of(hashes: Sequence[bytes], place: int) -> list[tuple[str, bytes]]:
    """Return what stands beside the way from a leaf up to the root: ("left" or "right", hash) each."""
    level, path = list(hashes), []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            path.append(("left" if beside < place else "right", level[beside]))
        odd = [level.pop()] if len(level) % 2 else []
        level = [node(left, right) for left, right in zip(level[::2], level[1::2], strict=True)] + odd
        place //= 2
    return path


def follow(start: bytes, path: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the root to which a path leads."""
    for side, beside in path:
        start = node(beside, start) if side == "left" else node(start, beside)
    return start


def split(joined: bytes) -> list[bytes]:
    """Cut joined hashes apart."""
    return [joined[at : at + 32] for at in range(0, len(joined), 32)]


def set_leaf(source: str, columns: str, count: int, root: bytes) -> bytes:
    """Return the leaf that one source's set is in its seal's tree."""
    return leaf_hash(fields(SET, source, columns, count, root.hex()))


def head(number: int, sealed_at: datetime, records: int, root: bytes, previous: bytes) -> bytes:
    """Return the head of a seal: it fixes all its records and, by the head before, all earlier seals."""
    return leaf_hash(fields(SEAL, number, microseconds(sealed_at), records, root.hex(), previous.hex()))


def first_break(lines: Sequence[SealLine], *, after: int = 0, previous: bytes = NOTHING) -> Break | None:
    """Return the first place where a chain does not hold, or None: numbers without a gap, each naming the head before."""
    for line in lines:
        after += 1
        if line.number != after:
            return Break(after, "missing")
        if line.previous != previous:
            return Break(line.number, "not_linked")
        if line.computed != line.head:
            return Break(line.number, "head")
        previous = line.head
    return None


def grouped(hashed: bytes) -> str:
    """Return the first half of a hash as people copy it from paper: 32 digits in groups of four."""
    digits = hashed.hex()[:32]
    return "-".join(digits[at : at + 4] for at in range(0, 32, 4))


def written(line: SealLine) -> dict[str, Any]:
    """Return a seal as plain data for a file."""
    return {
        "number": line.number,
        "sealed_at": line.sealed_at.isoformat(),
        "sealed_at_us": microseconds(line.sealed_at),
        "records": line.records,
        "root": line.root.hex(),
        "previous": line.previous.hex(),
        "head": line.head.hex(),
    }


def read(given: Mapping[str, Any]) -> SealLine:
    """Read a seal from a file. Raises ValueError when it is not one."""
    try:
        root, previous, said = (bytes.fromhex(given[name]) for name in ("root", "previous", "head"))
        numbers = [given[name] for name in ("number", "sealed_at_us", "records")]
        if not all(type(each) is int and each >= 0 for each in numbers) or {len(root), len(previous), len(said)} != {32}:
            raise ValueError("not a seal")
        return SealLine(numbers[0], moment(numbers[1]), numbers[2], root, previous, said)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError("this is not a seal as Rochdale writes it") from error


class Unproven(ValueError):
    """The file proves nothing: it is no proof, or does not lead where it says."""


def digest(*values: str | int | None) -> str:
    """Return the hash of fields that stand in a leaf as a hash only."""
    return hashlib.sha256(fields(*values)).hexdigest()


def check_proof(given: Mapping[str, Any]) -> list[tuple[int, bytes]]:
    """Follow a proof from its plain fields to the last head it names; return number and head of each seal on the way.

    Raises Unproven. `docs/howto/check-the-seals.md` has the same in a few lines that need no Rochdale.
    """
    try:
        if given["format"] != PROOF:
            raise Unproven("This is not a proof as Rochdale writes it.")
        leaf, said = given["leaf"], given["set"]
        pairs = list(zip(leaf[2::2], leaf[3::2], strict=True))
        hidden = [value for name, value in pairs if name == "~private"]
        if "private" in given and [digest(*given["private"])] != hidden:
            raise Unproven("The private fields are not those of the sealed record.")
        parts = [value for name, value in pairs if name == "~part"]
        shown = given.get("parts", [])
        if len(shown) > len(parts) or any(part and digest(*part) != parts[place] for place, part in enumerate(shown)):
            raise Unproven("A part is not one of the sealed record.")
        if leaf[0] != LEAF or said[0] != SET or said[1] != leaf[1]:
            raise Unproven("The record and its set do not belong together.")
        if follow(leaf_hash(fields(*leaf)), _path(given["path"])).hex() != said[4]:
            raise Unproven("The record does not lead to the root of its set.")
        root = follow(leaf_hash(fields(*said)), _path(given["set_path"])).hex()
        heads: list[tuple[int, bytes]] = []
        for place, seal in enumerate(given["seals"]):
            if seal[0] != SEAL or (seal[4] != root if place == 0 else seal[5] != heads[-1][1].hex()):
                raise Unproven("The set does not lead to the head of its seal.")
            heads.append((int(seal[1]), leaf_hash(fields(*seal))))
        if not heads:
            raise Unproven("The proof names no seal.")
        return heads
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise Unproven("This is not a proof as Rochdale writes it.") from error
    except ValueError as error:
        if isinstance(error, Unproven):
            raise
        raise Unproven("This is not a proof as Rochdale writes it.") from error


def _path(given: Any) -> list[tuple[str, bytes]]:
    if any(side not in ("left", "right") for side, _beside in given):
        raise Unproven("The path goes nowhere.")
    return [(side, bytes.fromhex(beside)) for side, beside in given]
