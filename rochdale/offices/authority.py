"""The one question: may this actor do this, now? Deny by default.

Asked by `shared.action` before every outermost action. It refuses nobody, closed co-ops, ended
terms, an access token beyond its scopes, and acts of weight without a fresh proof of identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import coops
from rochdale.shared.action import Description
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import queries, rules

log = structlog.get_logger("rochdale.offices")


class ProveYourself(Refusal):
    code = "offices.prove_yourself"
    status = 403
    may_retry = True
    text = _(
        "This act weighs heavily, so we ask you to show once more that it is you, with your second factor. "
        "Nothing was changed; do so and send it again within fifteen minutes."
    )


class CoopClosed(Refusal):
    code = "offices.coop_closed"
    status = 409
    text = _("This co-op is closed: it can be read, but nothing in it changes any more.")


def allows(actor: Actor, action: Description, given: Mapping[str, Any], now: datetime) -> bool:
    """Return whether the actor may do this now. Refuses with a code of its own what a proof could mend."""
    if _in_closed_coop() and actor.kind != "operator":
        raise CoopClosed()
    if not _in_general(actor, action, given, now):
        _write_down(actor, action)
        if _wants_second_factor(actor, action, given, now):
            raise ProveYourself()
        return False
    if action.strong and actor.kind == "person" and not (actor.strong and rules.fresh(actor.sure_at, now)):
        _write_down(actor, action)
        raise ProveYourself()
    return True


def _in_general(actor: Actor, action: Description, given: Mapping[str, Any], now: datetime) -> bool:
    if actor.kind == "person" and actor.person is None and actor.party is None:
        return False
    if actor.scopes is not None and (action.strong or action.code not in actor.scopes):
        return False
    if actor.desk_officer is not None and not queries.held_by(actor.desk_officer, now):
        return False
    return action.may.allows(actor, queries.held_by_actor(actor, now), given)


def _wants_second_factor(actor: Actor, action: Description, given: Mapping[str, Any], now: datetime) -> bool:
    """Return whether only a second factor is missing: an office of trust counts after one."""
    if actor.kind != "person" or actor.scopes is not None or actor.strong:
        return False
    return _in_general(replace(actor, strong=True), action, given, now)


def _in_closed_coop() -> bool:
    return coops.current() != "public" and cooperatives.state_of(coops.current()) == "closed"


def _write_down(actor: Actor, action: Description) -> None:
    """Log the attempt: which action, in which co-op, by what kind of actor; no person."""
    log.warning("action_denied", action=action.code, coop=coops.current(), actor_kind=actor.kind, via=actor.via)
