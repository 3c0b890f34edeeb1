"""Files that are no archives, damaged ones, and ones made to do harm: each is refused, and nothing is changed (T22)."""

from __future__ import annotations

import hashlib
import io
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from rochdale.archives import container, manifest
from rochdale.archives import refused as no
from rochdale.shared.refusals import Refusal

from . import stage

Edit = Callable[[dict[str, Any]], None]


def of_alpha(said: dict[str, Any], table: str) -> dict[str, Any]:
    return next(each for each in said["coops"][0]["files"] if each["table"] == table)


def tar_of(*infos: tuple[tarfile.TarInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for info, content in infos:
            info.size = len(content) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(content))
    return target.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.mtime = kind, link, 0o644, 0
    return info


def refused(content: bytes) -> type[Refusal]:
    with pytest.raises(Refusal) as raised:
        stage.opened(content)
    return raised.type


class TestAnyByte:
    def test_every_flipped_bit_is_noticed(self, source: stage.Source) -> None:
        chance = random.Random(1844)
        edges = [
            0,
            1,
            99,
            511,
            512,
            len(source.coop) - 1,
            len(source.coop) - 513,
            len(source.coop) - 1024,
            len(source.coop) - 1100,
        ]
        for place in edges + [chance.randrange(len(source.coop)) for _ in range(150)]:
            changed = bytearray(source.coop)
            changed[place] ^= 1 << chance.randrange(8)
            with pytest.raises(Refusal):
                stage.opened(bytes(changed))

    @settings(max_examples=40, deadline=None)
    @given(data=some.data())
    def test_cut_anywhere_it_is_refused(self, source: stage.Source, data: Any) -> None:
        length = data.draw(some.integers(0, len(source.coop) - 1))
        with pytest.raises(Refusal):
            stage.opened(source.coop[:length])

    def test_more_behind_its_end_is_refused(self, source: stage.Source) -> None:
        for more in (b"\0", b"x", bytes(512), source.coop):
            assert refused(source.coop + more) is no.Damaged

    @settings(max_examples=60, deadline=None)
    @given(some.binary(max_size=4_000))
    def test_any_other_bytes_are_no_archive(self, content: bytes) -> None:
        assert refused(content) in (no.NotAnArchive, no.CutOff, no.Damaged)

    def test_entries_in_another_order(self, source: stage.Source) -> None:
        found = container.entries(io.BytesIO(source.coop))
        parts = [source.coop[e.start - 512 : e.start + e.size + (-e.size % 512)] for e in found]
        parts[0], parts[1] = parts[1], parts[0]
        assert refused(b"".join(parts) + container.END) is no.Damaged
        assert refused(b"".join(parts[:-1]) + container.END) is no.Damaged


class TestForeign:
    def test_other_programs_files(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as target:
            target.writestr("manifest.json", "{}")
        for content in (
            b"",
            b"PGDMP" + bytes(5_000),
            packed.getvalue(),
            b"-- PostgreSQL database dump\n" * 100,
            b"\x1f\x8b" + bytes(600),
        ):
            assert refused(content) in (no.NotAnArchive, no.CutOff)

    @pytest.mark.parametrize(
        "bad",
        [
            entry("../../etc/passwd"),
            entry("/etc/passwd"),
            entry("coop_alpha/../../x.copy.gz"),
            entry("coop_alpha/x.copy.gz", tarfile.SYMTYPE, "/etc/passwd"),
            entry("coop_alpha/x.copy.gz", tarfile.LNKTYPE, "manifest.json"),
            entry("coop_alpha/x.copy.gz", tarfile.CHRTYPE),
            entry("coop_alpha/x.copy.gz", tarfile.FIFOTYPE),
            entry("coop_alpha", tarfile.DIRTYPE),
            entry("a" * 150 + ".copy.gz"),
            entry("coop_alpha/UPPER.copy.gz"),
        ],
        ids=lambda info: f"{info.name[:24]}:{info.type!r}",
    )
    def test_entries_that_lead_elsewhere(self, source: stage.Source, bad: tarfile.TarInfo) -> None:
        assert refused(tar_of((bad, b"x"))) is no.NotAnArchive
        first = container.entries(io.BytesIO(source.coop))[0]
        end = first.start + first.size + (-first.size % 512)
        spliced = source.coop[:end] + tar_of((bad, b"x"))[:1024] + source.coop[end:]
        assert refused(spliced) is no.Damaged

    def test_a_name_twice(self, source: stage.Source) -> None:
        first = container.entries(io.BytesIO(source.coop))[0]
        end = first.start + first.size + (-first.size % 512)
        assert refused(source.coop[:end] + source.coop) is no.Damaged


class TestBombs:
    def test_a_file_that_holds_more_than_it_says(self, source: stage.Source) -> None:
        content = stage.edited(source.coop, kept, {"members_counter": lambda rows: rows + bytes(10 << 20)})
        archive = stage.opened(content)
        said = next(each for each in archive.manifest.files() if each.table == "members_counter")
        with pytest.raises(no.TooLarge):
            list(container.unpacked(archive.file, archive.places[said.name], declared=100))

    def test_a_file_that_says_more_than_it_can_hold(self, source: stage.Source) -> None:
        assert refused(stage.edited(source.coop, lambda said: None, sizes={"members_counter": 10**12})) is no.TooLarge
        with pytest.raises(no.TooLarge):
            manifest.read(io.BytesIO(source.coop), most=1_000)

    def test_bytes_behind_the_packed_ones(self, source: stage.Source) -> None:
        packed = zlib.compress(b"1\t2\n", wbits=31)
        target = io.BytesIO()
        writer = container.Writer(target)
        writer.add("coop_alpha/x.copy.gz", packed + b"more")
        writer.end()
        place = container.entries(target)[0]
        with pytest.raises(no.Damaged):
            list(container.unpacked(target, place, declared=4))

    def test_a_manifest_as_long_as_the_sea(self) -> None:
        target = io.BytesIO()
        target.write(container.header(manifest.NAME, manifest.MOST_BYTES + 512))
        target.seek(manifest.MOST_BYTES + 512, 1)
        target.write(container.header(manifest.HASH, 65) + b"x" * 65 + bytes(512 - 65) + container.END)
        assert refused(target.getvalue()) is no.TooLarge


MANIFESTS: dict[str, tuple[Edit, type[Refusal]]] = {
    "another format": (lambda said: said.update(format=2), no.OtherFormat),
    "more fields": (lambda said: said.update(run="rm -rf /"), no.Damaged),
    "fields of another kind": (lambda said: said.update(coops="all"), no.Damaged),
    "a schema that is none": (lambda said: said["coops"][0].update(schema_name="public"), no.Damaged),
    "two co-ops in one": (lambda said: said["coops"].append(said["coops"][0]), no.Damaged),
    "a co-op as a host": (lambda said: said.update(kind="everything"), no.Damaged),
    "a table that is SQL": (lambda said: of_alpha(said, "audit_key").update(table="audit_key; DROP TABLE x"), no.Damaged),
    "a column that is SQL": (
        lambda said: of_alpha(said, "audit_key").update(columns=["id", "body) FROM PROGRAM 'id'"]),
        no.Damaged,
    ),
    "a column twice": (lambda said: of_alpha(said, "audit_key").update(columns=["id", "id"]), no.Damaged),
    "a negative count": (lambda said: of_alpha(said, "audit_key").update(rows=-1), no.Damaged),
}


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_manifest_that_somebody_wrote_by_hand(source: stage.Source, case: str) -> None:
    edit, wanted = MANIFESTS[case]
    assert refused(stage.edited(source.coop, edit)) is wanted


def test_a_manifest_that_nests_without_end() -> None:
    target = io.BytesIO()
    writer = container.Writer(target)
    deep = b"[" * 200_000
    writer.add(manifest.NAME, deep)
    writer.add(manifest.HASH, hashlib.sha256(deep).hexdigest().encode() + b"\n")
    writer.end()
    assert refused(target.getvalue()) is no.Damaged


def without(table: str) -> Edit:
    def edit(said: dict[str, Any]) -> None:
        said["coops"][0]["files"] = [each for each in said["coops"][0]["files"] if each["table"] != table]

    return edit


def renamed(said: dict[str, Any]) -> None:
    of_alpha(said, "audit_key")["columns"] = ["id", "nobody"]


def directory(**given: Any) -> Edit:
    return lambda said: said["coops"][0]["directory"].update(given)


def kept(said: dict[str, Any]) -> None:
    """Edit nothing."""


ROWS = dict[str, Callable[[bytes], bytes]]
CONTENTS: dict[str, tuple[Edit, ROWS, type[Refusal]]] = {
    "a table is missing": (without("audit_key"), {}, no.UnknownTable),
    "a column nobody knows": (renamed, {}, no.UnknownColumn),
    "rows with too many columns": (kept, {"audit_key": lambda rows: rows.replace(b"\n", b"\tmore\n")}, no.RowsRefused),
    "rows that are SQL": (
        kept,
        {"audit_key": lambda rows: b"'); DROP TABLE ledger_posting; --\n" * rows.count(b"\n")},
        no.RowsRefused,
    ),
    "a zero sign": (kept, {"music_track": lambda rows: rows.replace(b"First", b"Fi\\000t")}, no.RowsRefused),
    "bytes that are no text": (kept, {"music_track": lambda rows: rows.replace(b"First", b"\xff\xfe\xff")}, no.RowsRefused),
    "rows twice": (kept, {"music_track": lambda rows: rows + rows}, no.WrongCount),
    "fewer rows than it says": (kept, {"audit_record": lambda rows: rows[: rows.index(b"\n") + 1]}, no.WrongCount),
    "an early end": (kept, {"audit_record": lambda rows: b"\\.\n" + rows}, no.WrongCount),
    "another's wallet": (kept, {"ledger_guardedbalance": lambda rows: rows.replace(b"\t2", b"\t9", 1)}, no.BooksDoNotHold),
    "a posting that is worth more": (
        kept,
        {"ledger_transfer": lambda rows: rows.replace(b"25000000", b"95000000", 1)},
        no.SealsDoNotHold,
    ),
    "a record that was altered": (
        kept,
        {"audit_record": lambda rows: rows.replace(b"offices.fill", b"offices.fold", 1)},
        no.SealsDoNotHold,
    ),
    "an address that is none": (directory(slug="../x"), {}, no.Damaged),
    "a time zone on the moon": (directory(time_zone="Moon/Sea"), {}, no.Damaged),
    "a directory with more": (directory(is_superuser=True), {}, no.Damaged),
}


@pytest.fixture(scope="module")
def one_host(template_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), stage.second_host(template_database) as name:
        yield name


@pytest.mark.parametrize("case", CONTENTS)
def test_a_content_that_somebody_changed_with_all_hashes_made_right(source: stage.Source, one_host: str, case: str) -> None:
    edit, rows, wanted = CONTENTS[case]
    content = stage.edited(source.coop, edit, rows)
    assert content != source.coop
    with pytest.raises(wanted):
        stage.load(content)
    assert stage.schemas(one_host) == []
    assert stage.digests(one_host, "public")["cooperatives_coop"][0] == 0


def test_pieces_made_ready_beside_come_in_order_and_with_their_refusal() -> None:
    def pieces() -> Any:
        yield from (b"one", b"two")
        raise no.Damaged(why="it is a test")

    got = []
    with pytest.raises(no.Damaged):
        for piece in container.ahead(pieces()):
            got.append(piece)  # what came before the refusal counts
    assert got == [b"one", b"two"]
    assert list(container.ahead(iter([b"", b"x"]))) == [b"", b"x"]
