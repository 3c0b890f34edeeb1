"""`rochdale doctor`: is everything as it should be, and if not, what to do."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import connection

import rochdale
from rochdale.shared import clock, coops, home, module
from rochdale.shared.jobs import STALLED_SECONDS
from rochdale.shared.postgres import addresses, migrations, roles

FREE_BYTES = 2 << 30
CLOCK_SECONDS = 2.0
OLDEST_SERVER = 150000


Line = module.HealthLine


def examine() -> list[Line]:
    """Look at everything; a look that itself fails becomes a line that says so. Reads only."""
    lines: list[Line] = []
    for what, look in (*_LOOKS, *((plug.label, plug.health) for plug in module.installed())):
        try:
            with coops.public():
                lines += look()
        except Exception as fault:  # the doctor reports a broken part and goes on
            lines.append(
                Line(what, False, f"could not be looked at: {fault}".strip(), "Mend what the message says and look again.")
            )
    return lines


def _versions() -> Iterator[Line]:
    parts = ", ".join(f"{name} {version(name)}" for name in ("django", "psycopg", "procrastinate"))
    yield Line(
        "versions",
        sys.version_info >= (3, 11),
        f"Rochdale {rochdale.__version__}, Python {platform.python_version()}, {parts}",
        "Use Python 3.11 or newer.",
    )


def _database() -> Iterator[Line]:
    number, name, where = _row(
        "SELECT current_setting('server_version_num')::int, current_database(), current_setting('server_version')"
    )
    kind = (
        f"embedded in {addresses.folder()}"
        if addresses.is_embedded()
        else f"given, {connection.settings_dict['HOST'] or 'socket'}"
    )
    yield Line("database", number >= OLDEST_SERVER, f"PostgreSQL {where}, {name}, {kind}", "Use PostgreSQL 15 or newer.")


def _roles() -> Iterator[Line]:
    wanted = (roles.APP, roles.AUDITOR, roles.COOPS)
    found = {row[0] for row in _rows("SELECT rolname FROM pg_roles")}
    lacking = [role for role in wanted if role not in found]
    yield Line(
        "roles",
        not lacking,
        "app, auditor, co-ops" if not lacking else f"missing: {', '.join(lacking)}",
        "Run `rochdale migrate`.",
    )
    yield from app_rights()


def app_rights() -> Iterator[Line]:
    """Look whether the app connects as a user who could undo what protects the books."""
    who, *strong = _row(
        "SELECT session_user::text, rolsuper, rolcreaterole, rolinherit, rolbypassrls FROM pg_roles WHERE rolname = session_user"
    )
    yield Line(
        "app's rights",
        not any(strong),
        f"connected as {who}" + (", which may do more than the app should" if any(strong) else ""),
        f"Let DATABASE_APP_URL connect as {roles.APP}: neither superuser nor CREATEROLE, and NOINHERIT.",
    )
    owned = int(_row("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relowner = session_user::regrole")[0])
    yield Line(
        "tables owned by the app", owned == 0, str(owned), f"Let DATABASE_APP_URL connect as {roles.APP}, which owns nothing."
    )


def _schemas() -> Iterator[Line]:
    places = [coops.PUBLIC, coops.TEMPLATE, *coops.everywhere()]
    reached = migrations.reached()
    wanted = migrations.fingerprint()
    behind = [schema for schema in places if reached.get(schema) != wanted]
    shown = ", ".join(behind[:5]) + (" …" if len(behind) > 5 else "")
    yield Line(
        "tables",
        not behind,
        f"{len(places) - 2} co-ops up to date" if not behind else f"behind: {shown}",
        "Run `rochdale migrate`.",
    )


def _disk() -> Iterator[Line]:
    free = shutil.disk_usage(home.data_root() if home.data_root().exists() else "/").free
    yield Line(
        "disk",
        free >= FREE_BYTES,
        f"{free / (1 << 30):.1f} GB free at {home.data_root()}",
        "Make room: PostgreSQL stops when the disk is full.",
    )


def _clocks() -> Iterator[Line]:
    before = datetime.now(UTC)
    there = _row("SELECT clock_timestamp()")[0]
    after = datetime.now(UTC)
    off = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    yield Line("clock", off <= CLOCK_SECONDS, f"host and database differ by {off:.1f} s", "Let both machines keep time (NTP).")
    held = abs((clock.now() - after).total_seconds()) > CLOCK_SECONDS * 10
    yield Line(
        "held clock",
        not held,
        "runs" if not held else f"stands at {clock.now():%Y-%m-%d %H:%M} (demo)",
        "Only a demo may hold the clock.",
    )


def _mail() -> Iterator[Line]:
    backend = str(settings.EMAIL_BACKEND).rpartition(".")[0].rpartition(".")[2]
    if backend != "smtp":
        yield Line("mail", True, f"not sent by SMTP but by the {backend} back end")
        return
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT), timeout=5).close()
    except OSError as refused:
        yield Line("mail", False, f"{where} does not answer ({refused})", "Set the mail server in the environment, or start it.")
        return
    yield Line("mail", True, f"{where} answers")


def _worker() -> Iterator[Line]:
    last, waiting, failed = _row(
        "SELECT (SELECT max(last_heartbeat) FROM procrastinate_workers), "
        "(SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at < now())), "
        "(SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed')"
    )
    age = (datetime.now(UTC) - last).total_seconds() if last else None
    lives = age is not None and age <= STALLED_SECONDS
    says = f"last heard {age:.0f} s ago" if age is not None else "no worker has ever been heard"
    yield Line("worker", lives, f"{says}, {waiting} jobs wait", "Start `rochdale serve` (or `rochdale serve --worker-only`).")
    yield Line("failed jobs", failed == 0, str(failed), "Read why in the worker's log; `procrastinate_jobs` keeps them.")


def _rows(line: str) -> list[tuple[Any, ...]]:
    with coops.public(), connection.cursor() as cursor:
        cursor.execute(line)
        return list(cursor.fetchall())


def _row(line: str) -> tuple[Any, ...]:
    return _rows(line)[0]


_LOOKS: tuple[tuple[str, Callable[[], Iterable[Line]]], ...] = (
    ("versions", _versions),
    ("database", _database),
    ("roles", _roles),
    ("tables", _schemas),
    ("disk", _disk),
    ("clock", _clocks),
    ("mail", _mail),
    ("worker", _worker),
)
