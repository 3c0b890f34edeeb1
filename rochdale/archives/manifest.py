"""The manifest: the last-but-one entry of an archive, which says what all others are.

`manifest.json` names every data file with its columns, rows, sizes and SHA-256, in the order they lie;
`manifest.sha256` holds the hash of the manifest itself. An archive without them is not whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from . import container
from .refused import Damaged, NotAnArchive, OtherFormat, TooLarge

FORMAT = 1
NAME, HASH = "manifest.json", "manifest.sha256"
MOST_BYTES = 64 << 20
"""Of the manifest: a host of a thousand co-ops needs 40 MB."""
RATIO, ROOM = 1_100, 1 << 20
"""gzip cannot pack better than this; a file that says so lies."""
WORD = re.compile(r"[a-z][a-z0-9_]{0,62}")
Kind = Literal["co-op", "host"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class File(_Strict):
    """A data file: the rows of one table."""

    name: str
    table: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    columns: list[str] = Field(min_length=1, max_length=1_600)
    rows: int = Field(ge=0)
    unpacked: int = Field(ge=0)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Coop(_Strict):
    """A co-op in an archive: its row in the directory, the check value of its key, what it is made from."""

    schema_name: str = Field(pattern=r"^coop_[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=45)
    directory: dict[str, Any]
    key_check: str = Field(default="", max_length=64)
    migrations: dict[str, list[str]]
    logins: int = Field(ge=0)
    """How many parties had a log-in, which they link again on another host."""
    files: list[File]


class Manifest(_Strict):
    """What an archive is. `snapshot` names the moment in the database all of it was read at."""

    format: int
    kind: Kind
    rochdale: str
    fingerprint: str
    made_at: str
    postgresql: str
    snapshot: str
    host_key_check: str = ""
    public: list[File] = []
    public_migrations: dict[str, list[str]] = {}
    coops: list[Coop]

    def files(self) -> list[File]:
        """Return every data file in the order it lies in."""
        return [*self.public, *(file for coop in self.coops for file in coop.files)]


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that was looked through: its file, its manifest, and where each entry lies."""

    file: BinaryIO
    manifest: Manifest
    places: dict[str, container.Entry]

    def rows(self, said: File) -> Any:
        """Return the bytes of a data file, unpacked, piece by piece."""
        return container.unpacked(self.file, self.places[said.name], declared=said.unpacked)


def unsealed(said: Manifest) -> list[str]:
    """Return the co-ops that bring no seal: only the numbered checks speak for their rows. Loading compares the counts."""
    sealed = {coop.schema_name for coop in said.coops for file in coop.files if file.table == "audit_seal" and file.rows}
    return [coop.schema_name for coop in said.coops if coop.schema_name not in sealed]


def place_of(schema: str, table: str) -> str:
    """Return the name of the entry that holds a table's rows."""
    return f"{schema}/{table}.copy.gz"


def file_of(written: container.Written, table: str, columns: Sequence[str], rows: int) -> File:
    """Return what the manifest says of a data file that was written."""
    given = asdict(written)
    return File(table=table, columns=list(columns), rows=rows, **given)


def write(writer: container.Writer, manifest: Manifest) -> None:
    """Write the manifest, its hash and the end."""
    content = json.dumps(manifest.model_dump(), indent=1, ensure_ascii=False, sort_keys=True).encode()
    writer.add(NAME, content)
    writer.add(HASH, hashlib.sha256(content).hexdigest().encode() + b"\n")
    writer.end()


def read(file: BinaryIO, *, most: int, hashes: bool = True) -> Archive:
    """Look an archive through without a database: structure, manifest, sizes, and the hash of every file.

    Refuses whatever is not exactly what was written; `most` bytes may it unpack to.
    """
    found = container.entries(file)
    names = [entry.name for entry in found]
    if names[-2:] != [NAME, HASH]:
        raise (
            NotAnArchive(why="it has no manifest where one belongs") if NAME not in names else Damaged(why="its order is changed")
        )
    *data, manifest_entry, hash_entry = found
    manifest = _manifest(file, manifest_entry, hash_entry)
    said = manifest.files()
    if [entry.name for entry in data] != [each.name for each in said]:
        raise Damaged(why="its files are not the ones its manifest lists, in that order")
    _sizes(said, most)
    for each, entry in zip(said, data, strict=True):
        if each.size != entry.size or (hashes and container.digest_of(file, entry) != each.sha256):
            raise Damaged(why=f"{each.name} is not what the manifest says")
    _names(manifest)
    return Archive(file, manifest, {entry.name: entry for entry in data})


def _manifest(file: BinaryIO, entry: container.Entry, hash_entry: container.Entry) -> Manifest:
    if entry.size > MOST_BYTES:
        raise TooLarge(declared=entry.size, most=MOST_BYTES, to_do="no manifest is so long")
    if hash_entry.size != 65:
        raise Damaged(why="the manifest's hash is not one")
    content = b"".join(container.stored(file, entry))
    told = b"".join(container.stored(file, hash_entry))
    if told != hashlib.sha256(content).hexdigest().encode() + b"\n":
        raise Damaged(why="the manifest is not the one that was written")
    try:
        plain = json.loads(content)
        if isinstance(plain, dict) and plain.get("format") != FORMAT:
            raise OtherFormat(found=str(plain.get("format"))[:20], known=FORMAT)
        return Manifest.model_validate(plain)
    except (ValueError, RecursionError, ValidationError) as wrong:
        where = ".".join(map(str, wrong.errors()[0]["loc"])) if isinstance(wrong, ValidationError) else "it is not JSON"
        raise Damaged(why=f"the manifest is not as it should be ({where[:80]})") from None


def _sizes(files: Sequence[File], most: int) -> None:
    declared = sum(each.unpacked for each in files)
    if declared > most:
        raise TooLarge(declared=declared, most=most, to_do="raise ROCHDALE_RESTORE_MOST_GB if it is yours")
    for each in files:
        if each.unpacked > ROOM + RATIO * each.size:
            raise TooLarge(declared=each.unpacked, most=ROOM + RATIO * each.size, to_do="it says more than its size can hold")


def _names(manifest: Manifest) -> None:
    """Refuse tables and columns twice, and a file that lies elsewhere than its table says."""
    schemas = [coop.schema_name for coop in manifest.coops]
    if len(set(schemas)) != len(schemas) or (manifest.kind == "co-op") != (len(schemas) == 1 and not manifest.public):
        raise Damaged(why="its co-ops are not what its kind says")
    for place, files in [("public", manifest.public), *((coop.schema_name, coop.files) for coop in manifest.coops)]:
        for each in files:
            if each.name != place_of(place, each.table):
                raise Damaged(why=f"{each.name} is not the place of {each.table}")
            if len(set(each.columns)) != len(each.columns) or not all(WORD.fullmatch(column) for column in each.columns):
                raise Damaged(why=f"the columns of {each.table} are not names, or there twice")
