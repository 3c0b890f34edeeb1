"""The wizard and the founders' pages: every step, what it keeps, what it refuses."""

import json
from typing import Any

import pytest
from django.test import Client

from rochdale.cooperatives import testing as people
from rochdale.founding import testing
from rochdale.shared import clock, coops

pytestmark = pytest.mark.usefixtures("public_db")

PURPOSE = {"name": "Nine Plays", "purpose": "Music of its members.", "slug": ""}
LAW = {
    "kit": "music",
    "law": "ie",
    "activities": ["activity-wallet-eu"],
    "currency": "EUR",
    "time_zone": "Europe/Dublin",
    "languages": ["en"],
}


@pytest.fixture
def grace() -> Client:
    with coops.public():
        return people.signed_in(people.log_in_for("grace@example.org"))


def step(browser: Client, name: str, given: dict[str, Any]) -> Any:
    return browser.post(f"/found/{name}/", given)


def founders() -> dict[str, str]:
    rows: dict[str, str] = {}
    for row, invited in enumerate(testing.PEOPLE.values(), start=1):
        rows |= {
            f"address_{row}": invited.address,
            f"class_{row}": invited.classes[0],
            f"office_{row}": (*invited.offices, "")[0],
        }
    return rows


def offered(browser: Client) -> dict[str, Any]:
    """Return the bylaws as the page offers them."""
    values = {field.name: field.value() for field in browser.get("/found/bylaws/").context["form"]}
    return {key: value for key, value in values.items() if value is not False and value is not None}


def to_the_last_step(browser: Client) -> None:
    assert step(browser, "purpose", PURPOSE).headers["Location"] == "/found/law/"
    assert step(browser, "law", LAW).headers["Location"] == "/found/bylaws/"
    assert step(browser, "bylaws", offered(browser)).headers["Location"] == "/found/founders/"
    assert step(browser, "founders", founders()).headers["Location"] == "/found/check/"


@pytest.mark.parametrize("asked", ["\u00b2", "9" * 5000, "-1", "99999999", "7"])
def test_an_odd_number_of_rows_is_answered_with_the_form(grace: Client, asked: str) -> None:
    step(grace, "purpose", PURPOSE)
    step(grace, "law", LAW)
    step(grace, "bylaws", offered(grace))
    answer = step(grace, "founders", {"rows": asked, "more": "1"})
    assert answer.status_code == 200
    assert answer.context["form"].rows <= 15


def test_five_steps_begin_a_founding(grace: Client) -> None:
    to_the_last_step(grace)
    page = grace.get("/found/check/").content.decode()
    assert "7 founders; the law asks for 7" in page
    assert grace.post("/found/check/", {"key": "wizard-1"}).headers["Location"] == "/c/nine-plays/founding/"
    page = grace.get("/c/nine-plays/founding/").content.decode()
    assert "0 of 7 founders have confirmed" in page


def test_a_step_cannot_be_skipped(grace: Client) -> None:
    assert grace.get("/found/check/").headers["Location"] == "/found/purpose/"


def test_what_was_typed_is_kept_when_going_back(grace: Client) -> None:
    step(grace, "purpose", PURPOSE)
    assert "Music of its members." in grace.get("/found/").content.decode()


def test_a_name_that_makes_no_address_asks_for_one(grace: Client) -> None:
    page = step(grace, "purpose", PURPOSE | {"name": "音楽"})
    assert page.status_code == 200
    assert "letters a–z" in page.content.decode()


def test_an_address_that_reaches_nobody_is_refused_next_to_the_field(grace: Client) -> None:
    step(grace, "purpose", PURPOSE)
    step(grace, "law", LAW)
    step(grace, "bylaws", offered(grace))
    page = step(grace, "founders", founders() | {"address_1": "nowhere"})
    assert "Write an e-mail address, or a phone number" in page.content.decode()


def test_a_refused_founding_says_why_and_keeps_the_draft(grace: Client) -> None:
    to_the_last_step(grace)
    same = founders()["address_1"]
    step(grace, "founders", founders() | {"address_2": same})
    page = grace.post("/found/check/", {"key": "wizard-2"})
    assert page.status_code == 200
    assert "Two founders have the same address" in page.content.decode()
    assert "Nine Plays" in grace.get("/found/").content.decode()


def test_an_office_without_a_founder_is_said_where_founders_are_named(grace: Client) -> None:
    to_the_last_step(grace)
    page = step(grace, "founders", founders() | {"office_3": ""})
    assert "Choose a founder for each of these offices: Treasurer" in page.content.decode()


def test_the_wizard_asks_strangers_to_sign_in() -> None:
    assert "/accounts/login/" in Client().get("/found/").headers["Location"]


def test_a_founder_confirms_on_the_page(grace: Client) -> None:
    schema = testing.schema_of(testing.begin(clock.now()))
    with coops.inside(schema):
        founder, token = testing.invitations()["grace"]
    path = f"/c/nine-plays/founding/confirm/{founder}/{token}/"
    page = grace.get(path)
    assert "not yet confirmed by a lawyer" in page.content.decode()
    given = {
        "name": "Grace Lim", "address": "31 Toad Lane", "text_hash": page.context["plan"].text_hash, "accept": "on",
        "accept_rows": "on", "key": "confirm-1",
    }  # fmt: skip
    assert grace.post(path, given).headers["Location"] == "/c/nine-plays/founding/"
    assert "1 of 7 founders have confirmed" in grace.get("/c/nine-plays/founding/").content.decode()


def test_without_accepting_the_unconfirmed_rows_nothing_is_confirmed(grace: Client) -> None:
    schema = testing.schema_of(testing.begin(clock.now()))
    with coops.inside(schema):
        founder, token = testing.invitations()["grace"]
    path = f"/c/nine-plays/founding/confirm/{founder}/{token}/"
    text_hash = grace.get(path).context["plan"].text_hash
    page = grace.post(path, {"name": "Grace Lim", "address": "31 Toad Lane", "text_hash": text_hash, "accept": "on", "key": "no"})
    assert "not yet confirmed by a lawyer" in page.content.decode()
    assert "0 of 7 founders have confirmed" in grace.get("/c/nine-plays/founding/").content.decode()


def test_a_wrong_token_opens_nothing(grace: Client) -> None:
    schema = testing.schema_of(testing.begin(clock.now()))
    with coops.inside(schema):
        founder, _token = testing.invitations()["grace"]
    assert grace.get(f"/c/nine-plays/founding/confirm/{founder}/guessed/").status_code == 404


def test_the_draft_in_the_session_gives_no_address_away(grace: Client) -> None:
    to_the_last_step(grace)
    assert "example.org" not in json.dumps(dict(grace.session.items()))


def test_a_draft_that_cannot_be_opened_begins_anew(grace: Client) -> None:
    session = grace.session
    session["founding"] = "00ff"
    session.save()
    assert grace.get("/found/check/").headers["Location"] == "/found/purpose/"


def test_a_bylaw_outside_the_law_is_refused_beside_its_field(grace: Client) -> None:
    step(grace, "purpose", PURPOSE)
    step(grace, "law", LAW)
    page = step(grace, "bylaws", offered(grace) | {"payments.wallet_cap": "500", "music.ladder": "nonsense"})
    assert page.status_code == 200
    errors = page.context["form"].errors
    assert set(errors) == {"payments.wallet_cap", "music.ladder"}
    assert "150" in str(errors["payments.wallet_cap"])
