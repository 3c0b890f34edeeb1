"""What the modules declared: accounts that may be opened and kinds that may be posted.

Accounts that came with other books are known too, in the co-op whose books they are.
"""

from __future__ import annotations

from functools import cache

from rochdale.shared import module
from rochdale.shared.module import AccountPlan, PostingKind

from .queries.rows import one
from .reader.charts import IMPORTED

extra_plans: dict[str, AccountPlan] = {}
extra_kinds: dict[str, PostingKind] = {}
"""Declared by tests and benches on top of the plugs; empty in a running house."""


@cache
def _plans() -> dict[str, AccountPlan]:
    return {plan.code: plan for plug in module.installed() for plan in plug.accounts()}


@cache
def _kinds() -> dict[str, PostingKind]:
    return {kind.code: kind for plug in module.installed() for kind in plug.posting_kinds()}


def account_plan(code: str) -> AccountPlan | None:
    """Return the plan of an account code, or None when no module declares it and it did not come with other books."""
    return extra_plans.get(code) or _plans().get(code) or _imported(code)


def _imported(code: str) -> AccountPlan | None:
    """Return the plan of an account of other books; read anew each time, for another co-op has others."""
    if code.split(".")[1:2] != [IMPORTED]:
        return None
    found = one("SELECT title, kind, party IS NOT NULL FROM ledger_importedaccount WHERE code = %s ORDER BY id LIMIT 1", [code])
    return AccountPlan(code=code, title=found[0], kind=found[1], per="party" if found[2] else "co-op") if found else None


def posting_kind(code: str) -> PostingKind | None:
    """Return a declared kind of posting, or None."""
    return extra_kinds.get(code) or _kinds().get(code)


def account_plans() -> list[AccountPlan]:
    """Return all declared accounts, core first."""
    return list((_plans() | extra_plans).values())


def posting_kinds() -> list[PostingKind]:
    """Return all declared kinds, core first."""
    return list((_kinds() | extra_kinds).values())
