"""Where the database is: from the environment, or the embedded server in the data root.

- `DATABASE_URL`: the owner's address (`postgresql://owner:secret@host/name`); migrations only.
- `DATABASE_APP_URL`: what web and workers connect as. Without it, it is DATABASE_URL as
  `rochdale_app`, with the password Rochdale made and keeps in the data root.
- `DATABASE_WORKER_URL`: a direct address for workers, which LISTEN, when the app's goes
  through a transaction pooler.
- `ROCHDALE_DATABASE_OPTIONS`: more connection options, such as Citus's `-c …` settings.
"""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path
from typing import Any, Literal

from psycopg.conninfo import conninfo_to_dict

from rochdale.shared import home

from . import roles
from .embedded import Server

PROGRAM = "rochdale"
"""How our programs name themselves to the database, followed by what tables they were written for."""

Who = Literal["owner", "app", "auditor", "worker"]
DATABASE = "rochdale"
_ROLE: dict[Who, str] = {"owner": roles.OWNER, "app": roles.APP, "worker": roles.APP, "auditor": roles.AUDITOR}
_POOL = {"min_size": 2, "max_size": 12, "timeout": 3, "max_lifetime": 600}


def is_embedded() -> bool:
    """Tell whether the embedded server is used: no address is given."""
    return not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_APP_URL"))


def folder() -> Path:
    """Return the folder of the embedded server and of the password files."""
    return home.data_root() / "postgres"


def server() -> Server:
    """Return the embedded server of this data root (one object per process)."""
    place = folder()
    if place not in _servers:
        _servers[place] = Server(place)
    return _servers[place]


_servers: dict[Path, Server] = {}


def arguments(who: Who) -> dict[str, Any]:
    """Return psycopg's connection arguments for one of our four users of the database."""
    found = server().address(_ROLE[who], DATABASE) if is_embedded() else _from_environment(who)
    found.setdefault("application_name", f"{PROGRAM} {program_mark()}")
    options = os.environ.get("ROCHDALE_DATABASE_OPTIONS", "")
    if options:
        found["options"] = " ".join(filter(None, [found.get("options"), options]))
    return found


def django_settings(who: Who = "app") -> dict[str, Any]:
    """Return a value for Django's `DATABASES["default"]`."""
    given = arguments(who)
    place = {key: str(given.pop(name, "")) for key, name in _PLACES.items()}
    return {
        "ENGINE": "rochdale.shared.postgres.backend",
        **place,
        "OPTIONS": {**given, "pool": dict(_POOL)} if who == "app" else given,
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "COOP_ROLES": who != "owner",
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


@functools.cache
def program_mark() -> str:
    """Return a short mark of the tables this program was written for: its migrations and SQL files, as it began.

    A program of another mark that is still connected is one that a change of tables could break.
    """
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for file in sorted([*root.glob("**/migrations/0*.py"), *root.glob("**/sql/*.sql")]):
        digest.update(file.relative_to(root).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:8]


_PLACES = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}


def _from_environment(who: Who) -> dict[str, Any]:
    owner, app = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_APP_URL", "")
    direct = os.environ.get("DATABASE_WORKER_URL", "")
    if who == "owner" and not owner:
        raise LookupError("Only the owner may do this: set DATABASE_URL to the owner's address.")
    given = {"owner": owner, "app": app, "worker": direct or app, "auditor": ""}[who]
    if given:
        return dict(conninfo_to_dict(given))
    derived = {key: value for key, value in conninfo_to_dict(owner or app).items() if key not in ("user", "password")}
    return {**derived, "user": _ROLE[who], "passfile": str(folder() / f"{_ROLE[who]}.pass")}
