"""Members over the API."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from django.http import HttpResponse

from rochdale.members import queries
from rochdale.members import testing as people
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page
from rochdale.privacy import queries as privacy
from rochdale.shared import clock, coops

pytestmark = pytest.mark.usefixtures("coop")
KEYS = count(1)


def call(page: Page, method: str, path: str, body: Any = None, *, key: str = "") -> tuple[int, Any]:
    """Call the API as the page's person; return status and answer."""
    try:
        with clock.at(page.now):
            answer: HttpResponse = getattr(page.client, method)(
                f"/c/{page.slug}/api/v1/{path}",
                data=None if body is None else json.dumps(body),
                content_type="application/json",
                headers={"Idempotency-Key": key or f"api-{next(KEYS)}"},
            )
    finally:
        coops.enter(page.schema)
    return answer.status_code, json.loads(answer.content) if answer.content else None


def test_joining_shares_and_the_register_go_over_the_api() -> None:
    people.officer("grace")
    eve, grace = Page("eve"), Page("grace")
    status, applied = call(eve, "post", "members/applications", {"class_code": "listener", "details": {"name": "Eve Stone"}})
    assert status == 200
    status, waiting = call(grace, "get", "members/applications")
    assert [each["name"] for each in waiting] == ["Eve Stone"]
    path = f"members/applications/{applied['application']}/decision"
    assert call(grace, "post", path, {"admit": True})[0] == 204
    status, bought = call(eve, "post", "members/me/subscriptions", {"count": 3})
    assert (status, bought["owed"]) == (200, 3_000_000)
    status, me = call(eve, "get", "members/me")
    assert (me["number"], me["standing"], me["to_pay"][0]["owed"]) == (2, "non-member", 3_000_000)
    status, register = call(grace, "get", "members/register?sort=name")
    assert (status, register["count"]) == (200, 1)


def test_the_same_key_applies_once_and_another_body_is_refused() -> None:
    people.settle()
    people.known("eve")
    eve = Page("eve")
    body = {"class_code": "listener", "details": {"name": "Eve Stone"}}
    first = call(eve, "post", "members/applications", body, key="one")
    assert call(eve, "post", "members/applications", body, key="one") == first
    status, problem = call(eve, "post", "members/applications", body | {"class_code": "artist"}, key="one")
    assert (status, problem["code"]) == (422, "shared.key_reused")


def test_a_refusal_needs_its_reason_and_is_appealed() -> None:
    people.officer("grace")
    people.officer("hana")
    application = people.apply("eve", "listener")
    path = f"members/applications/{application}"
    status, problem = call(Page("grace"), "post", f"{path}/decision", {"admit": False})
    assert (status, problem["code"]) == (422, "members.reason_missing")
    refusal = {"admit": False, "reason_code": "details_not_proved"}
    assert call(Page("grace"), "post", f"{path}/decision", refusal)[0] == 204
    assert call(Page("eve"), "post", f"{path}/appeal", {"words": "look again"})[0] == 204
    assert call(Page("hana"), "post", f"{path}/decision", {"admit": True})[0] == 204
    status, mine = call(Page("eve"), "get", "members/me/applications")
    assert mine[0]["state"] == "appeal_upheld"


@pytest.mark.parametrize("field", ["role", "kyc", "balance", "tenant", "party"])
def test_nothing_slips_in_with_a_contact(field: str) -> None:
    """T23."""
    bruno = people.join("bruno")
    status, problem = call(Page("bruno"), "put", "members/me/contact", {"phone": "+1", field: "x"})
    assert (status, problem["code"]) == (422, "shared.invalid")
    assert call(Page("bruno"), "put", "members/me/contact", {"phone": "+353850000000"})[0] == 204
    assert (privacy.read(bruno, "contact") or {})["phone"] == "+353850000000"


def test_outsiders_say_a_purpose_and_strangers_get_nothing() -> None:
    people.join("bruno")
    eve = Page("eve")
    assert call(eve, "get", "members/me")[1]["code"] == "members.nobody_here"
    assert call(eve, "get", "members/register")[1]["code"] == "members.purpose_missing"
    assert call(eve, "get", "members/applications")[0] == 403
    status, shown = call(eve, "post", "members/register/looks", {"purpose": "To see who owns this co-op"})
    assert (status, shown["count"]) == (200, 1)
    assert len(queries.register_inspections()) == 1
    assert call(Page(), "get", "members/register")[0] == 401
    assert call(Page("bruno"), "get", "members/register?sort=nonsense")[1]["code"] == "members.unknown_sort"
    assert call(Page("bruno"), "post", "members/applications/404/decision", {"admit": True})[0] == 403
    people.officer("grace")
    assert call(Page("grace"), "post", "members/applications/404/decision", {"admit": True})[0] == 404
    assert NOW
