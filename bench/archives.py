"""Writing and loading a co-op's archive, against pg_dump and psql with the same schema, in one run on one server."""

from __future__ import annotations

import io
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from . import batch
from .ground import Ground

COPIES = ("reference", "ours")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. `loaded` is making the tables, copying and indexing; `checked` what comes after: seals and every check."""

    postings: int
    dumped: float
    written: float
    restored: float
    loaded: float
    checked: float
    dump_bytes: int
    archive_bytes: int


def measure(ground: Ground, *, postings: int) -> Times:
    """Post so many, seal them, then dump and write, restore and load, one after the other; drop what was made."""
    from rochdale.shared.postgres import addresses, programs, setup

    server = addresses.server()
    tools = programs.reachable(server.programs, None, server.folder)
    place = ground.folder / "archives"
    place.mkdir(mode=0o755, exist_ok=True)
    dump, archive = place / "dump.sql", place / "archive.tar"
    environment = {**os.environ, "PGPASSFILE": str(server.password_file("postgres"))}
    reach = ["-h", str(server.socket_folder), "-U", "postgres"]
    with _emptied(ground):
        _fill(ground, postings)
        words = [tools.path("pg_dump"), *reach, "-n", ground.schema, "-f", str(dump), addresses.DATABASE]
        dumped = _timed(words, environment)
        began = time.perf_counter()
        _write(archive)
        written = time.perf_counter() - began
        words = [tools.path("psql"), *reach, "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(dump), COPIES[0]]
        restored = _timed(words, environment)
        with setup.connected_as(_as_owner(server, COPIES[1])):
            loaded, checked = _load(archive)
    times = Times(postings, dumped, written, restored, loaded, checked, dump.stat().st_size, archive.stat().st_size)
    for file in (dump, archive):
        file.unlink()
    return times


def _fill(ground: Ground, postings: int) -> None:
    from rochdale.audit import actions
    from rochdale.cooperatives.models import Coop
    from rochdale.shared import actor, coops

    with ground.connect() as app:
        for number in range(20_000, 20_000 + max(1, postings // 1000)):
            batch._post(app, list(batch._batch(ground, size=1000, number=number)))
    with ground.connect("postgres") as root:
        root.execute("VACUUM ANALYZE")
    with ground.connect() as app:
        moment = batch.START + timedelta(days=350)
        app.execute("SELECT ledger_checkpoint(%s, 'job:bench', true, 100)", [moment])
    with coops.inside(ground.schema):
        actions.make_seal(actor=actor.job("bench"), now=moment, key="bench:archives")
    with coops.public():
        Coop.objects.get_or_create(
            slug="bench",
            defaults={
                "schema_name": ground.schema, "name": "Bench", "state": "active", "country": "IE", "currency": "EUR",
                "languages": ["en"], "kit": "music", "created_at": batch.START,
            },
        )  # fmt: skip


def _write(archive: Path) -> None:
    from rochdale.archives import keeping

    archive.unlink(missing_ok=True)
    keeping.back_up_coop("bench", archive, now=batch.START)


@contextmanager
def _emptied(ground: Ground) -> Iterator[None]:
    """Keep two copies of the database without the co-op while the block runs: one for psql, one for us."""
    from django.db import connection

    from rochdale.shared.postgres import addresses, roles

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    server = addresses.server()
    try:
        for name in COPIES:
            with server.connect() as root:
                root.execute(f"CREATE DATABASE {name} TEMPLATE {addresses.DATABASE} OWNER {roles.OWNER} STRATEGY file_copy")
            with server.connect(roles.OWNER, name) as owner:
                owner.execute(f"DROP SCHEMA {ground.schema} CASCADE")
                roles.prepare_database(owner)
        yield
    finally:
        with server.connect() as root:
            for name in COPIES:
                root.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _as_owner(server: Any, name: str) -> dict[str, Any]:
    from rochdale.shared.postgres import roles

    return {
        "NAME": name,
        "USER": roles.OWNER,
        "PASSWORD": "",
        "HOST": str(server.socket_folder),
        "PORT": "",
        "OPTIONS": {"passfile": str(server.password_file(roles.OWNER))},
        "COOP_ROLES": False,
    }


def _load(archive: Path) -> tuple[float, float]:
    from django.db import transaction

    from rochdale.archives import checking, loading, manifest
    from rochdale.shared import coops

    began = time.perf_counter()
    with archive.open("rb") as file, transaction.atomic():
        found = manifest.read(io.BufferedReader(file.raw), most=1 << 40)
        [coop] = found.manifest.coops
        loading.load_coop(found, coop, coop.schema_name, moved=True)
        loaded = time.perf_counter()
        with coops.inside(coop.schema_name):
            assert checking.seals() == []
            broken = set(checking.broken(but=checking.ABOUT_SEALS)) - {"AU1", "L8"}
            assert not broken, broken
    return loaded - began, time.perf_counter() - loaded


def _timed(words: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return time.perf_counter() - began
