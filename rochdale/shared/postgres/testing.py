"""The tests' database: one throw-away server, a template built once for each state of the
migrations, and copies of it (35 ms in memory).

Loaded as an early pytest plugin (`-p` in pyproject.toml), so that the settings already see
the tests' own data root. The fixtures are in `conftest.py`. `ROCHDALE_TEST_POSTGRES` names
another PostgreSQL: a major version as Debian installs it (15), or a folder of programs.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from . import programs, rights, roles, setup
from .embedded import SETTINGS, Server

CHECKOUT = Path(__file__).parents[3]
FREE_MEMORY = 1 << 30
KEEP_TEMPLATES = 6
_numbers = itertools.count(1)


def _base() -> Path:
    """Return the folder of everything the tests keep: in memory where there is a free gigabyte."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= FREE_MEMORY
    digest = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]
    return (memory if roomy else Path(tempfile.gettempdir())) / f"rochdale-tests-{os.geteuid()}-{digest}"


BASE = _base()
os.environ["ROCHDALE_HOME"] = str(BASE / "home")
(BASE / "home" / "static").mkdir(parents=True, exist_ok=True)
for _name in ("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_WORKER_URL"):
    os.environ.pop(_name, None)


def _make_server() -> Server:
    wanted = os.environ.get("ROCHDALE_TEST_POSTGRES", "")
    folder = Path(f"/usr/lib/postgresql/{wanted}/bin") if wanted.isdigit() else Path(wanted)
    found = programs.in_folder(folder) if wanted else programs.of_the_wheel()
    careless = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
    return Server(BASE / f"postgres-{found.major}", found, {**SETTINGS, **careless, "max_connections": "400"})


server = _make_server()


def start() -> None:
    """Start or join the tests' server; data that a crash has damaged (fsync is off) are made anew."""
    try:
        server.hold()
    except programs.NoServer:
        if server.running() is not None:
            raise
        shutil.rmtree(server.data, ignore_errors=True)
        server.hold()
    with server.connect() as root:
        setup.make_roles(root, {role: server.password(role) for role in (roles.OWNER, roles.APP, roles.AUDITOR)})


def settings_for(database: str, role: str = roles.APP) -> dict[str, Any]:
    """Return what Django's `DATABASES["default"]` is, for one database and role of the tests' server."""
    return {
        "NAME": database,
        "USER": role,
        "PASSWORD": "",
        "HOST": str(server.socket_folder),
        "PORT": "",
        "OPTIONS": {"passfile": str(server.password_file(role))},
        "COOP_ROLES": role != roles.OWNER,
    }


def template(fill: Callable[[], None]) -> str:
    """Return the name of the template database for today's migrations; build it if nobody has yet.

    `fill` is called once, as the owner, after all schemas are migrated: for what all tests share.
    """
    from . import migrations  # loaded late: Django is set up by then

    name = f"template_{_fingerprint()}"
    _hold_template(name)
    with server.connect() as root:
        root.execute("SELECT pg_advisory_lock(hashtext('rochdale tests'))")
        _tidy(root)
        if _exists(root, name):
            return name
        draft = f"draft_{os.getpid()}"
        setup.prepare_server(server, draft)
        with setup.connected_as(settings_for(draft, roles.OWNER)):
            migrations.migrate(always=True)
            fill()
        root.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


@contextmanager
def copy_of(name: str) -> Iterator[str]:
    """Copy a database, yield the copy's name, and drop the copy."""
    copy = f"copy_{os.getpid()}_{next(_numbers)}"
    with server.connect() as root:
        line = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy"
        root.execute(sql.SQL(line).format(*map(sql.Identifier, (copy, name, roles.OWNER))))
    try:
        with server.connect(roles.OWNER, copy) as owner:
            roles.prepare_database(owner)  # a database's own rights are not copied
        yield copy
    finally:
        with server.connect() as root:
            root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))


def connect(role: str, database: str | None = None) -> psycopg.Connection[Any]:
    """Connect directly, autocommit, as one of the server's roles; to the test's database unless another is named."""
    from django.db import connection

    return server.connect(role, database or str(connection.settings_dict["NAME"]))


def _fingerprint() -> str:
    """Return a hash of everything the template is made from."""
    digest = hashlib.sha256()
    folders = ("migrations", "sql")
    files = [
        file for file in (CHECKOUT / "rochdale").rglob("*") if file.parent.name in folders and file.suffix in (".py", ".sql")
    ]
    files += [file for file in (CHECKOUT / "rochdale").rglob("models*") if _has_no_migrations(file)]
    files += [CHECKOUT / "conftest.py", *(Path(__file__).with_name(name) for name in ("setup.py", "roles.py", "rights.py"))]
    for file in sorted(files):
        if file.is_file():
            digest.update(str(file.relative_to(CHECKOUT)).encode() + file.read_bytes())
    digest.update(json.dumps([asdict(change) for change in rights.declared()]).encode())
    digest.update(repr([version(name) for name in ("django", "procrastinate", "django-allauth")]).encode())
    digest.update(repr((sys.version_info[:2], _modules())).encode())
    return digest.hexdigest()[:16]


def _has_no_migrations(models: Path) -> bool:
    return not list(models.parent.glob("migrations/0*.py"))


def _modules() -> list[str]:
    from django.conf import settings

    return list(settings.INSTALLED_APPS)


def _exists(root: psycopg.Connection[Any], name: str) -> bool:
    return _first(root, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", name)


def _first(root: psycopg.Connection[Any], line: LiteralString, name: str) -> bool:
    found = root.execute(line, [name]).fetchone()
    return found is not None and bool(found[0])


def _hold_template(name: str) -> None:
    """Keep others from dropping the template as long as this process lives."""
    holder = server.connect()
    holder.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", [name])
    _holders.append(holder)


_holders: list[psycopg.Connection[Any]] = []


def _tidy(root: psycopg.Connection[Any]) -> None:
    """Drop copies whose process is gone, and all but the newest templates that nobody holds."""
    found = [str(row[0]) for row in root.execute("SELECT datname FROM pg_database ORDER BY oid")]
    gone = [name for name in found if name.startswith(("copy_", "draft_")) and not _lives(int(name.split("_")[1]))]
    templates = [name for name in found if name.startswith("template_")][:-KEEP_TEMPLATES]
    unused = [name for name in templates if _first(root, "SELECT pg_try_advisory_xact_lock(hashtext(%s))", name)]
    for name in gone + unused:
        with contextlib.suppress(psycopg.Error):
            root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
