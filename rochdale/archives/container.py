"""The container of an archive: a tar file of plain entries, written and read in one canonical way.

Any program that knows tar opens it. Reading here is stricter than tar asks: each header is made again
from the name and the size it gives, and must be the same 512 bytes. So a link, a device, a path that
leads away, a second name for the same file or a flipped bit in a field nobody looks at has no place to be.
Nothing is ever unpacked to disk; entries are read as streams.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

from .refused import CutOff, Damaged, NotAnArchive, TooLarge

BLOCK = 512
CHUNK = 1 << 18
LEVEL = 1
"""Of gzip: what is behind it in speed costs more than what it saves in space."""
MOST_ENTRIES = 500_000
NAME = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)?(?:\.[a-z0-9]+){1,2}")
END = bytes(2 * BLOCK)
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive: its name, where its bytes begin, how many they are."""

    name: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an entry: stored bytes and their SHA-256, and the bytes before packing."""

    name: str
    size: int
    sha256: str
    unpacked: int


def header(name: str, size: int) -> bytes:
    """Return the one header an entry of this name and size has."""
    said = tarfile.TarInfo(name)
    said.size, said.mode, said.mtime = size, 0o644, 0
    block = said.tobuf(tarfile.GNU_FORMAT)
    assert len(block) == BLOCK, f"the name is too long for one header: {name}"
    return block


class Writer:
    """Writes entries one after the other; a packed one streams, its header is filled in afterwards."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, name: str, content: bytes) -> Written:
        """Add a small entry as it is."""
        self._file.write(header(name, len(content)) + content + _padding(len(content)))
        return Written(name, len(content), hashlib.sha256(content).hexdigest(), len(content))

    def pack(self, name: str, pieces: Iterator[bytes]) -> Written:
        """Add an entry that is packed with gzip while it comes in."""
        begin = self._file.tell()
        self._file.write(bytes(BLOCK))
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        digest, size, unpacked = hashlib.sha256(), 0, 0
        with ThreadPoolExecutor(1) as beside:  # packs one piece while the next one comes from the database
            done: Future[bytes] | None = None
            for piece in _in_chunks(pieces):
                unpacked += len(piece)
                packed = done.result() if done else b""
                done = beside.submit(packer.compress, piece)
                digest.update(packed)
                size += self._file.write(packed)
        packed = (done.result() if done else b"") + packer.flush()
        digest.update(packed)
        size += self._file.write(packed)
        self._file.write(_padding(size))
        after = self._file.tell()
        self._file.seek(begin)
        self._file.write(header(name, size))
        self._file.seek(after)
        return Written(name, size, digest.hexdigest(), unpacked)

    def end(self) -> None:
        """Write what every archive ends with."""
        self._file.write(END)


def entries(file: BinaryIO) -> list[Entry]:
    """List the entries by walking the headers. Refuses everything that `Writer` would not have written."""
    file.seek(0, 2)
    length = file.tell()
    found: dict[str, Entry] = {}
    place = 0
    while True:
        file.seek(place)
        block = file.read(BLOCK)
        if len(block) < BLOCK:
            raise CutOff() if found else NotAnArchive(why="it is too short")
        if block == bytes(BLOCK):
            if not found:
                raise NotAnArchive(why="it is empty")
            _the_end(file, place, length)
            return list(found.values())
        entry = _entry(block, place)
        if entry.name in found or len(found) >= MOST_ENTRIES:
            raise Damaged(why="an entry is there twice, or there are too many")
        found[entry.name] = entry
        place = entry.start + entry.size + len(_padding(entry.size))
        if place + len(END) > length:
            raise CutOff()
        file.seek(entry.start + entry.size)
        if file.read(place - entry.start - entry.size).strip(b"\0"):
            raise Damaged(why=f"there is something behind {entry.name}")


def stored(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Yield an entry's bytes as they lie there."""
    file.seek(entry.start)
    left = entry.size
    while left:
        piece = file.read(min(CHUNK, left))
        if not piece:
            raise CutOff()
        left -= len(piece)
        yield piece


def ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces, each made ready in a thread beside while the one before is used; raises what making them raises."""
    with ThreadPoolExecutor(1) as beside:
        following = beside.submit(next, pieces, None)
        while (piece := following.result()) is not None:
            following = beside.submit(next, pieces, None)
            yield piece


def digest_of(file: BinaryIO, entry: Entry) -> str:
    """Return the SHA-256 of an entry's stored bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    for piece in stored(file, entry):
        digest.update(piece)
    return digest.hexdigest()


def unpacked(file: BinaryIO, entry: Entry, *, declared: int) -> Iterator[bytes]:
    """Yield what a packed entry holds. Refuses one that unpacks to another size than was declared."""
    unpacker = zlib.decompressobj(GZIP)
    count = 0
    for piece in stored(file, entry):
        while piece:
            try:
                plain = unpacker.decompress(piece, CHUNK)
            except zlib.error:
                raise Damaged(why=f"{entry.name} cannot be unpacked") from None
            piece = unpacker.unconsumed_tail
            count += len(plain)
            if count > declared:
                raise TooLarge(declared=count, most=declared, to_do="it holds more than it says")
            if plain:
                yield plain
    rest = unpacker.flush()
    if count + len(rest) != declared or not unpacker.eof or unpacker.unused_data:
        raise Damaged(why=f"{entry.name} holds other than it says")
    if rest:
        yield rest


def _in_chunks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join a row at a time into larger pieces, which pack faster."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(bytes(piece))
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _entry(block: bytes, place: int) -> Entry:
    try:
        said = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError):
        if place:
            raise Damaged(why="a header is not what it was") from None
        raise NotAnArchive(why="it is no tar file") from None
    if said.size < 0 or len(said.name) > 100 or not NAME.fullmatch(said.name) or header(said.name, said.size) != block:
        if place:
            raise Damaged(why="a header is not one that Rochdale writes")
        raise NotAnArchive(why="another program wrote it")
    return Entry(said.name, place + BLOCK, said.size)


def _the_end(file: BinaryIO, place: int, length: int) -> None:
    if length < place + len(END):
        raise CutOff()
    file.seek(place)
    if length > place + len(END) or file.read() != END:
        raise Damaged(why="there is something behind its end")


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)
