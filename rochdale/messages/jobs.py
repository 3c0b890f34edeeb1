"""Deliver what is due, in public and in each co-op: claim in one transaction, send in none, mark in another."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.conf import settings
from procrastinate.contrib.django import app

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import clock, coops, keys
from rochdale.shared.actor import job

from . import actions, queries, transports

log = structlog.get_logger("rochdale.messages")
_ACTOR = job("messages.deliver")
ROUND = 50


def deliver_everywhere() -> int:
    """Deliver what is due in public and in every open co-op; returns how many were handed over."""
    with coops.public():
        places = [(coop.schema_name, coop.is_demo) for coop in cooperatives.everyone() if coop.state != "closed"]
    handed = deliver(coops.PUBLIC, simulated=settings.ROCHDALE_DEMO)
    for schema, is_demo in places:
        handed += deliver(schema, simulated=is_demo)
    return handed


def deliver(schema: str, *, simulated: bool) -> int:
    """Deliver what is due in one schema; nothing is sent inside a transaction.

    Where the co-op's key is missing its messages wait, and those of the others go out.
    """
    handed = 0
    while True:
        try:
            with coops.inside(schema):
                numbers = actions.claim_due(actor=_ACTOR, now=clock.now(), key="claim", most=ROUND)
                waiting = [message for message in (queries.to_send(UUID(number)) for number in numbers) if message is not None]
        except keys.KeyMissing as closed:
            log.error("messages.closed", schema=schema, code=closed.code)
            return handed
        for message in waiting:
            handed += _deliver_one(schema, message, simulated=simulated)
        if len(waiting) < ROUND:
            return handed


@app.task(name="messages.deliver_soon")
def deliver_soon(schema: str) -> int:
    """Deliver what has just been queued in one schema."""
    with coops.public():
        coop = next((each for each in cooperatives.everyone() if each.schema_name == schema), None)
    if coop is None:
        return deliver(coops.PUBLIC, simulated=settings.ROCHDALE_DEMO) if schema == coops.PUBLIC else 0
    return deliver(schema, simulated=coop.is_demo)


def forget_codes() -> int:
    """Delete the host's log-in messages of yesterday."""
    with coops.public():
        return int(actions.forget_codes(actor=job("messages.forget_codes"), now=clock.now(), key="forget"))


def _deliver_one(schema: str, message: queries.Letter, *, simulated: bool) -> int:
    try:
        reference = transports.hand_over(message, simulated=simulated)
    except transports.NotHandedOver as fault:
        log.warning("message_not_handed_over", message=str(message.id), kind=message.kind, coop=schema, fault=str(fault))
        with coops.inside(schema):
            actions.mark_failed(actor=_ACTOR, now=clock.now(), key=str(message.id), message=message.id, failure=str(fault))
        return 0
    with coops.inside(schema):
        actions.mark_sent(actor=_ACTOR, now=clock.now(), key=str(message.id), message=message.id, reference=reference)
    return 1
