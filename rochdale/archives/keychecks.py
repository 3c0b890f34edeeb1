"""Whether the keys here are the ones an archive was made with, told by check values that give none away."""

from __future__ import annotations

from rochdale.shared import keys


def of(schema: str) -> str:
    """Return the check value of a key's newest generation ("public": the host's); empty where there is no key."""
    if not keys.has_key(schema):
        return ""
    found = keys.ring(schema)
    return found.checks[found.newest]


def state(schema: str, told: str) -> str:
    """Say whether the key here "fits" what an archive tells, is "other", or "missing"; it may have newer generations."""
    if not keys.has_key(schema):
        return "missing"
    return "fits" if not told or told in keys.ring(schema).checks.values() else "other"
