"""Opens a file of books: plain or gzipped, in which letters it is written, and whether it can be text at all.

One look through the whole file comes first (`inspect`): a damaged, endless or hostile file is
refused before anything else happens, and the file's hash names it ever after.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from .found import UnreadableFile

LARGEST = 512 * 1024 * 1024
"""Bytes of a file when unpacked; books of a million postings have a tenth of it."""
LONGEST_LINE = 64 * 1024
HARMLESS_RATIO, HARMLESS_SIZE = 200, 16 * 1024 * 1024
"""A file that unpacks to more than this many times its size, and is large then, is a bomb."""
_PART = 256 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f") - {0x1A}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read: its hash (of what is in it, unpacked), its letters, and that in words."""

    path: Path
    name: str
    digest: str
    encoding: str
    said: str
    size: int


def inspect(path: Path, *, name: str = "", encoding: str = "") -> Source:
    """Look through a file once. Refuses what is missing, damaged, too large, unpacks without end, or is no text."""
    called = name or path.name
    hashed, size, first = hashlib.sha256(), 0, b""
    utf8 = codecs.getincrementaldecoder("utf-8")()
    good_utf8, since_newline = True, 0
    try:
        packed = path.stat().st_size
        for part in _parts(path):
            hashed.update(part)
            size += len(part)
            if not first:
                first = part
            if size > LARGEST or (size > HARMLESS_SIZE and size > HARMLESS_RATIO * packed):
                raise UnreadableFile(file=called, why=_("it unpacks to more than any books hold."))
            if not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                since_newline = _refuse_no_text(part, since_newline, called)
            if good_utf8:
                good_utf8 = _decodes(utf8, part)
        good_utf8 = good_utf8 and _decodes(utf8, b"", final=True)
    except (EOFError, zlib.error, gzip.BadGzipFile) as damaged:
        raise UnreadableFile(file=called, why=_("the packed file is cut off or damaged.")) from damaged
    except OSError as missing:
        raise UnreadableFile(file=called, why=f"{missing.strerror or missing}.") from missing
    if not size:
        raise UnreadableFile(file=called, why=_("it is empty."))
    letters, said = _letters(first, good_utf8, encoding, called)
    return Source(path, called, hashed.hexdigest(), letters, said, size)


def lines(source: Source) -> Iterator[tuple[int, str]]:
    """Yield each line with its number, without its end. Refuses one without end, and letters that are not there."""
    with _opened(source.path) as binary, io.TextIOWrapper(binary, encoding=source.encoding, newline=None) as text:
        number = 0
        try:
            while line := text.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise UnreadableFile(file=source.name, why=_("line {line} has no end.").format(line=number))
                yield number, line.rstrip("\n")
        except UnicodeError as wrong:
            why = _("line {line} is not written in {encoding}.").format(line=number + 1, encoding=source.encoding)
            raise UnreadableFile(file=source.name, why=why) from wrong


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]  # it reads bytes


def _parts(path: Path) -> Iterator[bytes]:
    with _opened(path) as file:
        while part := file.read(_PART):
            yield part


def _refuse_no_text(part: bytes, since_newline: int, called: str) -> int:
    """Refuse bytes no text has, and a line without end; returns how long the last line is so far."""
    if b"\0" in part or len(part.translate(None, bytes(_CONTROLS))) < len(part) - len(part) // 1000:
        raise UnreadableFile(file=called, why=_("it holds bytes that no text has (a spreadsheet, a picture, a program?)."))
    head, newline, rest = part.partition(b"\n")
    longest = max([since_newline + len(head), *map(len, rest.split(b"\n"))]) if newline else since_newline + len(part)
    if longest > LONGEST_LINE * 4:
        raise UnreadableFile(file=called, why=_("one of its lines has no end."))
    return len(part) - part.rfind(b"\n") - 1 if newline else since_newline + len(part)


def _decodes(decoder: codecs.IncrementalDecoder, part: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(part, final)
    except UnicodeDecodeError:
        return False
    return True


def _letters(first: bytes, good_utf8: bool, asked: str, called: str) -> tuple[str, str]:
    """Return the encoding and how it was found."""
    if asked:
        try:
            return codecs.lookup(asked).name, _("Read as {encoding}, as asked.").format(encoding=asked)
        except LookupError:
            raise UnreadableFile(file=called, why=_("“{given}” is not an encoding.").format(given=asked[:30])) from None
    for mark, name in _BOMS:
        if first.startswith(mark):
            return name, _("The file says that it is {encoding}.").format(encoding=name.removesuffix("-sig").upper())
    if good_utf8:
        return "utf-8", _("Read as UTF-8.")
    return "cp1252", _(
        "The file is not UTF-8: it was read as Latin-1 (Windows-1252). Look at names with accents; --encoding says otherwise."
    )
