"""Recognise what the database itself refused: in an error that reached Python, and in the lines of its own log.

Append-only triggers and missing rights never refuse anybody who uses Rochdale as it is: each such error is
somebody, or some program, going round it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

STATES = frozenset({"23001", "42501"})
"""restrict_violation (our triggers), insufficient_privilege"""
REFUSED = "audit.refused_by_database"
_APPEND_ONLY = re.compile(r"append-only: (?P<what>[A-Z]+) on (?P<schema>\w+)\.(?P<table>\w+) is refused")
_BY_HAND = re.compile(r"ledger\.only_by_posting: (?P<what>[A-Z]+) of (?P<table>\w+) by hand")
_RIGHT = re.compile(
    r"(?P<what>permission denied for|must be owner of) (?:table|relation|schema|function|sequence) (?P<table>\w+)"
)


def said_by(error: BaseException) -> str | None:
    """Return what was refused ("UPDATE ledger_posting") where the database refused it on principle; else None."""
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "sqlstate", None) in STATES:
            return (subject(str(cause)) or ("", "refused"))[1]
        cause = cause.__cause__
    return None


def subject(text: str) -> tuple[str, str] | None:
    """Return the schema (empty: not said) and what was refused, from the database's own words; None for anything else."""
    found = _APPEND_ONLY.search(text)
    if found:
        return found["schema"], f"{found['what']} {found['table']}"
    found = _BY_HAND.search(text) or _RIGHT.search(text)
    return ("", f"{found['what']} {found['table']}") if found else None


def in_log(lines: Iterable[str]) -> Counter[tuple[str, str]]:
    """Count the refusals in lines of the server's log, by schema (empty: not said) and what was refused."""
    return Counter(found for line in lines if " ERROR: " in line and (found := subject(line)) is not None)
