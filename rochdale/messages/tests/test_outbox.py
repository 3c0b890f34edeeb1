"""The outbox: queued in a transaction, kept as it was said, and never twice by one key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from rochdale.messages import actions, queries, rules
from rochdale.messages.models import Message
from rochdale.messages.testing import ADA, NOW, told
from rochdale.offices.testing import holds, officer
from rochdale.shared.action import InsideOnly, NotAllowed
from rochdale.shared.actor import job, operator

pytestmark = pytest.mark.usefixtures("kinds")
CARMEN = uuid4()
WORKER = job("messages.deliver")


def test_a_message_is_rendered_and_waits(coop) -> None:
    number = told()
    (letter,) = queries.sent()
    assert (letter.id, letter.state, letter.subject) == (number, "queued", "News for Ada & Co")
    assert letter.body == "Dear Ada & Co,\nall is well & good.\n"
    assert letter.address == "ada@example.org"


def test_address_and_text_are_stored_encrypted(coop) -> None:
    told(name="Ada Byrne")
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text, to_sealed || subject_sealed || body_sealed FROM messages_message m")
        text, sealed = cursor.fetchone()
    for secret in (b"ada@example", b"Ada Byrne", b"all is well"):
        assert secret not in bytes(sealed)
        assert secret.decode() not in text


def test_nothing_is_queued_on_its_own(coop) -> None:
    with pytest.raises(InsideOnly):
        actions.queue(actor=operator("x"), now=NOW, key="k", kind="test.news", channel="email", address="a@b.org", context={})


def test_what_fails_sends_nothing(coop) -> None:
    with pytest.raises(RuntimeError, match="business"), transaction.atomic():
        told(fail=True)
    assert queries.sent() == []


def test_the_same_key_queues_once(coop) -> None:
    assert told() == told()
    assert len(queries.sent()) == 1


def test_an_undeclared_kind_is_refused(coop) -> None:
    with pytest.raises(actions.UnknownKind):
        told(kind="test.gossip")


@pytest.mark.parametrize("channel", ["pigeon", "../../x"])
def test_a_channel_without_a_text_is_refused(coop, channel: str) -> None:
    with pytest.raises(actions.NoTemplate):
        told(channel=channel)


def test_a_message_needs_an_address(coop) -> None:
    with pytest.raises(actions.NotAnAddress):
        told(address="  ")


def test_log_in_messages_are_of_their_own_kind(public_db) -> None:
    with pytest.raises(actions.UnknownKind):
        actions.queue_code(
            actor=operator("x"),
            now=NOW,
            key="k",
            kind="members.news",
            channel="sms",
            address="+353861234567",
            subject="",
            body="x",
            language="en",
        )


def stop(reason: str, address: str = "ADA@example.org") -> None:
    holds(CARMEN, "secretary", NOW)
    actions.stop_address(actor=officer(CARMEN, NOW), now=NOW, key="stop", address=address, reason=reason)


def test_who_unsubscribed_gets_no_news(coop) -> None:
    stop("unsubscribed")
    assert queries.state(told()) == "suppressed"


def test_who_unsubscribed_still_gets_legal_notices(coop) -> None:
    stop("unsubscribed")
    assert queries.state(told(kind="test.notice")) == "queued"


def test_an_address_that_bounced_gets_nothing_and_is_listed(coop) -> None:
    stop("bounced")
    number = told(kind="test.notice")
    assert [each.id for each in queries.undelivered()] == [number]


def test_an_address_can_be_allowed_again(coop) -> None:
    stop("bounced")
    actions.allow_address(actor=officer(CARMEN, NOW), now=NOW, key="allow", address="ada@example.org")
    assert queries.state(told()) == "queued"


def test_a_letter_waits_for_the_secretary(coop) -> None:
    holds(CARMEN, "secretary", NOW)
    number = told(channel="letter", address="1 Quay Street\nGalway")
    assert actions.claim_due(actor=WORKER, now=NOW, key="a") == []
    assert [each.id for each in queries.letters_to_print()] == [number]
    actions.print_letter(actor=officer(CARMEN, NOW), now=NOW, key="p", message=number)
    assert queries.letters_to_print() == []
    with pytest.raises(actions.NoSuchMessage):
        actions.print_letter(actor=officer(CARMEN, NOW), now=NOW, key="q", message=number)


def test_nobody_else_prints_letters(coop) -> None:
    number = told(channel="letter", address="1 Quay Street")
    with pytest.raises(NotAllowed):
        actions.print_letter(actor=officer(ADA, NOW), now=NOW, key="p", message=number)


def test_codes_are_forgotten_after_a_day(public_db) -> None:
    for key, at in (("old", NOW - timedelta(days=2)), ("new", NOW)):
        actions.queue_code(
            actor=operator("x"),
            now=at,
            key=key,
            kind="account.login_code",
            channel="sms",
            address="+353861234567",
            subject="",
            body=key,
            language="en",
        )
    assert actions.forget_codes(actor=job("messages.forget_codes"), now=NOW, key="f") == 1
    assert [each.body for each in queries.sent()] == ["new"]


def test_what_a_coop_said_cannot_be_deleted(coop) -> None:
    told()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Message.objects.all().delete()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE messages_message SET body_sealed = ''",
        "UPDATE messages_message SET kind = 'account.x'",
        "TRUNCATE messages_message",
    ],
)
def test_what_was_said_cannot_be_changed(coop, sql: str) -> None:
    told()
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("changes", "constraint"), [({"channel": "smoke"}, "messages_channel_known"), ({"state": "lost"}, "messages_state_known")]
)
def test_the_database_refuses_messages_that_cannot_be(coop, changes: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Message.objects.create(
            **{
                "key": "x",
                "kind": "x",
                "channel": "sms",
                "language": "en",
                "to_sealed": b"",
                "to_print": "",
                "body_sealed": b"",
                "queued_at": NOW,
                **changes,
            }
        )


def test_a_stop_needs_a_reason_we_know(coop) -> None:
    with pytest.raises(IntegrityError, match="messages_suppression_reason"), transaction.atomic():
        stop("boredom")


def test_an_export_holds_what_was_sent_to_one(coop) -> None:
    told()
    (line,) = queries.export(ADA)
    assert line["subject"] == "News for Ada & Co"


@pytest.mark.parametrize(
    ("text", "parts"),
    [("x" * 160, 1), ("x" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("नमस्ते" * 11, 1), ("न" * 71, 2), ("😀" * 36, 2)],
)
def test_length_of_an_sms(text: str, parts: int) -> None:
    assert rules.sms_parts(text) == parts


@pytest.mark.parametrize(
    ("address", "shown"), [("ada@example.org", "a…@example.org"), ("+353861234567", "+353…67"), ("1 Quay Street", "…")]
)
def test_masked_addresses(address: str, shown: str) -> None:
    assert rules.masked(address) == shown
