"""Leaving and exclusion over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rochdale.members import queries, testing_leaving
from rochdale.members import testing as people
from rochdale.members.testing import NOW
from rochdale.members.testing_leaving import FACTS
from rochdale.members.testing_pages import Page
from rochdale.members.tests.test_api import call

pytestmark = pytest.mark.usefixtures("coop")
LATER = NOW + timedelta(days=20)


def test_a_member_reads_the_plan_gives_notice_and_takes_it_back() -> None:
    people.join("bruno")
    people.officer("carmen")
    bruno, carmen = Page("bruno"), Page("carmen")
    status, plan = call(bruno, "get", "members/me/leaving")
    assert (status, plan["earliest_on"], plan["steps"], plan["notice_given_at"]) == (200, "2026-04-01", [], None)
    assert plan["shares"][0]["way"] == "stays"
    assert call(bruno, "post", "members/me/leaving", {"last_on": "2026-03-03"})[1]["code"] == "members.last_day_too_early"
    assert call(bruno, "post", "members/me/leaving", {})[1]["last_on"] == "2026-04-01"
    [leaver] = call(carmen, "get", "members/leavers")[1]
    assert (leaver["number"], leaver["missing"]) == (1, [])
    assert call(bruno, "get", "members/leavers")[0] == 403
    assert call(bruno, "delete", "members/me/leaving")[0] == 204
    assert call(carmen, "get", "members/leavers")[1] == []


def test_a_case_goes_over_the_api() -> None:
    for name in ("grace", "hana"):
        people.officer(name)
    party = people.join("bruno")
    body = {"party": str(party), "ground": "breach_of_bylaws", "facts": FACTS}
    status, made = call(Page("grace"), "post", "members/exclusions", body)
    assert status == 200
    case = made["case"]
    testing_leaving.hand_over(case, "charge", NOW)
    [mine] = call(Page("bruno"), "get", "members/me/cases")[1]
    assert (mine["stage"], mine["facts"]) == ("hearing", FACTS)
    assert call(Page("bruno"), "post", f"members/exclusions/{case}/answers", {"words": "No."})[0] == 204
    decision = {"outcome": "excluded", "reasons": FACTS}
    early = call(Page("grace"), "post", f"members/exclusions/{case}/decision", decision)
    assert early[1]["code"] == "members.hearing_runs"
    assert call(Page("grace", LATER), "post", f"members/exclusions/{case}/decision", decision)[1] == {"decided": False}
    assert call(Page("hana", LATER), "post", f"members/exclusions/{case}/decision", decision)[1] == {"decided": True}
    assert call(Page("bruno", LATER), "post", f"members/exclusions/{case}/appeal", {"words": "It was not me."})[0] == 204
    refused = call(Page("grace", LATER), "post", f"members/exclusions/{case}/appeal/decision", {"upheld": True, "reasons": FACTS})
    assert refused[1]["code"] == "members.not_the_decider"
    assert call(Page("bruno"), "get", "members/exclusions")[0] == 403
    assert len(call(Page("hana"), "get", "members/exclusions")[1]) == 1
    assert queries.is_effective(party, LATER)
