"""Queue a message, claim what is due, say what became of it; stop and allow addresses; print letters."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from rochdale.shared import coops, ids, keys, logs, may, module
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import rules
from .models import Message, Suppression

CHANNELS = ("email", "sms", "letter")


class UnknownKind(Refusal):
    code = "messages.unknown_kind"
    status = 422
    text = _("No module sends messages of the kind {kind}. Nothing was queued.")


class NoTemplate(Refusal):
    code = "messages.no_template"
    status = 422
    text = _("There is no text for {kind} by {channel}. Nothing was queued; choose another channel.")


class NoSuchMessage(Refusal):
    code = "messages.no_such_message"
    status = 404
    text = _("There is no such message waiting. Nothing was changed.")


class NotAnAddress(Refusal):
    code = "messages.not_an_address"
    status = 422
    text = _("A message needs an address to go to. Nothing was queued.")


@action("messages.queue", may=may.inside)
def queue(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    kind: str,
    channel: str,
    address: str,
    context: Mapping[str, Any],
    party: UUID | None = None,
    person: UUID | None = None,
    language: str = "",
) -> str:
    """Render a message in the reader's language and put it in the outbox; returns its id.

    It goes out when the transaction has ended well. The same key queues once. A suppressed address
    gets nothing, except that a legal notice still goes to who only unsubscribed. Refuses kinds no
    module declared, a channel without a text, and an empty address.
    """
    declared = _declared(kind)
    name = f"{declared.template}.{channel}.txt"
    rendered = _rendered(name, context, language=language, kind=kind, channel=channel)
    subject, body = ("", rendered.strip()) if channel == "sms" else rules.subject_and_body(rendered)
    return _put(
        now=now, key=key, kind=kind, channel=channel, address=address, subject=subject, body=body,
        party=party, person=person, language=language or translation.get_language() or "en",
        legal_notice=declared.legal_notice, template=name,
    )  # fmt: skip


@action("messages.queue_code", may=may.everybody, recorded=False)
def queue_code(
    *, actor: Actor, now: datetime, key: str, kind: str, channel: str, address: str, subject: str, body: str, language: str
) -> str:
    """Put a log-in message of the host (a code, a link) in the public outbox; it is deleted after a day.

    Kinds start with `account.`; the log-in library rendered the text.
    """
    if not kind.startswith("account."):
        raise UnknownKind(kind=kind[:80])
    return _put(
        now=now,
        key=key,
        kind=kind,
        channel=channel,
        address=address,
        subject=subject,
        body=body,
        language=language,
        legal_notice=True,
    )


def _put(
    *,
    now: datetime,
    key: str,
    kind: str,
    channel: str,
    address: str,
    subject: str,
    body: str,
    language: str,
    legal_notice: bool,
    party: UUID | None = None,
    person: UUID | None = None,
    template: str = "",
) -> str:
    address = address.strip()
    if not address:
        raise NotAnAddress()
    mark = keys.fingerprint(address)
    number = ids.new_id()
    row = Message(
        id=number, key=key, kind=kind, channel=channel, legal_notice=legal_notice, language=language, template=template,
        recipient_party=party, recipient_person=person, to_print=mark, queued_at=now,
        to_sealed=keys.encrypt_text(address, about=f"message:{number}:to"),
        subject_sealed=keys.encrypt_text(subject, about=f"message:{number}:subject") if subject else None,
        body_sealed=keys.encrypt_text(body, about=f"message:{number}:body"),
        state=_first_state(channel, mark, legal_notice), next_try_at=None if channel == "letter" else now,
    )  # fmt: skip
    Message.objects.bulk_create([row], ignore_conflicts=True)
    if row.next_try_at is not None:
        _deliver_soon(coops.current())
    return str(Message.objects.values_list("id", flat=True).get(key=key))


@action("messages.claim_due", may=may.jobs, recorded=False)
def claim_due(*, actor: Actor, now: datetime, key: str, most: int = 50) -> list[str]:
    """Claim messages that are due, so that no other worker sends them too; returns their ids.

    Whoever claims sends outside any transaction and then says what became of it. A claim that
    nobody finished within ten minutes is due again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "stale": now - rules.CLAIM_LASTS, "most": most})
        return [str(row[0]) for row in cursor.fetchall()]


_CLAIM = """
    UPDATE messages_message SET state = 'sending', claimed_at = %(now)s, attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM messages_message
        WHERE (state = 'queued' AND next_try_at <= %(now)s) OR (state = 'sending' AND claimed_at < %(stale)s)
        ORDER BY next_try_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""


@action("messages.mark_sent", may=may.jobs, recorded=False)
def mark_sent(*, actor: Actor, now: datetime, key: str, message: UUID, reference: str) -> None:
    """Say that a claimed message was handed over; `reference` is what the carrier called it."""
    changed = Message.objects.filter(pk=message, state="sending").update(
        state="sent", sent_at=now, reference=reference[:120], failure=""
    )
    if changed != 1:
        raise NoSuchMessage()


@action("messages.mark_failed", may=may.jobs, recorded=False)
def mark_failed(*, actor: Actor, now: datetime, key: str, message: UUID, failure: str) -> str:
    """Say that handing over a claimed message failed: it waits and is tried again, at most six times; returns its state."""
    attempts = Message.objects.filter(pk=message, state="sending").values_list("attempts", flat=True).first()
    if attempts is None:
        raise NoSuchMessage()
    wait = rules.wait_before(attempts)
    state = "failed" if wait is None else "queued"
    changed = Message.objects.filter(pk=message, state="sending", attempts=attempts).update(
        state=state, failure=logs.scrubbed(failure)[:200], next_try_at=None if wait is None else now + wait
    )
    if changed != 1:
        raise NoSuchMessage()
    return state


@action("messages.print_letter", may=may.office("secretary"), about=("message",))
def print_letter(*, actor: Actor, now: datetime, key: str, message: UUID) -> None:
    """Say that a waiting letter was printed and posted."""
    changed = Message.objects.filter(pk=message, channel="letter", state="queued").update(
        state="printed", sent_at=now, attempts=F("attempts") + 1
    )
    if changed != 1:
        raise NoSuchMessage()


@action("messages.stop_address", may=may.office("secretary") | may.jobs, about=("reason",))
def stop_address(*, actor: Actor, now: datetime, key: str, address: str, reason: str) -> None:
    """Stop writing to an address: `unsubscribed` (legal notices still go) or `bounced` (nothing goes)."""
    mark = keys.fingerprint(address)
    Suppression.objects.filter(to_print=mark).delete()
    Suppression.objects.create(to_print=mark, reason=reason, since=now)


@action("messages.allow_address", may=may.office("secretary"))
def allow_address(*, actor: Actor, now: datetime, key: str, address: str) -> None:
    """Write to an address again: its owner asked for it, or mended it."""
    Suppression.objects.filter(to_print=keys.fingerprint(address)).delete()


@action("messages.forget_codes", may=may.jobs, recorded=False)
def forget_codes(*, actor: Actor, now: datetime, key: str) -> int:
    """Delete the host's log-in messages that are older than a day; returns how many."""
    gone, _each = Message.objects.filter(kind__startswith="account.", queued_at__lt=now - rules.CODES_ARE_KEPT).delete()
    return gone


def _deliver_soon(schema: str) -> None:
    """Wake a worker once this transaction has ended well; without one, the tick of each minute delivers."""
    if any(getattr(each[1], "schema", "") == schema for each in connection.run_on_commit):
        return

    def wake() -> None:
        with contextlib.suppress(AlreadyEnqueued), coops.public():
            jobs.configure_task("messages.deliver_soon", queueing_lock=f"messages.deliver:{schema}").defer(schema=schema)

    wake.schema = schema  # type: ignore[attr-defined]  # so that one transaction wakes it once
    transaction.on_commit(wake)


def _declared(kind: str) -> module.MessageKind:
    for plug in module.installed():
        for each in plug.messages():
            if each.code == kind:
                return each
    raise UnknownKind(kind=kind[:80])


def _rendered(name: str, context: Mapping[str, Any], *, language: str, kind: str, channel: str) -> str:
    if channel not in CHANNELS:
        raise NoTemplate(kind=kind, channel=channel[:20])
    try:
        template = get_template(name)
    except TemplateDoesNotExist:
        raise NoTemplate(kind=kind, channel=channel) from None
    with translation.override(language or translation.get_language()):
        return str(template.template.render(Context(dict(context), autoescape=False)))  # type: ignore[attr-defined]  # the Django backend's


def _first_state(channel: str, mark: str, legal_notice: bool) -> str:
    reason = Suppression.objects.filter(to_print=mark).values_list("reason", flat=True).first()
    if reason is None or (legal_notice and reason == "unsubscribed") or channel == "letter":
        return "queued"
    return "suppressed"
