"""The pages of leaving and exclusion, as the member, the officers and strangers see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse

from rochdale.members import leaving_jobs, queries, testing_leaving
from rochdale.members import testing as people
from rochdale.members.testing import NOW
from rochdale.members.testing_leaving import FACTS
from rochdale.members.testing_pages import Page
from rochdale.payments import testing as desk
from rochdale.shared import clock
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")
AFTER = NOW + timedelta(days=40)
REASONS = "He was heard, did not deny it, and would not promise to stop."


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_member_reads_what_leaving_means_gives_notice_and_takes_it_back() -> None:
    bruno = people.join("bruno")
    people.officer("ada")
    desk.top_up(bruno, 5 * ONE, NOW)
    page = Page("bruno")
    assert "Leave the co-op" in text_of(page.get("members/"))
    seen = text_of(page.get("members/leave/"))
    assert "If you give notice today" in seen
    assert "Money in the wallet" in seen
    assert "/c/alpha/money/wallet/" in seen
    assert "not paid back for cash" in seen
    assert page.post("members/leave/", {"last_on": "2026-04-01"}).status_code == 422
    assert page.post("members/leave/", {"last_on": "2026-03-05", "understood": "on"}).status_code == 422
    assert queries.leaving.open_notice(bruno) is None
    assert page.post("members/leave/", {"last_on": "2026-04-01", "understood": "on"}).status_code == 303
    assert "Withdraw my notice" in text_of(page.get("members/leave/"))
    assert page.post("members/leave/", {"withdraw": "1"}).status_code == 303
    assert queries.leaving.open_notice(bruno) is None


def test_who_has_left_is_told_so_and_what_is_open() -> None:
    people.join("bruno")
    Page("bruno").post("members/leave/", {"last_on": "2026-04-01", "understood": "on"})
    with clock.at(AFTER):
        leaving_jobs.end_after_notice()
    page = Page("bruno", AFTER)
    assert "has ended" in text_of(page.get("members/leave/"))
    assert "You are not a member yet" not in text_of(page.get("members/leave/"))
    assert page.get("members/").status_code == 200
    assert page.get("me/").status_code == 200
    people.officer("grace", AFTER)
    assert "This membership has ended" in text_of(Page("grace", AFTER).get("members/1/"))


def test_officers_see_who_is_leaving_and_write_down_notices_and_deaths() -> None:
    people.join("dilip")
    people.officer("carmen")
    page = Page("carmen")
    assert "Nobody is leaving" in text_of(page.get("members/leaving/"))
    assert page.post("members/1/end/", {"which": "notice", "evidence": ""}).status_code == 422
    assert page.post("members/1/end/", {"which": "notice", "evidence": "Signed at the desk."}).status_code == 303
    assert "Dilip Rao" in text_of(page.get("members/leaving/"))
    death = {"which": "end", "reason": "died", "ended_on": "2026-03-02", "evidence": "Certificate no. 17"}
    assert page.post("members/1/end/", death).status_code == 303
    assert "died" in text_of(page.get("members/leaving/"))
    assert page.get("members/1/end/").status_code == 404


def test_a_case_goes_by_pages_from_opening_to_appeal() -> None:
    for name in ("grace", "hana"):
        people.officer(name)
    bruno = people.join("bruno")
    grace, member = Page("grace"), Page("bruno")
    number = queries.number_of(bruno)
    assert grace.post(f"members/{number}/exclude/", {"ground": "breach_of_bylaws", "facts": "short"}).status_code == 422
    opened = grace.post(f"members/{number}/exclude/", {"ground": "breach_of_bylaws", "facts": FACTS})
    assert opened.status_code == 303
    [case] = queries.exclusion.open_cases(NOW)
    path = f"members/exclusions/{case.id}/"
    assert "The time has not begun" in text_of(grace.get(path))
    assert grace.post(path, {"step": "hand_over", "hand_over-handed_on": "2026-03-02"}).status_code == 303
    assert FACTS in text_of(member.get("members/case/"))
    assert "There is a case about you" in text_of(member.get("members/"))
    assert member.post("members/case/", {"step": "answer", "words": "I brought it back."}).status_code == 303
    later = NOW + timedelta(days=16)
    for name in ("grace", "hana"):
        page = Page(name, later)
        seen = text_of(page.get(path))
        assert "I brought it back." in seen
        decision = {"step": "decide", "decide-outcome": "excluded", "decide-reasons": REASONS}
        assert page.post(path, decision).status_code == 303
    day = later.date().isoformat()
    assert Page("grace", later).post(path, {"step": "hand_over", "hand_over-handed_on": day}).status_code == 303
    assert "excluded; can be appealed" in text_of(Page("grace", later).get("members/exclusions/"))
    told = Page("bruno", later)
    assert REASONS in text_of(told.get("members/case/"))
    assert told.post("members/case/", {"step": "appeal", "words": "It was not me."}).status_code == 303
    assert told.post("members/case/", {"step": "appeal", "words": "Once more."}).status_code == 422
    assert "appeal waits" in text_of(Page("hana", later).get(path))


def test_nobody_reads_a_case_they_have_no_part_in_and_no_officer_their_own() -> None:
    people.settle(NOW)
    case = testing_leaving.opened_case(NOW)
    people.fill("bruno", "board")
    assert Page("bruno").get(f"members/exclusions/{case}/").status_code == 404
    people.join("finn")
    assert Page("finn").get(f"members/exclusions/{case}/").status_code == 403
    assert "There is no case about you" in text_of(Page("finn").get("members/case/"))
    assert Page().get("members/leave/").status_code == 303


def test_applicants_and_officers_see_what_silence_will_mean() -> None:
    people.settle(NOW, {"members.admission_silence": "admitted"})
    application = people.apply("eve", "listener")
    assert "without an answer you are admitted" in text_of(Page("eve").get("members/"))
    people.officer("grace")
    assert "If nobody decides" in text_of(Page("grace").get(f"members/applications/{application}/"))


def test_where_members_have_an_age_the_page_asks_for_a_yes_and_no_day_of_birth() -> None:
    people.settle(NOW, {"members.minimum_age": 16})
    page = Page("eve")
    seen = text_of(page.get("members/join/"))
    assert "16 years old or older" in seen
    given = {"class_code": "listener", "name": "Eve Stone", "email": "eve@example.org", "agrees": "on"}
    assert page.post("members/join/", given).status_code == 422
    assert page.post("members/join/", given | {"old_enough": "on"}).status_code == 303
