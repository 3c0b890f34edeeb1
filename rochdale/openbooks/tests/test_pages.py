"""The pages of the open books: an odd micro is found, nobody's line is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from rochdale.bylaws import testing as bylaws
from rochdale.cooperatives.models import Coop
from rochdale.ledger import testing as ledger
from rochdale.shared import clock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ODD = 10_000_000 + 10_000 + 1
"""Ten, one cent, and one millionth."""


@pytest.fixture
def books(coop) -> Iterator[None]:
    """Bylaws stand; Finn topped up an odd amount and bought something; the rent was paid."""
    bylaws.adopt(NOW)
    finn = uuid4()
    with clock.at(NOW), ledger.declared():
        bank, wallet = ledger.opened("assets.test.bank"), ledger.opened("liabilities.test.wallet", party=finn)
        sales, rent = ledger.opened("income.test.sales"), ledger.opened("expenses.test.rent")
        ledger.posted((bank, wallet, ODD), kind="test.top_up", party=finn, source="member:finn-walsh")
        ledger.posted((wallet, sales, 2_000_001), kind="test.sale", party=finn)
        ledger.posted((rent, bank, 1_500_000), kind="test.rent")
        yield


def page(client, path, status=200, headers=None):
    answer = client.get(f"/c/alpha/{path}", headers=headers or {})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_an_odd_cent_and_an_odd_micro_stand_on_the_page(books, client):
    text = page(client, "books/")
    assert "€10.010001" in text  # in the picture and its table
    assert "€8.51" in text  # the bank, after the rent: 10.010001 − 1.50
    assert "€8.01" in text  # left in the wallet


def test_and_in_the_export(books, client):
    rows = list(csv.reader(io.StringIO(page(client, "books/2026/balance.csv"))))
    by_code = {row[2]: row[3] for row in rows}
    assert by_code["assets.test.bank"] == "8.510001"
    assert by_code["liabilities.test.wallet"] == "8.010000"
    flow = page(client, "books/2026/flow.csv")
    assert "10.010001" in flow


@pytest.mark.parametrize("which", ["flow", "income", "balance", "members"])
def test_every_table_can_be_downloaded(books, client, which):
    answer = client.get(f"/c/alpha/books/2026/{which}.csv")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_every_figure_explains_itself(books, client):
    text = page(client, "books/2026/why/income.test.sales/")
    assert "€2.000001" in text
    assert "version 1" in text
    assert "Sale (one posting)" in text
    assert "€0.500001" in page(client, "books/2026/sum/result/")
    assert "€10.010001" in page(client, "books/2026/flow/?source=in:test.top_up&target=liabilities.test.wallet")


@pytest.mark.parametrize("what", ["income", "expenses", "result", "assets", "liabilities", "equity", "claims"])
def test_every_sum_adds_up_its_lines(books, client, what):
    assert "Together" in page(client, f"books/2026/sum/{what}/")


@pytest.mark.parametrize("what", ["members", "shares"])
def test_every_count_explains_itself(books, client, what):
    assert "How was this computed?" in page(client, f"books/count/{what}/")


def test_the_dialog_gets_only_the_answer(books, client):
    text = page(client, "books/2026/why/income.test.sales/", headers={"HX-Request": "true", "HX-Target": "explain-body"})
    assert "<html" not in text
    assert "€2.000001" in text


def test_nothing_of_a_person_is_shown(books, client):
    for path in ("books/", "books/2026/account/liabilities.test.wallet/", "books/2026/account/liabilities.test.wallet.csv", ""):
        text = page(client, path)
        assert "finn-walsh" not in text


def test_the_co_ops_own_postings_are_listed_one_by_one(books, client):
    text = page(client, "books/2026/account/expenses.test.rent/")
    assert "Rent " in text
    assert "€1.50" in text


@pytest.mark.parametrize(
    "path",
    [
        "books/2019/",
        "books/2026/why/no.such/",
        "books/2026/sum/no-such/",
        "books/count/no-such/",
        "books/2026/flow/?source=a&target=b",
        "books/2026/no-such.csv",
    ],
)
def test_what_is_not_in_the_books_is_refused_by_name(books, client, path):
    assert "openbooks.figure_not_found" in page(client, path, 404)


def test_a_wrong_currency_is_refused(books, client):
    assert "money.unknown_currency" in page(client, "books/?currency=%3Cscript%3E", 422)


def test_only_members_see_the_books_where_the_bylaws_say_so(books, client):
    bylaws.adopt(NOW, {"openbooks.visibility": "members"})
    assert client.get("/c/alpha/books/").status_code in (302, 303)  # to sign in
    assert "opens its books to its members only" in page(client, "")


def test_an_empty_co_op_has_pages_too(coop, client):
    with clock.at(NOW):
        assert "The books are empty" in page(client, "books/")
        assert "No money has moved this year" in page(client, "")


def test_the_front_page_says_what_the_co_op_is(books, client):
    text = page(client, "")
    assert "Alpha Music" in text
    assert "Where the money of 2026 went" in text


def test_a_visitor_is_asked_to_sign_in_before_my_home(coop, client):
    assert client.get("/c/alpha/me/").status_code in (302, 303)


def test_a_small_co_op_says_only_that_it_is_small(books, client):
    assert "fewer than 5 members" in page(client, "card/")


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/", "next=%2F"),
        ("/c/alpha/", "next=%2Fc%2Falpha%2Fme%2F"),
        ("/c/alpha/books/?currency=EUR", "next=%2Fc%2Falpha%2Fbooks%2F%3Fcurrency%3DEUR"),
    ],
)
def test_signing_in_leads_back(books, client, path, back):
    assert back in client.get(path).content.decode()


def test_how_the_books_are_made_is_said(books, client):
    assert "fewer than 5 people" in page(client, "books/how/")


def test_the_style_guide_shows_in_a_demo_only(public_db, client):
    assert client.get("/styleguide/").status_code == 404
    Coop.objects.create(
        slug="shown",
        schema_name="coop_shown",
        name="Shown",
        country="IE",
        currency="EUR",
        kit="music",
        is_demo=True,
        created_at=NOW,
    )
    assert "Every component" in client.get("/styleguide/").content.decode()


@pytest.mark.parametrize("path", ["/nothing-here", "/c/alpha/nothing-here", "/c/no-such-co-op/"])
def test_an_error_page_asks_the_database_nothing_after_the_error(coop, client, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):  # setting the context, and looking for the co-op
        answer = client.get(path)
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_the_api_says_the_same(books, client):
    base = "/c/alpha/api/v1/openbooks"
    assert client.get(f"{base}/years").json() == [2026]
    found = client.get(f"{base}/2026").json()
    assert {entry["code"]: entry["micro"] for entry in found["assets"]} == {"assets.test.bank": 8_510_001}
    assert (found["result"], found["balanced"]) == (500_001, True)
    bands = client.get(f"{base}/2026/flow").json()
    assert ("in:test.top_up", "liabilities.test.wallet", ODD) in [(b["source"], b["target"], b["micro"]) for b in bands]
    assert client.get(f"{base}/members").json()["members"] == 0
    missing = client.get(f"{base}/2019")
    assert (missing.status_code, missing.json()["code"]) == (404, "openbooks.figure_not_found")


def test_the_api_is_as_open_as_the_pages(books, client):
    bylaws.adopt(NOW, {"openbooks.visibility": "members"})
    answer = client.get("/c/alpha/api/v1/openbooks/2026")
    assert (answer.status_code, answer.json()["code"]) == (403, "openbooks.members_only")


def test_what_one_person_got_back_is_not_shown_alone(coop, client):
    """Six people topped up, one of them got 3.21 back: only the sum of both kinds is shown, on page, in file and API."""
    bylaws.adopt(NOW)
    with clock.at(NOW), ledger.declared():
        bank = ledger.opened("assets.test.bank")
        people = [uuid4() for _ in range(6)]
        wallets = [ledger.opened("liabilities.test.wallet", party=party) for party in people]
        for party, wallet in zip(people, wallets, strict=True):
            ledger.posted((bank, wallet, 10_000_000), kind="test.top_up", party=party)
        ledger.posted((wallets[0], bank, 3_210_000), kind="test.sale", party=people[0])
        seen = [page(client, path) for path in ("", "books/", "books/2026/flow.csv", "books/2026/why/liabilities.test.wallet/")]
        seen += [page(client, f"books/2026/account/liabilities.test.wallet{end}") for end in ("/", ".csv")]
        seen.append(client.get("/c/alpha/api/v1/openbooks/2026/flow").content.decode())
    for text in seen:
        assert "3.21" not in text
        assert "3210000" not in text
    assert "€56.79" in seen[1]
    assert "Top-up + Sale" in seen[1]
