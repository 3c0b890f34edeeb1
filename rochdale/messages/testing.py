"""Makers for tests: kinds of messages with their texts, and an action that sends one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps

from rochdale.shared import clock, may, module
from rochdale.shared.action import action
from rochdale.shared.actor import Actor, operator

from . import actions

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = uuid4()
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


@pytest.fixture
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
