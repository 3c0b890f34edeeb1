"""The nightly backup, and archives that officers asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from rochdale.audit import actions as audit
from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops, home, ids

from . import actions, keeping, queries, rules

log = structlog.get_logger("rochdale.archives")


def back_up() -> None:
    """Write a backup of the host where the settings say, and prune older ones; does nothing where they say nothing."""
    if not settings.ROCHDALE_BACKUPS:
        return
    keep = rules.keep_of(settings.ROCHDALE_BACKUP_KEEP)
    try:
        made = keeping.back_up_host(Path(settings.ROCHDALE_BACKUPS), now=clock.now(), keep=keep)
    except Exception as fault:
        log.error("backup_failed", fault=f"{type(fault).__name__}: {fault}"[:300])
        with coops.public():
            audit.alert(code="archives.backup_failed", subject="host", now=clock.now(), details={"fault": type(fault).__name__})
        raise
    log.info("backup_made", file=made.path.name, size=made.size, pruned=len(made.pruned))


def make_exports() -> None:
    """Write the archives that officers asked for and agreed to, and remove those that have run out."""
    with coops.public():
        found = [(coop.slug, coop.schema_name) for coop in cooperatives.everyone()]
    for slug, schema in found:
        with coops.inside(schema):
            wanted = queries.to_write()
        for number in wanted:
            _make(slug, schema, number)
    _tidy()


def _make(slug: str, schema: str, number: int) -> None:
    place = keeping.export_path(schema, number)
    place.unlink(missing_ok=True)  # of a run that was killed before it could write down the result
    given: dict[str, Any] = {}
    try:
        made = keeping.back_up_coop(slug, place, now=clock.now())
        with place.open("rb") as file:
            given = {"size": made.size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    except Exception as fault:  # the officers are told, and can ask again
        log.error("export_failed", coop=schema, fault=f"{type(fault).__name__}: {fault}"[:300])
        given = {"failure": type(fault).__name__}
    with coops.inside(schema):
        key = ids.derived_key("export", number)
        actions.keep_export(actor=actors.job("archives.make_exports"), now=clock.now(), key=key, export=number, **given)


def _tidy() -> None:
    now = clock.now().timestamp()
    for file in (home.data_root() / "archives").glob("*.tar"):
        if now - file.stat().st_mtime > queries.EXPORT_LASTS.total_seconds():
            file.unlink(missing_ok=True)
