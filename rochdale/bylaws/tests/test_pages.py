"""The bylaws as people and programs read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import get_resolver

from rochdale.bylaws import packs, queries
from rochdale.bylaws import testing as bylaws
from rochdale.cooperatives import testing as people
from rochdale.shared import clock, coops

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTH = "bylaws.year_start_month"


@pytest.fixture
def founded(coop: Any) -> Any:
    bylaws.adopt(NOW, {MONTH: 4})
    return coop


def page(client: Any, path: str, status: int = 200) -> str:
    with clock.at(NOW + timedelta(days=10)):
        answer = client.get(f"/c/alpha/bylaws/{path}")
    assert answer.status_code == status, answer.content[:2000]
    return str(answer.content.decode())


def test_anybody_reads_the_bylaws_in_chapters_with_the_law_in_the_margin(founded: Any, client: Any) -> None:
    text = page(client, "")
    assert "Version 1 stands, adopted by test:1" in text
    assert "A financial year begins on the first day of April." in text
    assert "No lawyer has reviewed the law" in text
    assert "Chapters" in text
    assert "31 Oct 2025" in text
    assert all(f'id="{key}"' in text for key in bylaws.declared_keys())


def test_there_is_no_way_to_change_a_bylaw_on_a_page(founded: Any, client: Any) -> None:
    for path in ("", "history/", "versions/1/", f"rules/{MONTH}/", "law/ie/"):
        assert 'method="post"' not in page(client, path).partition("<main")[2].partition("</main>")[0]
        with clock.at(NOW + timedelta(days=10)):
            client.post(f"/c/alpha/bylaws/{path}", {MONTH: 7})
    with coops.inside(founded.schema_name):
        assert [edition.number for edition in queries.editions()] == [1]
        assert queries.value(MONTH, at=NOW + timedelta(days=10)) == 4


def test_before_the_founding_the_page_says_what_is_missing(coop: Any, client: Any) -> None:
    assert "being founded" in page(client, "")
    assert "The first version begins" in page(client, "history/")
    page(client, "law/ie/", 409)


def test_a_coming_version_is_announced_and_compared(founded: Any, client: Any) -> None:
    bylaws.adopt(NOW + timedelta(days=20), {MONTH: 7})
    text = page(client, "")
    assert "A new version is coming" in text
    assert "first day of April" in text
    compared = page(client, "versions/1/to/2/")
    assert "1 rule differs" in compared
    assert "first day of July" in compared
    assert "first day of April" in compared
    history = page(client, "history/")
    assert history.index("Version 2") < history.index("Version 1")
    assert "stands now" in history


def test_a_rule_has_a_page_with_every_value_it_had(founded: Any, client: Any) -> None:
    bylaws.adopt(NOW + timedelta(days=1), {MONTH: 7})
    text = page(client, f"rules/{MONTH}/")
    assert text.index("first day of July") < text.index("first day of April")
    assert "rochdale.bylaws.queries.documents.financial_year" in text
    page(client, "rules/bylaws.colour/", 404)


@pytest.mark.parametrize("name", bylaws.PACKS)
def test_a_packs_page_counts_what_the_program_reads(founded: Any, client: Any, name: str) -> None:
    pack = packs.load(name)
    used, shown_only = queries.counted(pack.rows)
    assert used > 0
    text = page(client, f"law/{name}/")
    assert f"{len(pack.rows)} rules: {used} read by the program, {shown_only} shown only" in text
    assert text.count("shown only</span>") == shown_only
    assert all(f'id="{key}"' in text for key in pack.rows)
    assert "accepted by test:1" in text


def test_a_pack_or_version_that_is_not_ours_is_not_found(founded: Any, client: Any) -> None:
    for path in ("law/uk/", "law/nowhere/", "versions/9/", "versions/1/to/9/", f"versions/{10**30}/"):
        page(client, path, 404)


def api(client: Any, path: str, status: int = 200, **query: str) -> Any:
    with clock.at(NOW + timedelta(days=10)):
        with coops.public():
            people.signed_in(people.log_in_for("finn@example.org"), client=client)
        answer = client.get(f"/c/alpha/api/v1/bylaws/{path}", query)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_the_api_says_what_the_page_says(founded: Any, client: Any) -> None:
    whole = api(client, "")
    assert (whole["version"], whole["act"], whole["currency"]) == (1, "test:1", "EUR")
    rules = {rule["key"]: rule for rule in whole["rules"]}
    assert rules[MONTH]["value"] == 4
    assert {pack["name"] for pack in whole["packs"]} == set(bylaws.PACKS)
    assert [each["version"] for each in api(client, "versions")] == [1]
    assert api(client, "versions/1")["version"] == 1
    row = {row["key"]: row for row in api(client, "packs/ie")["rows"]}["members.min"]
    assert (row["bound"], row["status"], row["accepted"]) == ("at least 7", "BACKGROUND", True)
    assert row["used_by"]


def test_the_api_refuses_by_code(founded: Any, client: Any) -> None:
    assert api(client, "versions/7", 404)["code"] == "bylaws.no_such_version"
    assert api(client, "packs/uk", 422)["code"] == "bylaws.unknown_pack"
    assert api(client, "", 409, at="2020-01-01T00:00:00Z")["code"] == "bylaws.none_standing"
    for bad in ("2026-03-10T12:00:00", "0001-01-01T00:00:00+14:00", "soon"):
        assert api(client, "", 422, at=bad)["code"] == "shared.invalid"


def test_every_page_of_ours_is_in_the_urls() -> None:
    names = {name for name in get_resolver("rochdale.bylaws.urls").reverse_dict if isinstance(name, str)}
    assert names == {"document", "history", "version", "difference", "rule", "pack", "law_changes"}
