"""What a monitor reads: counts by route and code, gauges from the database, and nothing personal."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rochdale.project import metrics as page
from rochdale.shared import metrics, module

pytestmark = pytest.mark.usefixtures("public_db")


@pytest.fixture(autouse=True)
def looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor's findings of this test only."""
    monkeypatch.setattr(page, "_health", {})
    monkeypatch.delenv("ROCHDALE_METRICS_TOKEN", raising=False)


def number(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} ([0-9.e+-]+)$", text, re.MULTILINE)
    assert found, f"{name} is not among the metrics"
    return float(found[1])


def read(client: Any, **headers: str) -> str:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_requests_are_counted_by_their_route_and_not_by_what_was_asked_for(client: Any) -> None:
    client.get("/c/ada-lovelace/members/")
    client.get("/healthz")
    text = read(client)
    assert number(text, 'rochdale_requests_total{method="GET",route="/healthz",status="200"}') >= 1
    assert number(text, 'rochdale_requests_total{method="GET",route="nowhere",status="404"}') >= 1
    assert "lovelace" not in text


def test_the_queue_the_tables_and_the_doctor_are_gauges(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plug = next(module.installed())
    line = module.HealthLine("last backup", False, "30 hours old", "Make one.", number=108000.0)
    monkeypatch.setattr(type(plug), "health", lambda self: [line])
    text = read(client)
    assert number(text, 'rochdale_queue_jobs{state="failed"}') == 0
    assert number(text, "rochdale_schemas_behind") >= 0
    assert number(text, 'rochdale_health{what="last backup"}') == 0
    assert number(text, 'rochdale_health_number{what="last backup"}') == 108000


def test_a_refusal_is_counted_by_its_code(client: Any) -> None:
    name = 'rochdale_refusals_total{code="shared.members_only"}'
    metrics.REFUSALS.labels("shared.members_only").inc()
    before = number(read(client), name)
    metrics.REFUSALS.labels("shared.members_only").inc()
    assert number(read(client), name) == before + 1


def test_each_answer_has_a_number_of_its_own(client: Any) -> None:
    numbers = {client.get("/healthz")["X-Request-ID"] for _turn in range(3)}
    assert len(numbers) == 3


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 200),
        ("", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("s3cret", {}, 404),
        ("s3cret", {"Authorization": "Bearer s3cre"}, 404),
        ("s3cret", {"Authorization": "Bearer s3cret", "X-Forwarded-For": "203.0.113.9"}, 200),
    ],
)
def test_only_who_may_ask_is_answered(
    token: str, headers: dict[str, str], status: int, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROCHDALE_METRICS_TOKEN", token)
    assert client.get("/metrics", headers=headers).status_code == status


def test_another_machine_is_not_answered_without_a_token(client: Any) -> None:
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
