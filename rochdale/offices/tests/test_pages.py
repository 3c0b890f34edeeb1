"""Pages: who holds which office, laying one down, access tokens, the trail of what was done."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from rochdale.cooperatives import queries as cooperatives
from rochdale.cooperatives.testing import signed_in
from rochdale.members import testing as members
from rochdale.offices import queries
from rochdale.shared import clock, coops


@pytest.fixture(autouse=True)
def people(coop: Any) -> Iterator[None]:
    with clock.at(members.NOW):
        for name in ("ada", "bruno", "carmen"):
            members.join(name)
        yield


def browser_of(name: str, *, strong: bool = True) -> Client:
    with coops.public():
        person = cooperatives.person(members.log_in(name))
    assert person is not None
    return signed_in(person, strong=strong)


def page(browser: Client, where: str, status: int = 200) -> str:
    answer = browser.get(f"/c/alpha/{where}")
    assert answer.status_code == status, answer.content.decode()[:600]
    return html.unescape(answer.content.decode())


def send(browser: Client, where: str, **given: Any) -> Any:
    return browser.post(f"/c/alpha/{where}", {"key": str(uuid4()), **given})


def test_members_see_who_holds_which_office() -> None:
    text = page(browser_of("bruno"), "offices/")
    assert "Ada Byrne" in text
    assert "Treasurer" in text


def test_one_lays_down_ones_own_office() -> None:
    ada = browser_of("ada")
    term = next(each.id for each in queries.holdings(members.NOW) if each.office == "treasurer")
    assert "stop being Treasurer at once" in page(ada, f"offices/resign/{term}/")
    assert send(ada, f"offices/resign/{term}/").status_code == 303
    coops.enter("coop_alpha")
    assert queries.holders("treasurer", members.NOW) == []


def test_nobody_lays_down_the_office_of_another() -> None:
    term = next(each.id for each in queries.holdings(members.NOW) if each.office == "treasurer")
    assert send(browser_of("bruno"), f"offices/resign/{term}/").status_code == 404
    coops.enter("coop_alpha")
    assert len(queries.holders("treasurer", members.NOW)) == 1


def test_a_token_is_shown_once_and_works() -> None:
    bruno = browser_of("bruno")
    answer = send(bruno, "offices/tokens/", name="backup", days="30", scopes=["read"])
    token = re.search(r"roch_[\w-]+", answer.content.decode())
    assert token is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert token[0] not in page(bruno, "offices/tokens/"), "shown once"
    coops.enter("coop_alpha")
    holder = queries.token_holder(token[0], members.NOW)
    assert holder is not None
    assert holder.party == members.known("bruno")


def test_a_token_can_be_ended() -> None:
    bruno = browser_of("bruno")
    send(bruno, "offices/tokens/", name="backup", days="30", scopes=["read"])
    coops.enter("coop_alpha")
    (mine,) = queries.tokens_of(members.known("bruno"))
    assert "backup" in page(bruno, f"offices/tokens/{mine.id}/revoke/")
    assert send(bruno, f"offices/tokens/{mine.id}/revoke/").status_code == 303
    coops.enter("coop_alpha")
    assert not queries.tokens_of(members.known("bruno"))[0].good(members.NOW)


def test_nobody_ends_the_token_of_another() -> None:
    bruno = browser_of("bruno")
    send(bruno, "offices/tokens/", name="backup", days="30", scopes=["read"])
    coops.enter("coop_alpha")
    (mine,) = queries.tokens_of(members.known("bruno"))
    assert send(browser_of("carmen"), f"offices/tokens/{mine.id}/revoke/").status_code == 404


def test_a_form_sent_twice_makes_one_token() -> None:
    bruno, key = browser_of("bruno"), str(uuid4())
    given = {"key": key, "name": "backup", "days": "30", "scopes": ["read"]}
    for _twice in range(2):
        bruno.post("/c/alpha/offices/tokens/", given)
    coops.enter("coop_alpha")
    assert len(queries.tokens_of(members.known("bruno"))) == 1


def test_the_trail_shows_ones_own_acts_and_officers_all() -> None:
    bruno = browser_of("bruno")
    send(bruno, "offices/tokens/", name="backup", days="30", scopes=["read"])
    assert "offices.issue_token" in page(bruno, "audit/")
    assert "offices.issue_token" in page(browser_of("ada"), "audit/")
    assert "offices.issue_token" not in page(browser_of("ada"), "audit/?action=offices.resign")


def test_the_next_request_of_a_removed_officer_is_refused() -> None:
    """T24: no new sign-in is needed to lose an office."""
    carmen = browser_of("carmen")
    page(carmen, "messages/letters/")
    coops.enter("coop_alpha")
    term = next(each.id for each in queries.holdings(members.NOW) if each.office == "secretary")
    send(carmen, f"offices/resign/{term}/")
    page(carmen, "messages/letters/", status=403)


def test_an_officer_without_second_factor_is_sent_to_set_one_up() -> None:
    answer = browser_of("carmen", strong=False).get("/c/alpha/messages/letters/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/accounts/2fa/?next=%2Fc%2Falpha%2Fmessages%2Fletters%2F")


@pytest.mark.parametrize("where", ["offices/", "offices/tokens/", "audit/", "messages/mine/"])
def test_strangers_see_none_of_it(where: str) -> None:
    assert Client().get(f"/c/alpha/{where}").status_code == 303
    with coops.public():
        members.log_in("eve")
    assert browser_of("eve").get(f"/c/alpha/{where}").status_code == 403
