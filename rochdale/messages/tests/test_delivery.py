"""Delivery: claimed in one transaction, sent in none, marked in another, tried again later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from rochdale.messages import actions, jobs, queries, rules, transports
from rochdale.messages.models import Message
from rochdale.messages.testing import ADA, NOW, told
from rochdale.offices.testing import officer
from rochdale.shared import clock, coops, keys
from rochdale.shared.action import NotAllowed
from rochdale.shared.actor import job, operator

pytestmark = pytest.mark.usefixtures("kinds")
WORKER = job("messages.deliver")


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


def test_where_the_key_is_missing_messages_wait_and_those_of_others_go_out(
    own_database, tmp_path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ROCHDALE_DEMO = False
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
    schema, other = own_database.coop.schema_name, own_database.second_coop.schema_name
    with coops.inside(schema):
        number = told()
    with coops.inside(other):
        told(key="other")
    kept = keys.portable(schema)
    keys.path_of(schema).unlink()
    assert jobs.deliver_everywhere() == 1
    with coops.inside(schema):
        assert queries.state(number) == "queued"
    keys.adopt(schema, kept)
    assert jobs.deliver_everywhere() == 1


def test_what_the_carrier_says_is_kept_without_the_address(own_database, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        number = told()

    def refuse(message: Any, **more: Any) -> str:
        raise transports.NotHandedOver("{'ada@example.org': (550, b'no such user')}")

    monkeypatch.setattr(transports, "hand_over", refuse)
    jobs.deliver(schema, simulated=False)
    with coops.inside(schema):
        found = Message.objects.get(pk=number).failure
    assert "550" in found
    assert "ada@" not in found
