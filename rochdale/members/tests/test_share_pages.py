"""The pages of shares and of copies of the register, as people see them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse

from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.models import ShareMovement
from rochdale.members.testing import NOW, fresh_key, holding_of
from rochdale.members.testing_pages import Page
from rochdale.members.testing_shares import LATER, ask, by, held, prepare

pytestmark = pytest.mark.usefixtures("coop")


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_member_offers_shares_and_the_board_decides_by_pages_alone() -> None:
    holding_of("bruno", 5)
    finn = people.join("finn")
    people.officer("grace")
    bruno, grace = Page("bruno", LATER), Page("grace", LATER)
    assert "Transfer shares" in text_of(bruno.get("members/shares/"))
    number = str(queries.number_of(finn))
    assert "smallest shareholding" in text_of(bruno.get("members/shares/transfer/"))
    sent = bruno.post("members/shares/transfer/", {"number": number, "count": "2", "share_class": "member"})
    assert sent.status_code == 303
    assert bruno.post("members/shares/transfer/", {"number": "999", "count": "2", "share_class": "member"}).status_code == 422
    [waits] = queries.share_requests("transfer")
    finns = Page("finn", LATER)
    assert "Offered to you" in text_of(finns.get("members/shares/"))
    assert "not agreed yet" in text_of(grace.get(f"members/shares/desk/transfers/{waits.id}/"))
    assert bruno.get(f"members/shares/offers/{waits.id}/").status_code == 404
    assert "Bruno Okafor wants" in text_of(finns.get(f"members/shares/offers/{waits.id}/"))
    assert finns.post(f"members/shares/offers/{waits.id}/", {"answer": "yes"}).status_code == 303
    assert "you agreed" in text_of(finns.get("members/shares/"))
    assert "Finn Walsh" in text_of(grace.get("members/shares/desk/"))
    assert "Bruno Okafor" in text_of(grace.get(f"members/shares/desk/transfers/{waits.id}/"))
    assert grace.post(f"members/shares/desk/transfers/{waits.id}/", {"decision": "yes"}).status_code == 303
    assert held("finn")[0] == 3
    assert "Transferred to another member" in text_of(bruno.get("members/shares/"))
    assert "Transferred to another member on" in text_of(bruno.get("members/shares/member/how/"))
    assert grace.get("members/shares/desk/transfers/999999/").status_code == 404


def test_the_queue_is_asked_prepared_and_released_by_pages_alone() -> None:
    people.settle(NOW, packs=("uk",))
    holding_of("bruno", 5)
    people.officer("ada"), people.officer("grace")
    bruno, ada, grace = Page("bruno", LATER), Page("ada", LATER), Page("grace", LATER)
    assert "No day is promised" in text_of(bruno.get("members/shares/ask-back/"))
    assert bruno.post("members/shares/ask-back/", {"count": "3", "share_class": "member"}).status_code == 303
    assert "not paid yet" in text_of(bruno.get("members/shares/"))
    assert ada.post("members/shares/desk/rounds/", {"currency": "GBP", "budget": "abc"}).status_code == 422
    assert ada.post("members/shares/desk/rounds/", {"currency": "GBP", "budget": "2"}).status_code == 303
    assert ada.post("members/shares/desk/rounds/1/release/").status_code == 422  # a second person
    for step in ("release", "drop"):
        assert grace.get(f"members/shares/desk/rounds/900001/{step}/").status_code == 404
    assert "Bruno Okafor: 2 shares" in text_of(grace.get("members/shares/desk/rounds/1/release/"))
    assert grace.post("members/shares/desk/rounds/1/release/").status_code == 303
    assert held("bruno")[0] == 3
    [left] = queries.buy_back_queue()
    assert bruno.get(f"members/shares/wishes/{left.id}/take-back/").status_code == 200
    assert bruno.post(f"members/shares/wishes/{left.id}/take-back/").status_code == 303
    assert queries.buy_back_queue() == []
    assert "Nobody asks" in text_of(grace.get("members/shares/desk/"))


def test_irish_shares_are_refused_with_the_article() -> None:
    holding_of("bruno", 5)
    page = Page("bruno", LATER)
    assert "1978" in text_of(page.get("members/shares/"))
    assert "1978" in text_of(page.post("members/shares/ask-back/", {"count": "1", "share_class": "member"}))


def test_officers_enter_correct_and_convert_on_a_members_page() -> None:
    bruno = people.join("bruno")
    holding_of("bruno", 3)
    people.officer("carmen"), people.officer("ada"), people.officer("grace")
    number = queries.number_of(bruno)
    carmen, ada, grace = (Page(name, LATER) for name in ("carmen", "ada", "grace"))
    day = NOW.date().isoformat()
    entry = {"count": "2", "share_class": "member", "effective_on": day, "evidence": "Sheet 4, signed"}
    assert carmen.post(f"members/{number}/shares/enter/", entry).status_code == 303
    lot = queries.subscriptions_to_pay(bruno)[-1].id
    paid = {"subscription": str(lot), "amount": "2", "rail": "bank", "effective_on": day, "evidence": "Statement 9"}
    assert ada.post(f"members/{number}/shares/pay/", paid | {"amount": "3"}).status_code == 422
    assert ada.post(f"members/{number}/shares/pay/", paid).status_code == 303
    row = ShareMovement.objects.filter(party=bruno, kind="paid").latest("id")
    assert "counter-entry" in text_of(carmen.get(f"members/{number}/shares/{row.id}/correct/"))
    assert carmen.post(f"members/{number}/shares/{row.id}/correct/", {"reason": "Paid twice"}).status_code == 303
    assert "Correction:" in text_of(carmen.get(f"members/{number}/shares/"))
    given = {"count": "1", "share_class": "member", "into": "supporter"}
    assert grace.post(f"members/{number}/shares/convert/", given).status_code == 303
    assert grace.get(f"members/{number}/shares/convert/").status_code == 200
    assert carmen.get("members/9999/shares/").status_code == 404
    assert Page("bruno", LATER).get(f"members/{number}/shares/").status_code == 403


def test_an_inheritance_is_noted_and_settled_by_pages_alone() -> None:
    bruno, finn = people.join("bruno"), people.join("finn")
    people.officer("carmen")
    carmen = Page("carmen", LATER)
    noted = {
        "heir": str(queries.number_of(finn)), "count": "1", "share_class": "member",
        "died_on": NOW.date().isoformat(), "evidence": "Certificate 12",
    }  # fmt: skip
    assert carmen.post(f"members/{queries.number_of(bruno)}/shares/inherit/", noted).status_code == 303
    [waits] = queries.share_requests("inheritance")
    assert "Finn Walsh" in text_of(carmen.get(f"members/shares/desk/inheritances/{waits.id}/"))
    assert carmen.post(f"members/shares/desk/inheritances/{waits.id}/", {"outcome": "shares"}).status_code == 303
    assert held("finn")[0] == 2


def test_the_register_entry_classes_and_representation_are_changed_on_pages() -> None:
    bruno = people.join("bruno")
    people.officer("carmen"), people.officer("grace")
    number, carmen = queries.number_of(bruno), Page("carmen", LATER)
    assert carmen.post(f"members/{number}/register/", {"name": "Bruno O.", "evidence": "Court order 5"}).status_code == 303
    assert "Bruno O." in text_of(carmen.get(f"members/{number}/"))
    assert "occupation" not in text_of(carmen.get(f"members/{number}/register/")).lower()
    assert carmen.post(f"members/{number}/class/", {"class_code": "listener"}).status_code == 303
    assert queries.standing(bruno, LATER) == "artist+listener"
    choir = actions.make_organisation(**by("carmen"), representative=bruno, register={"name": "The Choir"})
    with people.inside():
        actions.enrol_founder(
            actor=people.actor("carmen"), now=LATER, key=fresh_key(), party=UUID(choir), classes=["artist"], act="founding:test"
        )
    organisation = queries.number_of(UUID(choir))
    assert "Bruno O." in text_of(carmen.get(f"members/{organisation}/shares/"))
    assert carmen.post(f"members/{organisation}/acts/{bruno}/end/").status_code == 303
    assert not queries.represents(bruno, UUID(choir), LATER + timedelta(minutes=1))


def test_a_copy_is_made_taken_in_every_form_and_found_by_its_digest() -> None:
    holding_of("bruno", 3)
    people.officer("carmen")
    carmen = Page("carmen", LATER)
    assert "No copy was made yet" in text_of(carmen.get("members/register/copies/"))
    day = NOW.date().isoformat()
    assert carmen.post("members/register/copies/make/", {"as_of": day, "known_on": day, "scope": "full"}).status_code == 303
    [found] = queries.exports()
    first = {kind: carmen.get(f"members/register/copies/{found.id}.{kind}").content for kind in ("csv", "json", "pdf", "xlsx")}
    assert first["pdf"].startswith(b"%PDF") and b"Bruno Okafor" in first["csv"]
    holding_of("bruno", 5, now=LATER)
    again = {kind: carmen.get(f"members/register/copies/{found.id}.{kind}").content for kind in first}
    assert again == first
    assert found.digest[:16] in text_of(carmen.get(f"members/register/copies/?digest={found.digest[:16]}"))
    assert "No copy with this digest" in text_of(carmen.get("members/register/copies/?digest=0123456789abcdef"))
    assert carmen.get(f"members/register/copies/{found.id}.exe").status_code == 404
    assert Page("bruno", LATER).get(f"members/register/copies/{found.id}.csv").status_code == 404


def test_an_outsider_asks_for_a_copy_and_gets_it_where_the_law_says_so() -> None:
    people.settle()
    people.known("eve")
    people.officer("carmen")
    eve, carmen = Page("eve", LATER), Page("carmen", LATER)
    asked = {"purpose_class": "credit", "purpose": "Before lending to the co-op"}
    assert eve.post("members/register/ask/", asked).status_code == 303
    assert "waits" in text_of(eve.get("members/register/mine/"))
    [wish] = queries.copy_wishes()
    assert "Before lending" in text_of(carmen.get("members/register/copies/"))
    assert "Before lending" in text_of(carmen.get(f"members/register/copies/asked/{wish.id}/"))
    assert carmen.post(f"members/register/copies/asked/{wish.id}/", {"decision": "yes"}).status_code == 303
    [given] = queries.exports()
    assert eve.get(f"members/register/copies/{given.id}.csv").status_code == 200
    assert f"/{given.id}.pdf" in text_of(eve.get("members/register/mine/"))


def test_a_certificate_is_issued_downloaded_and_checked_by_a_stranger() -> None:
    holding_of("bruno", 3)
    bruno = Page("bruno", LATER)
    assert bruno.post("members/shares/certificate/", {"share_class": "member"}).status_code == 303
    [found] = queries.certificates_of(people.known("bruno"), LATER)
    assert bruno.get(f"members/shares/certificate/{found.number}.pdf").content.startswith(b"%PDF")
    people.join("finn")
    assert Page("finn", LATER).get(f"members/shares/certificate/{found.number}.pdf").status_code == 404
    checked = text_of(Page().get(f"members/shares/check/?code={found.code}"))
    assert "still what the register says" in checked and "Bruno" not in checked
    assert "No such certificate" in text_of(Page().get("members/shares/check/?code=AAAA-BBBB"))


def test_members_see_who_looked_and_officers_read_why() -> None:
    people.settle()
    people.known("eve")
    people.officer("carmen"), people.join("finn")
    asked = {"purpose": "To write about the co-op", "purpose_class": "press_or_research"}
    assert Page("eve", LATER).post("members/register/", asked).status_code == 303
    member, officer = (text_of(Page(name, LATER).get("members/register/")) for name in ("finn", "carmen"))
    assert "Press or research" in member and "To write about" not in member
    assert "To write about" in officer


def test_a_round_that_waits_can_be_dropped() -> None:
    people.settle(NOW, packs=("uk",))
    holding_of("bruno", 5)
    people.officer("ada"), people.officer("grace")
    ask("bruno", 2)
    number = prepare(1)
    assert "waits for a second person" in text_of(Page("grace", LATER).get("members/shares/desk/"))
    assert Page("grace", LATER).get(f"members/shares/desk/rounds/{number}/drop/").status_code == 200
    assert Page("grace", LATER).post(f"members/shares/desk/rounds/{number}/drop/").status_code == 303
    assert held("bruno")[0] == 5
