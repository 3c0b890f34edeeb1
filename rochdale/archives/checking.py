"""Whether what was loaded holds: every numbered check of the books, and the seals."""

from __future__ import annotations

from rochdale.audit import verifying
from rochdale.shared import module

from .refused import BooksDoNotHold, SealsDoNotHold

ABOUT_SEALS = frozenset({"AU2"})
"""Looks at the newest seals only; `must_hold` has verified all of them."""


def broken(*, but: frozenset[str] = frozenset()) -> dict[str, int]:
    """Return the numbered truths that do not hold in the co-op of the moment, with how many rows break each.

    `but` are not looked at, because somebody just did.
    """
    found = {}
    for plug in module.installed():
        for rule in plug.invariants():
            if rule.number in but:
                continue
            rows = rule.offending()
            if rows:
                found[rule.number] = len(rows)
    return found


def must_hold() -> None:
    """Refuse a co-op whose seals or books contradict themselves; seals first, which name the very record."""
    findings = seals()
    if findings:
        raise SealsDoNotHold(findings="; ".join(findings[:3])[:300])
    wrong = broken(but=ABOUT_SEALS)
    if wrong:
        raise BooksDoNotHold(broken=", ".join(f"{number} ({rows} rows)" for number, rows in sorted(wrong.items())))


def seals() -> list[str]:
    """Return what the seals of the co-op of the moment do not fit; nothing where they all do."""
    return [finding.says for finding in verifying.verify().findings]
