"""The pages of members, as people see them."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse

from rochdale.members import queries
from rochdale.members import testing as people
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page
from rochdale.privacy import queries as privacy

pytestmark = pytest.mark.usefixtures("coop")


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_somebody_joins_and_is_admitted_by_pages_alone() -> None:
    people.officer("grace")
    eve = Page("eve")
    people.log_in("eve")
    assert "One member, one vote" in text_of(eve.get("members/join/"))
    sent = eve.post("members/join/", {"class_code": "listener", "name": "Eve Stone", "email": "eve@example.org", "agrees": "on"})
    assert (sent.status_code, sent["Location"]) == (303, "/c/alpha/members/join/")
    [waiting] = queries.open_applications(NOW)
    assert waiting.name == "Eve Stone"
    grace = Page("grace")
    assert "Eve Stone" in text_of(grace.get("members/applications/"))
    assert "Eve Stone" in text_of(grace.get(f"members/applications/{waiting.id}/"))
    assert grace.post(f"members/applications/{waiting.id}/", {"decision": "admit"}).status_code == 303
    assert "member number 2" in text_of(eve.get("members/"))


def test_a_visitor_sees_how_to_join_and_signs_in_to_apply() -> None:
    people.settle()
    visitor = Page()
    assert "Sign in" in text_of(visitor.get("members/join/"))
    assert visitor.post("members/join/", {"class_code": "listener"}).status_code == 303
    assert visitor.get("members/").status_code == 303
    assert visitor.get("members/register/").status_code == 303


def test_shares_are_shown_bought_and_explained() -> None:
    bruno = people.join("bruno")
    page = Page("bruno")
    assert "Take these shares?" in text_of(page.get("members/shares/buy/?count=3&share_class=member"))
    assert page.post("members/shares/buy/", {"count": "3", "share_class": "member"}).status_code == 303
    assert queries.holding(bruno, "member", NOW).shares == 4
    shown = text_of(page.get("members/"))
    assert "Still to pay" in shown
    assert "how was this computed" in shown.lower() or "/members/shares/member/how/" in shown
    assert "Shares taken on" in text_of(page.get("members/shares/member/how/"))
    assert page.get("members/shares/gold/how/").status_code == 404
    assert page.post("members/shares/buy/", {"count": "20000", "share_class": "member"}).status_code == 422


def test_contact_changes_only_what_may_be_changed() -> None:
    bruno = people.join("bruno")
    page = Page("bruno")
    assert page.post("members/contact/", {"email": "new@example.org", "phone": "", "language": "en"}).status_code == 303
    assert (privacy.read(bruno, "contact") or {})["email"] == "new@example.org"
    refused = page.post("members/contact/", {"email": "x@example.org", "role": "treasurer", "language": "en"})
    assert refused.status_code == 422
    assert (privacy.read(bruno, "contact") or {})["email"] == "new@example.org"


def test_the_register_is_shown_by_the_law_of_the_pack() -> None:
    people.join("bruno")
    people.join("ada")
    ada = text_of(Page("ada").get("members/register/?sort=name"))
    assert "Bruno Okafor" in ada
    assert "Paid for them" in ada
    eve = Page("eve")
    people.log_in("eve")
    asked = text_of(eve.get("members/register/"))
    assert "Bruno Okafor" not in asked
    assert eve.post("members/register/", {"purpose": "short"}).status_code == 422
    assert eve.post("members/register/", {"purpose": "To write to the members about a merger"}).status_code == 303
    assert "Bruno Okafor" in text_of(eve.get("members/register/"))
    assert len(queries.register_inspections()) == 1
    download = text_of(Page("ada").get("members/register/register.csv"))
    assert download.splitlines()[0].startswith("Number,Name")


def test_what_a_person_is_shown_stays_in_no_cache() -> None:
    people.join("ada")
    assert Page("ada").get("members/").headers["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in Page().get("members/join/").headers


def test_officers_pages_are_closed_to_others_and_ask_for_a_second_factor() -> None:
    people.officer("grace")
    people.join("bruno")
    for path in ("members/applications/", "members/desk/", "members/1/"):
        assert Page("bruno").get(path).status_code == 403
        assert Page("grace", strong=False).get(path).status_code == 303
        assert Page("grace").get(path).status_code == 200


def test_the_desk_registers_prints_once_and_lets_somebody_act() -> None:
    people.officer("carmen")
    people.officer("grace")
    carmen = Page("carmen")
    assert carmen.get("members/desk/").status_code == 200
    assert carmen.get("members/desk/register/").status_code == 200
    printed = text_of(
        carmen.post("members/desk/register/", {"name": "Dilip Rao", "phone": "+353851234567", "class_code": "supporter"})
    )
    pin = re.search(r'<strong class="figure">(\d{6})</strong>', printed)
    codes = re.findall(r"<code>([0-9A-Z-]+)</code>", printed)
    assert pin is not None
    assert len(codes) == 10
    [waiting] = queries.open_applications(NOW)
    Page("grace").post(f"members/applications/{waiting.id}/", {"decision": "admit"})
    number = queries.number_of(waiting.party)
    wrong = carmen.post("members/desk/prove/", {"number": number, "pin": "000000", "code": codes[0]})
    assert wrong.status_code == 422
    assert carmen.post("members/desk/prove/", {"number": number, "pin": pin[1], "code": codes[0]}).status_code == 303
    shown = text_of(carmen.get("members/"))
    assert f"member number {number}" in shown
    assert "an officer" in shown
    carmen.post("members/shares/buy/", {"count": "2", "share_class": "supporter"})
    assert queries.holding(waiting.party, "supporter", NOW).shares == 2
    assert carmen.post("members/desk/end/").status_code == 303
    assert "member number 1" in text_of(carmen.get("members/"))
    assert carmen.get(f"members/{number}/").status_code == 200
    assert carmen.get(f"members/{number}/sheet/").status_code == 200
    assert len(re.findall(r"<code>", text_of(carmen.post(f"members/{number}/sheet/")))) == 10


def test_a_refused_applicant_appeals_by_a_page() -> None:
    people.officer("grace")
    people.officer("hana")
    application = people.apply("eve", "listener")
    form = {"decision": "refuse", "reason_code": "details_not_proved"}
    assert Page("grace").post(f"members/applications/{application}/", {"decision": "refuse"}).status_code == 422
    assert Page("grace").post(f"members/applications/{application}/", form).status_code == 303
    eve = Page("eve")
    assert "Details could not be proved" in text_of(eve.get(f"members/appeal/{application}/"))
    assert eve.post(f"members/appeal/{application}/", {"words": "They were."}).status_code == 303
    assert Page("grace").post(f"members/applications/{application}/", {"decision": "admit"}).status_code == 422
    assert Page("hana").post(f"members/applications/{application}/", {"decision": "admit"}).status_code == 303
    assert Page("bruno").get(f"members/appeal/{application}/").status_code in (403, 404)


def test_an_organisation_is_written_down_and_acted_for() -> None:
    people.officer("carmen")
    people.officer("grace")
    bruno = people.join("bruno")
    carmen, page = Page("carmen"), Page("bruno")
    assert "An organisation" in text_of(carmen.get("members/desk/"))
    given = {"name": "Toad Lane Records", "number": queries.number_of(bruno)}
    assert carmen.get("members/desk/organisation/").status_code == 200
    assert carmen.post("members/desk/organisation/", given | {"number": 99}).status_code == 422
    assert carmen.post("members/desk/organisation/", given).status_code == 303
    [_own, records] = queries.acting_for(people.log_in("bruno"), NOW)
    assert "Toad Lane Records" in text_of(page.get("members/"))
    assert page.post("members/act-as/", {"party": str(records.party)}).status_code == 303
    assert "You act for Toad Lane Records" in text_of(page.get("members/"))
    applied = {"class_code": "artist", "name": "Toad Lane Records", "agrees": "on"}
    assert page.post("members/join/", applied).status_code == 303
    assert [each.party for each in queries.open_applications(NOW)] == [records.party]
    assert page.post("members/act-as/", {"party": str(bruno)}).status_code == 303
    assert "You act for" not in text_of(page.get("members/"))
    people.log_in("eve")
    assert Page("eve").post("members/act-as/", {"party": str(records.party)}).status_code == 404


def test_a_membership_begun_at_the_desk_is_claimed_by_a_page() -> None:
    dilip = people.join("dilip")
    sheet = people.sheet()
    from rochdale.members import actions
    from rochdale.members.testing import fresh_key

    actions.issue_desk_credentials(
        actor=people.officer("carmen"),
        now=NOW,
        key=fresh_key(),
        party=dilip,
        pin_hash=sheet.pin_hash,
        code_hashes=list(sheet.code_hashes),
    )
    eve = Page("eve")
    given = {"number": queries.number_of(dilip), "pin": sheet.pin, "code": sheet.codes[0]}
    assert eve.get("members/claim/").status_code == 200
    assert eve.post("members/claim/", given | {"pin": "000000"}).status_code == 422
    assert eve.post("members/claim/", given).status_code == 303
    assert "member number 1" in text_of(eve.get("members/"))


def test_the_desk_ends_when_the_officer_loses_the_office() -> None:
    """T24: the next request is refused."""
    from rochdale.members import actions
    from rochdale.members.testing import fresh_key
    from rochdale.offices import actions as offices
    from rochdale.offices import queries as terms

    dilip = people.join("dilip")
    sheet, carmen = people.sheet(), people.officer("carmen")
    actions.issue_desk_credentials(
        actor=carmen,
        now=NOW,
        key=fresh_key(),
        party=dilip,
        pin_hash=sheet.pin_hash,
        code_hashes=list(sheet.code_hashes),
    )
    page = Page("carmen")
    page.post("members/desk/prove/", {"number": queries.number_of(dilip), "pin": sheet.pin, "code": sheet.codes[0]})
    assert "an officer" in text_of(page.get("members/"))
    [term] = [each for each in terms.holdings(NOW) if each.party == carmen.party]
    assert carmen.party is not None
    offices.resign(actor=carmen, now=NOW, key=fresh_key(), term=term.id, party=carmen.party)
    assert "an officer" not in text_of(page.get("members/"))
    assert page.get("members/desk/").status_code == 403
