"""The outbox: queued in a transaction, sent outside of any, and never twice by one key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, connection, transaction

from rochdale.messages import actions, jobs, queries, rules, transports
from rochdale.messages.models import Message
from rochdale.offices.testing import holds, officer
from rochdale.shared import clock, coops, may, module
from rochdale.shared.action import InsideOnly, NotAllowed, action
from rochdale.shared.actor import Actor, job, operator

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, CARMEN = uuid4(), uuid4()
WORKER = job("messages.deliver")
KINDS = (
    module.MessageKind("test.news", "News", legal_notice=False, template="messages/test_news"),
    module.MessageKind("test.notice", "Notice", legal_notice=True, template="messages/test_news"),
)


@action("test_messages.tell", may=may.everybody)
def tell(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    kind: str,
    channel: str,
    address: str,
    name: str,
    language: str = "",
    fail: bool = False,
) -> str:
    number: str = actions.queue(
        actor=actor,
        now=now,
        key=f"{key}:mail",
        kind=kind,
        channel=channel,
        address=address,
        context={"name": name},
        party=ADA,
        language=language,
    )
    if fail:
        raise RuntimeError("the business failed")
    return number


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    monkeypatch.setattr(apps.get_app_config("outbox"), "messages", lambda: KINDS)
    texts = {
        "messages/test_news.email.txt": "News for {{ name }}\n\nDear {{ name }},\nall is well & good.\n",
        "messages/test_news.sms.txt": "{% load i18n %}{{ name }}: all is well & good.\n",
        "messages/test_news.letter.txt": "News for {{ name }}\n\nDear {{ name }}.\n",
    }
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", texts)]},
        }
    ]
    with clock.at(NOW):
        yield


def told(key: str = "k", **given: Any) -> UUID:
    whole = {"kind": "test.news", "channel": "email", "address": "ada@example.org", "name": "Ada & Co", **given}
    return UUID(tell(actor=operator("test"), now=NOW, key=key, **whole))


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


def test_due_mail_goes_out_and_says_so(own_database) -> None:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        number = told()
    assert jobs.deliver(schema, simulated=False) == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ada@example.org"], "News for Ada & Co")
    with coops.inside(schema):
        assert queries.state(number) == "sent"
    assert jobs.deliver(schema, simulated=False) == 0, "once is enough"


def test_a_demo_sends_nothing_and_shows_all(own_database) -> None:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        number = told()
        told(key="s", channel="sms", address="+353861234567")
    assert jobs.deliver(schema, simulated=True) == 2
    assert mail.outbox == []
    with coops.inside(schema):
        assert queries.state(number) == "sent"


def waiting_jobs() -> int:
    with coops.public(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'messages.deliver_soon' AND status = 'todo'")
        return int(cursor.fetchone()[0])


def test_a_worker_is_woken_once_when_all_went_well(own_database) -> None:
    schema = own_database.coop.schema_name
    with pytest.raises(RuntimeError, match="business"), coops.inside(schema):
        told(fail=True)
    assert waiting_jobs() == 0
    with coops.inside(schema):
        told()
        told(key="other")
    assert waiting_jobs() == 1
    with coops.inside(schema):
        told(key="third")
    assert waiting_jobs() == 1
    assert jobs.deliver_soon(schema=schema) == 3


def test_every_place_is_delivered(own_database, settings: Any) -> None:
    with coops.inside(own_database.coop.schema_name):
        told()
    with coops.public():
        actions.queue_code(
            actor=operator("x"), now=NOW, key="c", kind="account.login_code", channel="sms", address="+353861234567",
            subject="", body="x", language="en",
        )  # fmt: skip
    assert jobs.deliver_everywhere() == 2
    assert jobs.deliver_soon(schema="public") == 0
    assert jobs.deliver_soon(schema="coop_gone") == 0
    assert jobs.forget_codes() == 0


def test_nothing_is_sent_inside_a_transaction(own_database, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        told()
    seen: list[bool] = []

    def look(message: queries.Letter, *, simulated: bool) -> str:
        seen.append(connection.in_atomic_block)
        return "ref"

    monkeypatch.setattr(transports, "hand_over", look)
    jobs.deliver(schema, simulated=False)
    assert seen == [False]


def test_a_failure_is_tried_again_later_and_at_last_given_up(own_database, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        number = told()

    def refuse(message: queries.Letter) -> str:
        raise ConnectionRefusedError("no route")

    monkeypatch.setattr(transports, "_by_email", refuse)
    moment, states = NOW, []
    for _attempt in range(rules.MOST_ATTEMPTS):
        with clock.at(moment):
            assert jobs.deliver(schema, simulated=False) == 0
            assert jobs.deliver(schema, simulated=False) == 0, "not before its time"
        with coops.inside(schema):
            states.append(queries.state(number))
        moment += timedelta(days=1)
    assert states == ["queued"] * 5 + ["failed"]
    with coops.inside(schema):
        assert [each.failure for each in queries.undelivered()] == ["ConnectionRefusedError"]


def test_one_bad_message_does_not_stop_the_others(own_database, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        told(key="bad", address="bad@example.org")
        told(key="good")
    real = transports._by_email

    def pick(message: queries.Letter) -> str:
        if message.address.startswith("bad"):
            raise OSError("bad")
        return real(message)

    monkeypatch.setattr(transports, "_by_email", pick)
    assert jobs.deliver(schema, simulated=False) == 1


def test_two_workers_never_claim_the_same(own_database) -> None:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        for number in range(6):
            told(key=f"k{number}")
    with coops.inside(schema):
        first = actions.claim_due(actor=WORKER, now=NOW, key="a", most=4)
        second = actions.claim_due(actor=WORKER, now=NOW, key="b", most=4)
    assert len(first) == 4
    assert len(second) == 2
    assert not set(first) & set(second)


def test_what_a_killed_worker_had_claimed_is_due_again(coop) -> None:
    told()
    assert len(actions.claim_due(actor=WORKER, now=NOW, key="a")) == 1
    assert actions.claim_due(actor=WORKER, now=NOW + timedelta(minutes=9), key="b") == []
    assert len(actions.claim_due(actor=WORKER, now=NOW + timedelta(minutes=11), key="c")) == 1


def test_only_a_claimed_message_can_be_marked(coop) -> None:
    number = told()
    with pytest.raises(actions.NoSuchMessage):
        actions.mark_sent(actor=WORKER, now=NOW, key="m", message=number, reference="x")
    with pytest.raises(actions.NoSuchMessage):
        actions.mark_failed(actor=WORKER, now=NOW, key="m", message=number, failure="x")


def test_only_jobs_deliver(coop) -> None:
    with pytest.raises(NotAllowed):
        actions.claim_due(actor=officer(ADA, NOW), now=NOW, key="a")


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
