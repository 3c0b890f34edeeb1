"""The drill: a backup is only one when it has been restored. Last night's file goes into a throw-away server.

The server is an embedded one of its own, so that the drill needs no right on the real database and cannot
touch it; the books and seals of every co-op are checked there, and a dated proof is kept.
"""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from rochdale.shared import actor as actors
from rochdale.shared import home
from rochdale.shared.postgres import migrations, roles, setup
from rochdale.shared.postgres.embedded import Server

from . import manifest, restoring

DATABASE = "drill"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a drill showed: which file, made when, how many co-ops and rows, how long it took, and what was wrong."""

    file: str
    made_at: str
    drilled_at: str
    coops: int
    rows: int
    seconds: float
    closed: list[str]
    failure: str = ""


def drill(file: Path, *, now: datetime, most: int) -> Proof:
    """Restore a backup into a throw-away server, check everything, keep the proof, and clean up.

    What is refused or broken becomes the proof's `failure`: a drill that fails is a result, and kept too.
    """
    began = time.monotonic()
    made_at, found, failure = "", None, ""
    try:
        with file.open("rb") as content:
            archive = manifest.read(content, most=most)
            made_at = archive.manifest.made_at
            found = _restored(archive, now)
    except Exception as fault:  # whatever stops a restore is what the drill is for
        failure = f"{type(fault).__name__}: {' '.join(str(fault).split())}"[:400]
    seconds = round(time.monotonic() - began, 1)
    coops, rows, closed = (found.coops, found.rows, found.closed) if found else (0, 0, [])
    proof = Proof(file.name, made_at, now.isoformat(), coops, rows, seconds, closed, failure)
    _keep(proof)
    return proof


def latest() -> Proof | None:
    """Return the proof of the latest drill, or None."""
    kept = sorted(folder().glob("*.json"))
    return Proof(**json.loads(kept[-1].read_text())) if kept else None


def moment_of(proof: Proof) -> datetime:
    """Return when a drill was made."""
    return datetime.fromisoformat(proof.drilled_at)


def folder() -> Path:
    """Return where the proofs are kept."""
    return home.data_root() / "drills"


def _restored(archive: manifest.Archive, now: datetime) -> restoring.Restored:
    place = home.data_root() / "drill"
    _clean(place)
    server = Server(place / "postgres")
    server.hold()
    try:
        setup.prepare_server(server, DATABASE)
        with setup.connected_as(_as_owner(server)):
            migrations.migrate(always=True)
            operator = actors.operator("rochdale backup drill")
            return restoring.restore_host(archive, actor=operator, now=now, erasures=[], without_keys=True)
    finally:
        server.let_go()
        shutil.rmtree(place, ignore_errors=True)


def _as_owner(server: Server) -> dict[str, object]:
    return {
        "NAME": DATABASE,
        "USER": roles.OWNER,
        "PASSWORD": "",
        "HOST": str(server.socket_folder),
        "PORT": "",
        "OPTIONS": {"passfile": str(server.password_file(roles.OWNER))},
        "COOP_ROLES": False,
    }


def _clean(place: Path) -> None:
    """Stop and remove what a drill that was killed left behind."""
    if (place / "postgres").exists():
        left = Server(place / "postgres")
        left.hold()
        left.let_go()
    shutil.rmtree(place, ignore_errors=True)


def _keep(proof: Proof) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    name = proof.drilled_at.replace(":", "").replace("+0000", "Z")
    (folder() / f"{name}.json").write_text(json.dumps(asdict(proof), indent=1) + "\n")
