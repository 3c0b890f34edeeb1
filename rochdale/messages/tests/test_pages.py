"""The secretary's letters, one's own messages, and the simulator of a demo."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from rochdale.cooperatives import actions as accounts
from rochdale.cooperatives import queries as cooperatives
from rochdale.cooperatives.testing import signed_in
from rochdale.members import testing as members
from rochdale.messages import actions, queries
from rochdale.shared import clock, coops
from rochdale.shared.actor import NOBODY


@pytest.fixture(autouse=True)
def people(coop: Any) -> Iterator[None]:
    with clock.at(members.NOW):
        for name in ("ada", "carmen"):
            members.join(name)
        yield


def browser_of(name: str) -> Client:
    with coops.public():
        person = cooperatives.person(members.log_in(name))
    assert person is not None
    return signed_in(person, strong=True)


def put(channel: str, *, address: str, subject: str) -> UUID:
    return UUID(
        actions._put(
            now=members.NOW, key=str(uuid4()), kind="members.notice", channel=channel, address=address, subject=subject,
            body="Dear member.", language="en", legal_notice=True, party=members.known("ada"),
        )
    )  # fmt: skip


def test_the_secretary_prints_and_posts_a_letter() -> None:
    number = put("letter", address="1 Toad Lane\nRochdale", subject="Your notice")
    carmen = browser_of("carmen")
    assert "Your notice" in carmen.get("/c/alpha/messages/letters/").content.decode()
    assert "1 Toad Lane" in carmen.get(f"/c/alpha/messages/letters/{number}/").content.decode()
    assert carmen.post(f"/c/alpha/messages/letters/{number}/posted/", {"key": "k"}).status_code == 303
    coops.enter("coop_alpha")
    assert queries.state(number) == "printed"


def test_a_letter_that_is_not_there_is_said_so() -> None:
    assert browser_of("carmen").get(f"/c/alpha/messages/letters/{uuid4()}/").status_code == 404


def test_nobody_else_reads_letters() -> None:
    number = put("letter", address="1 Toad Lane", subject="Your notice")
    assert browser_of("ada").get(f"/c/alpha/messages/letters/{number}/").status_code == 403


def test_a_member_sees_what_was_sent_to_them() -> None:
    put("email", address="ada@example.org", subject="<b>Hello</b>")
    text = browser_of("ada").get("/c/alpha/messages/mine/").content.decode()
    assert "<b>Hello" not in text
    assert "<b>Hello</b>" in html.unescape(text)
    assert "Hello" not in browser_of("carmen").get("/c/alpha/messages/mine/").content.decode()


def test_the_simulator_is_for_demo_hosts_only(settings: Any) -> None:
    put("sms", address="+353861234567", subject="")
    assert Client().get("/c/alpha/messages/sent/").status_code == 404
    with members.inside(), coops.public():
        schema = accounts.open_coop(
            actor=NOBODY, now=members.NOW, key="k", slug="play", name="Play", purpose="Playing", kit="music", currency="EUR",
            time_zone="UTC", languages=["en"], country="IE", is_demo=True,
        )  # fmt: skip
    with coops.inside(schema), members.inside():
        actions._put(
            now=members.NOW, key="m", kind="members.notice", channel="sms", address="+353861234567", subject="",
            body="Dear member.", language="en", legal_notice=True,
        )  # fmt: skip
    assert Client().get("/c/play/messages/sent/").status_code == 404
    settings.ROCHDALE_DEMO = True
    assert "+353861234567" in Client().get("/c/play/messages/sent/").content.decode()


def test_log_in_codes_are_shown_on_demo_hosts_only(settings: Any) -> None:
    with coops.public():
        actions.queue_code(
            actor=NOBODY, now=members.NOW, key="c", kind="account.login_code", channel="sms", address="+353861234567",
            subject="", body="ABC-123", language="en",
        )  # fmt: skip
    assert Client().get("/simulator/").status_code == 404
    settings.ROCHDALE_DEMO = True
    assert "ABC-123" in Client().get("/simulator/").content.decode()
