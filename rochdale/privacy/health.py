"""How the key files of this host are, and whether its database writes names into a log: for the doctor. Changes nothing."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import coops, keys
from rochdale.shared.module import HealthLine

from . import queries

HOST = "host"
NONE_YET = "none yet"
SAYS = {
    "shared.key_missing": "missing: names and contacts are closed; restore the file, or rochdale keys combine",
    "shared.key_exposed": "open to others: chmod 600, then rochdale keys rotate",
    "shared.key_damaged": "damaged: restore the file, or rochdale keys combine",
    "shared.key_foreign": "another co-op's key: names and contacts are closed; restore the right file",
    "shared.key_command_failed": "its program (ROCHDALE_KEY_COMMAND) does not open it",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one key."""

    name: str
    schema: str
    ok: bool
    says: str
    generations: tuple[int, ...] = ()
    kept_elsewhere: bool = False


def of_keys() -> Iterator[Found]:
    """Look at the host's key and at every co-op's."""
    with coops.public():
        known = [(each.slug, each.schema_name) for each in cooperatives.everyone()]
    for name, schema in [(HOST, coops.PUBLIC), *known]:
        with coops.inside(schema):
            yield _look(name, schema)


def open_folder() -> str:
    """Return the rights of the folder of keys if others may enter it, else the empty text."""
    place = keys.path_of(coops.PUBLIC).parent
    rights = stat.S_IMODE(place.stat().st_mode) if place.exists() else 0
    return f"{rights:o}" if rights & (stat.S_IRWXG | stat.S_IRWXO) else ""


def lines() -> Iterator[HealthLine]:
    """Tell the doctor of the key files and of the server's own log."""
    yield from _key_lines()
    yield _log_line()


def _key_lines() -> Iterator[HealthLine]:
    found = list(of_keys())
    for each in found:
        if not each.ok:
            yield HealthLine("key file", False, f"{each.name}: {each.says}", "See docs/howto/keep-the-keys.md.")
    wrong = sum(not each.ok for each in found)
    yield HealthLine("key files", not wrong, f"{sum(bool(each.generations) for each in found)} open here", "See above.", wrong)
    unkept = [each.name for each in found if each.generations and not each.kept_elsewhere and each.schema != coops.PUBLIC]
    if unkept:
        shown = ", ".join(unkept[:5]) + (" …" if len(unkept) > 5 else "")
        says = f"nothing is noted for {shown}: rochdale keys split or export"
        yield HealthLine("keys kept elsewhere", True, says, number=len(unkept))
    if rights := open_folder():
        yield HealthLine("folder of keys", False, f"others may enter it (rights {rights})", "chmod 700 on it.")


_QUIET = {
    "log_min_error_statement": ("panic", "fatal", "log"),
    "log_statement": ("none",),
    "log_min_duration_statement": ("-1",),
    "log_error_verbosity": ("terse",),
    "log_parameter_max_length_on_error": ("0",),
}
"""Settings under which the server's own log repeats no statement and no row."""
_SETTINGS = (
    "SELECT name, setting FROM pg_settings WHERE name IN ('log_min_error_statement', 'log_statement', "
    "'log_min_duration_statement', 'log_error_verbosity', 'log_parameter_max_length_on_error')"
)


def _log_line() -> HealthLine:
    with coops.public(), connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
        loud = [f"{name} = {value}" for name, value in cursor.fetchall() if value not in _QUIET[name]]
    return HealthLine(
        "server's log",
        not loud,
        "repeats no statements" if not loud else f"may repeat names and addresses: {', '.join(loud)}",
        "Set them as docs/howto/keep-the-keys.md says.",
    )


def _look(name: str, schema: str) -> Found:
    checks = queries.recorded_checks() if schema != coops.PUBLIC else None
    used = keys.host_had_key() if schema == coops.PUBLIC else checks is not None
    if not used and not keys.has_key(schema):
        return Found(name, schema, True, NONE_YET)
    try:
        ring = keys.ring(schema)
        if checks and not checks & set(ring.checks.values()):
            raise keys.KeyForeign(file=keys.path_of(schema).name)
    except keys.KeyMissing as refused:
        return Found(name, schema, False, SAYS[refused.code])
    wrapped = "ok, wrapped by a program" if keys.state(schema).wrapped else "ok"
    return Found(name, schema, True, wrapped, tuple(sorted(ring.generations)), queries.kept_elsewhere(ring.newest))
