"""For tests: a co-op with some life in it, moving it into a second database, and digests of every table."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import sql

from rochdale.audit import actions as audit
from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives.models import Person
from rochdale.ledger import actions as ledger_actions
from rochdale.ledger import export as books
from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as ledger_testing
from rochdale.members import queries as register
from rochdale.members import testing as members
from rochdale.privacy import queries as privacy
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.models import Track
from rochdale.shared import actor as actors
from rochdale.shared import coops
from rochdale.shared.actor import Actor
from rochdale.shared.postgres import roles, setup
from rochdale.shared.postgres import testing as server

from .. import actions, container, manifest, reading

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
MOST = 1 << 30
OPERATOR = actors.operator("rochdale restore")


@contextmanager
def second_host(template: str) -> Iterator[str]:
    """Give the block another database without co-ops, as its owner; what was connected comes back afterwards."""
    with server.copy_of(template) as name:
        with server.connect(roles.OWNER, name) as owner:
            for schema in ("coop_alpha", "coop_beta"):
                owner.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
            owner.execute("DELETE FROM cooperatives_coop")
        with setup.connected_as(server.settings_for(name, roles.OWNER)):
            yield name


def archive_of(slug: str) -> bytes:
    """Return the archive of a co-op of the database of the moment."""
    file = io.BytesIO()
    reading.write_coop(slug, file, now=NOW)
    return file.getvalue()


def load(content: bytes, slug: str = "", key: str = "load") -> dict[str, Any]:
    """Load an archive, as the operator, into the database of the moment."""
    archive = manifest.read(io.BytesIO(content), most=MOST)
    done: dict[str, Any] = actions.load_coop(actor=OPERATOR, now=NOW, key=key, archive=archive, slug=slug)
    return done


def digests(database: str, schema: str) -> dict[str, tuple[int, str]]:
    """Return for each table how many rows it has and a digest of them, whatever their order."""
    found = {}
    with server.server.connect(database=database) as root:
        root.execute("SET timezone = 'UTC'")
        for table in reading.tables(root, schema):
            columns = sql.SQL(", ").join(map(sql.Identifier, sorted(table.columns)))
            words = sql.SQL(
                "SELECT count(*), coalesce(md5("
                "string_agg(md5(r::text), '' ORDER BY md5(r::text))), '') FROM (SELECT {} FROM {}.{}) r"
            )
            row = root.execute(words.format(columns, sql.Identifier(schema), sql.Identifier(table.name))).fetchone()
            assert row is not None
            found[table.name] = (int(row[0]), str(row[1]))
    return found


def live(schema: str, now: datetime = members.NOW) -> None:
    """Let a co-op have members with log-ins and without, shares, wallets, plays, a hold, a checkpoint, a forgotten contact."""
    with coops.inside(schema):
        for name in ("carmen", "ada", "grace", "bruno", "dilip"):
            members.join(name, now)
        track = music.track(now=now)
        who = music.Somebody(members.known("ada", now), members.actor("ada", now))
        music.top_up(who.party, "25", now)
        for number in range(12):
            music.played(who, track, now=now, event=f"play-{number}")
        with ledger_testing.inside():
            ledger_actions.make_checkpoint(actor=ledger_testing.BOOKS, now=now, key="first", whole=True, at_least=1)
        assert audit.make_seal(actor=actors.job("test"), now=now, key="seal") == 1
        music.played(who, track, now=now, event="after")


def parties() -> list[UUID]:
    """Return the members of the co-op of the moment by their numbers."""
    found = [register.member_by_number(number) for number in range(1, 10)]
    return [member.party for member in found if member is not None]


def play_once_more() -> None:
    """Let Ada listen once more, a day later: what needs ids, balances, epochs and guards."""
    later = members.NOW + timedelta(days=1)
    party = parties()[1]
    who = music.Somebody(party, Actor(kind="person", via="page", person=uuid.uuid4(), party=party, sure_at=later))
    music.played(who, Track.objects.get(), now=later, event="later")


def opened(content: bytes) -> manifest.Archive:
    """Return an archive, looked through."""
    return manifest.read(io.BytesIO(content), most=MOST)


def host_backup() -> bytes:
    """Return a backup of the whole database of the moment."""
    file = io.BytesIO()
    reading.write_host(file, now=NOW)
    return file.getvalue()


def unpacked(content: bytes) -> dict[str, str]:
    """Return the rows of each table of an archive as text, and everything together."""
    archive = opened(content)
    found = {said.table: b"".join(archive.rows(said)).decode() for said in archive.manifest.files()}
    return found | {"everything": "".join(found.values()) + archive.manifest.model_dump_json()}


def rebuilt(parts: dict[str, bytes], said: dict[str, Any], sizes: dict[str, int]) -> bytes:
    """Write an archive anew as somebody would who knows the format: all sizes and hashes right."""
    target = io.BytesIO()
    writer = container.Writer(target)
    every = said["coops"] if isinstance(said["coops"], list) else []
    for files in [said["public"], *(coop["files"] for coop in every)]:
        for each in files:
            written = writer.pack(each["name"], iter([parts[each["name"]]]))
            each |= {"size": written.size, "sha256": written.sha256, "unpacked": sizes.get(each["table"], written.unpacked)}
    content = json.dumps(said).encode()
    writer.add(manifest.NAME, content)
    writer.add(manifest.HASH, hashlib.sha256(content).hexdigest().encode() + b"\n")
    writer.end()
    return target.getvalue()


def edited(
    content: bytes,
    change: Callable[[dict[str, Any]], None],
    rows: dict[str, Callable[[bytes], bytes]] | None = None,
    sizes: dict[str, int] | None = None,
) -> bytes:
    """Return an archive whose manifest, and rows by table, somebody changed with all hashes made right again."""
    archive = opened(content)
    parts = {said.name: b"".join(archive.rows(said)) for said in archive.manifest.files()}
    for said in archive.manifest.files():
        if rows and said.table in rows:
            parts[said.name] = rows[said.table](parts[said.name])
    plain = json.loads(archive.manifest.model_dump_json())
    change(plain)
    return rebuilt(parts, plain, sizes or {})


def as_of_older(content: bytes, *, app: str) -> bytes:
    """Return an archive as a host wrote it that did not have a module yet."""

    def older(said: dict[str, Any]) -> None:
        coop = said["coops"][0]
        coop["migrations"].pop(app)
        coop["files"] = [each for each in coop["files"] if not each["table"].startswith(f"{app}_")]

    return edited(content, older)


@dataclass(frozen=True)
class Source:
    """What was taken from a host: an archive of Alpha Music, a backup of all, and how everything looked there."""

    coop: bytes
    host: bytes
    digests: dict[str, tuple[int, str]]
    public: dict[str, tuple[int, str]]
    figures: dict[str, Any]
    people: list[tuple[str, str, str]]


def taken(database: str) -> Source:
    """Take everything from the database of the moment."""
    with coops.public():
        people = [(str(each.id), str(each.email), each.password) for each in Person.objects.all()]
    return Source(
        archive_of("alpha"),
        host_backup(),
        digests(database, "coop_alpha"),
        digests(database, "public"),
        figures("coop_alpha"),
        people,
    )


def figures(schema: str) -> dict[str, Any]:
    """Return what people look at: trial balance, the books as a file, the register with names, a member's statement."""
    with coops.inside(schema):
        listed = parties()
        target = io.StringIO()
        books.write("csv", target)
        wallets = [ledger.account("liabilities.wallet", "EUR", party) for party in listed]
        return {
            "trial balance": [asdict(line) for line in ledger.trial_balance()],
            "books": target.getvalue(),
            "names": privacy.names(listed),
            "wallets": [ledger.available(wallet) for wallet in wallets if wallet],
            "bylaws": bylaws.version_at(NOW),
        }


def schemas(database: str) -> list[str]:
    """Return the co-ops' schemas of a database."""
    with server.server.connect(database=database) as root:
        rows = root.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'coop%' AND nspname <> 'coop_template' ORDER BY 1"
        )
        return [str(row[0]) for row in rows]
