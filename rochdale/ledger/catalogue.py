"""What the modules declared: accounts that may be opened and kinds that may be posted."""

from __future__ import annotations

from functools import cache

from rochdale.shared import module
from rochdale.shared.module import AccountPlan, PostingKind

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
    """Return the plan of an account code, or None when no module declares it."""
    return extra_plans.get(code) or _plans().get(code)


def posting_kind(code: str) -> PostingKind | None:
    """Return a declared kind of posting, or None."""
    return extra_kinds.get(code) or _kinds().get(code)


def account_plans() -> list[AccountPlan]:
    """Return all declared accounts, core first."""
    return list((_plans() | extra_plans).values())


def posting_kinds() -> list[PostingKind]:
    """Return all declared kinds, core first."""
    return list((_kinds() | extra_kinds).values())
