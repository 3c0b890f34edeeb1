"""The API does what its OpenAPI document says: made-up requests of every operation, by people with rights.

Nothing may break (5xx), every answer has a documented status, type and shape, and every write asks for
its Idempotency-Key. Strangers are the business of `test_every_door_is_guarded.py`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from ninja import Schema
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from rochdale.members import actions as people
from rochdale.members import testing as members
from rochdale.offices import actions as offices
from rochdale.offices import queries as scopes
from rochdale.offices import rules
from rochdale.project import api
from rochdale.project.wsgi import application
from rochdale.sectors.music import testing as music
from rochdale.shared import clock, coops

PREFIX = "/api/v1/"
ADDRESS = "/c/alpha/api/v1"
NOW = members.NOW
EXAMPLES = 6
WRITES = {"post", "put", "patch", "delete"}

load_all_checks()
WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(api.build().get_openapi_schema(path_prefix=PREFIX), default=str))
    return found


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            yield method, path, said


def test_every_operation_says_what_it_does_and_answers() -> None:
    silent = [
        (method, path)
        for method, path, said in operations()
        if not said.get("summary")
        or not said.get("description")
        or not said.get("tags")
        or not any(status.startswith("2") for status in said["responses"])
        or "4XX" not in said["responses"]
    ]
    assert silent == []


def test_every_good_answer_but_an_empty_one_has_a_shape() -> None:
    shapeless = [
        (method, path, status)
        for method, path, said in operations()
        for status, answer in said["responses"].items()
        if status != "204" and not all(each.get("schema") for each in answer.get("content", {"": {}}).values())
    ]
    assert shapeless == []


def test_every_write_documents_its_key() -> None:
    for method, path, said in operations():
        keys = [each for each in said["parameters"] if each["name"] == "Idempotency-Key"]
        assert len(keys) == (method in WRITES), (method, path)


def test_operations_and_schemas_are_named_once() -> None:
    """The document knows schemas by name alone: of two with one name, the wrong one would be shown."""
    names = Counter(said["operationId"] for _method, _path, said in operations())
    assert {name for name, often in names.items() if often > 1} == set()
    schemas = Counter(each.__name__ for each in every_schema(Schema) if each.__module__.startswith("rochdale."))
    assert {name for name, often in schemas.items() if often > 1} - {"Strict"} == set()


def every_schema(above: type[Schema]) -> Iterator[type[Schema]]:
    """Every class of bodies and answers there is, in whichever file of a module's API it stands."""
    for each in above.__subclasses__():
        yield each
        yield from every_schema(each)


@dataclass(frozen=True)
class House:
    """Alpha Music with people in it: their tokens, and ids that made-up requests may name."""

    tokens: dict[str, str]
    known: dict[str, Any]


def furnish() -> dict[str, Any]:
    """Put into Alpha Music what made-up requests may meet: members, money, a track, an application, a share to pay."""
    for name in ("ada", "bruno", "carmen", "finn", "grace"):
        members.join(name, NOW)
    bruno = members.known("bruno", NOW)
    music.top_up(bruno, "10", NOW)
    bought = people.buy_shares(actor=members.actor("bruno", NOW), now=NOW, key=str(uuid4()), party=bruno, count=1)
    track = music.track("First Light", music.artist("Bruno Okafor", NOW, party=bruno), NOW)
    return {
        "track": track.pk,
        "party": str(bruno),
        "subscription": bought["subscription"],
        "application": members.apply("eve", "listener", NOW),
        "year": NOW.year,
        "number": 1,
        "name": "ie",
        "currency": "EUR",
        "amount": 5_000_000,
        "rail": "cash",
    }


def token_of(name: str) -> str:
    """Return an access token of a named person with every scope a token may have."""
    made, by = rules.new_token(), members.actor(name, NOW)
    assert by.party is not None
    offices.issue_token(
        actor=by,
        now=NOW,
        key=str(uuid4()),
        party=by.party,
        name="contract",
        token_hash=rules.hash_of(made),
        scopes=["read", *scopes.grantable_scopes()],
        days=30,
    )
    return made


@pytest.fixture
def house(own_database: Any) -> Iterator[House]:
    """Alpha Music is alive; tokens of an artist who listens, the treasurer and the secretary. The clock stands still."""
    with clock.at(NOW):
        with coops.inside(own_database.coop.schema_name):
            members.settle(NOW - timedelta(days=30))
            known = furnish()
            tokens = {name: token_of(name) for name in ("bruno", "ada", "carmen")}
        yield House(tokens, known)


def tried(house: House, operation: Any, most: int, call: Callable[[Any, str], None]) -> None:
    """Make up requests of an operation and call each with one of the tokens; every second one names what is there."""
    bearers, numbers = list(house.tokens.values()), count()

    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def asked(case: Any) -> None:
        number = next(numbers)
        if number % 2:
            for given_here in (case.path_parameters, case.body):
                if isinstance(given_here, dict):
                    given_here.update({name: value for name, value in house.known.items() if name in given_here})
        call(case, bearers[number // 2 % len(bearers)])

    asked()


def described() -> list[Any]:
    schema = schemathesis.openapi.from_wsgi(f"{ADDRESS}/openapi.json", application)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.slow
def test_made_up_requests_get_documented_answers(house: House) -> None:
    checks = [check for check in CHECKS.get_all() if check.__name__ in WANTED]
    assert len(checks) == len(WANTED)
    wrong: list[str] = []
    seen: Counter[int] = Counter()

    def call(case: Any, bearer: str) -> None:
        try:
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"}, checks=checks)
        except FailureGroup as failed:
            wrong.extend(f"{case.operation.label}: {each}" for each in failed.exceptions)
        else:
            seen[answer.status_code] += 1

    found = described()
    for operation in found:
        tried(house, operation, EXAMPLES, call)
    assert wrong == []
    assert len(found) == len(list(operations()))
    assert seen[200] > len(found), "made-up requests reach what there is, not only refusals"


def test_every_write_without_its_key_is_refused(house: House) -> None:
    """The body is right, so that nothing but the key is missing; no request may change anything."""
    writes = [operation for operation in described() if operation.method.lower() in WRITES]
    codes: dict[str, set[str]] = {operation.label: set() for operation in writes}

    def call(case: Any, bearer: str) -> None:
        case.headers = {}
        answer = case.call(headers={"Authorization": f"Bearer {bearer}"})
        assert 400 <= answer.status_code < 500
        codes[case.operation.label].add(json.loads(answer.content)["code"])

    for operation in writes:
        tried(house, operation, 6, call)
    assert {label for label, found in codes.items() if "shared.key_needed" not in found} == set()


def test_an_address_nobody_has_is_a_problem_document(coop: Any, client: Any) -> None:
    answer = client.get(f"{ADDRESS}/no/such/thing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(answer.content)["code"] == "shared.not_found"


def test_a_zone_that_postgresql_does_not_know_is_read_all_the_same(coop: Any, client: Any) -> None:
    members.settle(NOW - timedelta(days=30))
    answer = client.get(f"{ADDRESS}/bylaws/", {"at": "2026-03-02T12:00:00+16:36"})
    assert answer.status_code == 200
