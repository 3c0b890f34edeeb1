"""The ground of the API: who is asking, keys, and errors as problem documents."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import path
from ninja import Schema
from ninja.errors import HttpError

from rochdale.cooperatives.testing import log_in_for, signed_in
from rochdale.offices import actions as offices
from rochdale.offices import rules
from rochdale.offices.testing import officer
from rochdale.shared import api, clock, coops, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

ADA = uuid4()
whole = api.build(title="Test", version="1", namespace="test-api")


class Wish(Schema):
    amount: int


@action("test_api.wish", may=may.own("party"), about=("amount",))
def wish(*, actor: Actor, now: Any, key: str, party: UUID, amount: int) -> dict[str, Any]:
    """Wish for something."""
    return {"amount": amount, "number": str(uuid4())}


@whole.get("/me")
def me(request: Any) -> dict[str, Any]:
    actor = api.actor(request)
    return {"party": str(actor.party), "via": actor.via}


@whole.post("/wishes")
def make_wish(request: Any, given: Wish) -> dict[str, Any]:
    answer: dict[str, Any] = wish(actor=api.actor(request), now=clock.now(), key=api.key(request), party=ADA, amount=given.amount)
    return answer


@whole.get("/gone")
def gone(request: Any) -> None:
    from django.http import Http404

    raise Http404


@whole.get("/teapot")
def teapot(request: Any) -> None:
    raise HttpError(418, "short and stout")


urlpatterns = [path("api/", whole.urls)]
pytestmark = pytest.mark.urls("rochdale.shared.tests.test_api")


@pytest.fixture
def inside(coop, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Serve the test's addresses inside the co-op."""
    from rochdale.shared import links

    monkeypatch.setattr(links, "COOP_URLS", "rochdale.shared.tests.test_api")
    return coop


def token(*, scopes: tuple[str, ...] = ("read", "test_api.wish"), days: int = 30) -> str:
    made, now = rules.new_token(), clock.now()
    offices.issue_token(
        actor=officer(ADA, now),
        now=now,
        key=str(uuid4()),
        party=ADA,
        name="t",
        token_hash=rules.hash_of(made),
        scopes=list(scopes),
        days=days,
    )
    return made


def ask(where: str, *, bearer: str = "", body: Any = None, key: str = "", browser: Client | None = None) -> Any:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    headers |= {"Idempotency-Key": key} if key else {}
    address = f"/c/alpha/api/{where}"
    client = browser or Client()
    if body is None:
        return client.get(address, headers=headers)
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def problem(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = json.loads(answer.content)
    assert found["status"] == answer.status_code
    assert found["type"] == f"urn:rochdale:{found['code']}"
    return found


def test_a_token_reads(inside) -> None:
    assert ask("me", bearer=token()).json() == {"party": str(ADA), "via": "api"}


def test_a_token_writes_once_for_each_key(inside) -> None:
    bearer = token()
    first = ask("wishes", bearer=bearer, body={"amount": 3}, key="k1")
    again = ask("wishes", bearer=bearer, body={"amount": 3}, key="k1")
    assert first.status_code == 200
    assert first.json() == again.json()
    other = ask("wishes", bearer=bearer, body={"amount": 4}, key="k1")
    assert problem(other)["code"] == "shared.key_reused"
    assert other.status_code == 422


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_write_without_a_key_is_a_problem(inside, key: str) -> None:
    assert problem(ask("wishes", bearer=token(), body={"amount": 3}, key=key))["code"] == "shared.key_needed"


@pytest.mark.parametrize("bearer", ["roch_wrong", "x", "roch_" + "a" * 43])
def test_an_unknown_token_is_a_problem(inside, bearer: str) -> None:
    answer = ask("me", bearer=bearer)
    assert (answer.status_code, problem(answer)["code"]) == (401, "shared.sign_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_without_token_and_session_is_a_problem(inside) -> None:
    assert ask("me").status_code == 401


def test_an_expired_token_is_a_problem(inside) -> None:
    bearer = token(days=1)
    with clock.at(clock.now() + timedelta(days=2)):
        assert ask("me", bearer=bearer).status_code == 401


def test_a_bad_token_is_not_saved_by_a_session(inside) -> None:
    with coops.public():
        browser = signed_in(log_in_for("ada@example.org"))
    assert ask("me", bearer="roch_wrong", browser=browser).status_code == 401


def test_a_token_of_one_co_op_opens_no_other(inside, second_coop) -> None:
    bearer = token()
    answer = Client().get("/c/beta/api/me", headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == 401


def test_a_token_without_the_scope_reads_nothing(inside) -> None:
    answer = ask("me", bearer=token(scopes=("test_api.wish",)))
    assert (answer.status_code, problem(answer)["code"]) == (403, "offices.scope_needed")


def test_a_token_without_the_scope_writes_nothing(inside) -> None:
    answer = ask("wishes", bearer=token(scopes=("read",)), body={"amount": 3}, key="k")
    assert (answer.status_code, problem(answer)["code"]) == (403, "offices.not_allowed")


def test_bad_input_is_a_problem_that_names_the_field(inside) -> None:
    found = problem(ask("wishes", bearer=token(), body={"amount": "much"}, key="k"))
    assert (found["status"], found["code"]) == (422, "shared.invalid")
    assert found["faults"][0]["at"].endswith("amount")
    assert "much" not in json.dumps(found), "what was sent is not repeated"


def test_bad_input_does_not_use_up_the_key(inside) -> None:
    """T05."""
    bearer = token()
    ask("wishes", bearer=bearer, body={"amount": "much"}, key="k")
    assert ask("wishes", bearer=bearer, body={"amount": 3}, key="k").status_code == 200


def test_other_errors_are_problems_too(inside) -> None:
    bearer = token()
    assert problem(ask("gone", bearer=bearer))["code"] == "shared.not_found"
    assert problem(ask("teapot", bearer=bearer))["code"] == "shared.http_418"


def test_a_session_writes_only_with_its_csrf_token(inside) -> None:
    with coops.public():
        person = log_in_for("ada@example.org")
        browser = signed_in(person, client=Client(enforce_csrf_checks=True))
    assert ask("me", browser=browser).status_code == 200
    assert ask("wishes", browser=browser, body={"amount": 3}, key="k").status_code == 403
