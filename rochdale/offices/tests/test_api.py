"""The API of offices, the trail and messages, as a member, by token, and as a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from rochdale.members import testing as members
from rochdale.offices import actions, rules
from rochdale.shared import clock


@pytest.fixture(autouse=True)
def people(coop: Any) -> Iterator[None]:
    with clock.at(members.NOW):
        for name in ("ada", "bruno"):
            members.join(name)
        yield


def token_of(name: str) -> str:
    made = rules.new_token()
    actor = members.actor(name)
    assert actor.party is not None
    actions.issue_token(
        actor=actor,
        now=members.NOW,
        key=str(uuid4()),
        party=actor.party,
        name="t",
        token_hash=rules.hash_of(made),
        scopes=["read"],
        days=1,
    )
    return made


def ask(where: str, bearer: str = "") -> Any:
    return Client().get(f"/c/alpha/api/v1/{where}", headers={"Authorization": f"Bearer {bearer}"} if bearer else {})


def test_a_member_asks_who_holds_which_office() -> None:
    answer = ask("offices/", token_of("bruno"))
    assert answer.status_code == 200
    assert [each["office"] for each in answer.json()] == ["treasurer"]


def test_a_member_asks_who_they_are() -> None:
    answer = ask("offices/me", token_of("ada")).json()
    assert (answer["offices"], answer["scopes"]) == (["treasurer"], ["read"])


def test_a_token_shows_only_the_trail_of_its_owner() -> None:
    """An officer's token reads less than the officer: the acts of all are for a whole session."""
    bruno, ada = token_of("bruno"), token_of("ada")
    for bearer in (bruno, ada):
        lines = ask("audit/", bearer).json()
        assert len({line["party"] for line in lines}) == 1


def test_a_member_reads_their_messages() -> None:
    assert ask("messages/mine", token_of("bruno")).status_code == 200


@pytest.mark.parametrize("where", ["offices/", "offices/me", "audit/", "messages/mine"])
def test_strangers_read_nothing(where: str) -> None:
    assert ask(where).status_code == 401


@pytest.mark.parametrize(
    "where", ["audit/?before=x", "audit/?limit=0", "audit/?action='; DROP TABLE x", "messages/mine?limit=9999"]
)
def test_bad_questions_are_problems(where: str) -> None:
    """T21: nothing typed reaches a statement."""
    assert ask(where, token_of("bruno")).status_code == 422
