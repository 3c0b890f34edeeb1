"""The ledger's pages: one's own accounts, the books for their offices, nothing of anybody else's."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries, testing
from rochdale.ledger.rules import Leg
from rochdale.ledger.testing import BOOKS, inside, opened, posted
from rochdale.members import testing as members
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page


@pytest.fixture
def living(coop):
    """Ada (treasurer), Bruno and Finn with wallets; Ada bought something of Bruno's."""
    with testing.declared():
        yield _story()


def _story():
    people = {name: members.join(name, office=name == "ada") for name in ("ada", "bruno", "finn")}
    bank, sales = opened("assets.test.bank", now=NOW), opened("income.test.sales", now=NOW)
    wallets = {name: opened("liabilities.test.wallet", party=party, now=NOW) for name, party in people.items()}
    payable = opened("liabilities.test.payable", party=people["bruno"], now=NOW)
    for name, wallet in wallets.items():
        posted((bank, wallet, 20_000_000), kind="test.top_up", party=people[name], now=NOW)
    legs = (Leg(wallets["ada"], payable, 1_400_000, "price"), Leg(wallets["ada"], sales, 600_000, "price"))
    sale = posted(*legs, party=people["ada"], standing="listener", now=NOW, source='=HYPERLINK("x")')
    return {"wallets": wallets, "payable": payable, "sale": sale, "bank": bank, "sales": sales}


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:1500]
    return answer.content.decode()


def test_a_member_sees_their_own_accounts_only(living):
    shown = text(Page("finn", strong=False).get("ledger/"))
    assert f"accounts/{living['wallets']['finn']}/" in shown
    assert f"accounts/{living['wallets']['ada']}/" not in shown
    assert "Trial balance" not in shown


def test_the_treasurer_sees_the_books_with_a_second_factor(living):
    shown = text(Page("ada").get("ledger/"))
    assert "Trial balance" in shown
    assert f"accounts/{living['bank']}/" in shown
    assert "Trial balance" not in text(Page("ada", strong=False).get("ledger/"))


def test_a_statement_shows_lines_and_balance(living):
    shown = text(Page("ada").get(f"ledger/accounts/{living['wallets']['ada']}/"))
    assert "€18.00" in shown
    assert "Sale" in shown
    assert f"postings/{living['sale']}/" in shown


def test_days_and_pages_narrow_it(living):
    wallet = living["wallets"]["ada"]
    day = NOW.date()
    page = Page("ada")
    assert "Sale" not in text(page.get(f"ledger/accounts/{wallet}/?until={day - timedelta(days=1)}"))
    assert "Sale" in text(page.get(f"ledger/accounts/{wallet}/?from={day}&until={day}"))
    for odd in ("from=nonsense", "until=0001-01-01", "until=9999-12-31", "page=-3", "page=99999999999999"):
        text(page.get(f"ledger/accounts/{wallet}/?{odd}"))


def test_what_is_held_is_shown(living):
    wallet = living["wallets"]["ada"]
    with inside():
        ledger.hold(
            actor=BOOKS, now=NOW, key="h", account=wallet, amount=3_000_000, kind="test.sale", expires_at=NOW + timedelta(days=1)
        )
    shown = text(Page("ada").get(f"ledger/accounts/{wallet}/"))
    assert "€15.00" in shown
    assert "Held for" in shown


@pytest.mark.parametrize("whose", ["ada", "bruno"])
def test_another_members_account_does_not_exist(living, whose):
    page = Page("finn", strong=False)
    for path in ("", "statement.csv"):
        text(page.get(f"ledger/accounts/{living['wallets'][whose]}/{path}"), 404)
    text(page.get(f"ledger/accounts/{living['bank']}/"), 404)
    text(page.get("ledger/accounts/999999999/"), 404)


def test_the_csv_is_exact_and_harmless(living):
    answer = Page("ada").get(f"ledger/accounts/{living['wallets']['ada']}/statement.csv")
    read = list(csv.DictReader(io.StringIO(text(answer))))
    assert [row["change"] for row in read] == ["20.000000", "-2.000000"]
    assert [row["balance"] for row in read] == ["20.000000", "18.000000"]
    assert read[1]["source"] == '\'=HYPERLINK("x")'
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]


def test_a_posting_explains_itself_to_whose_business_it_is(living):
    shown = text(Page("ada").get(f"ledger/postings/{living['sale']}/"))
    assert "Something was sold." in shown
    assert "from Wallet to Payable (price)" in shown
    assert "from Wallet to Sales (price)" in shown
    assert "listener" in shown


def test_the_receiver_sees_their_part_and_nothing_of_the_other(living):
    shown = text(Page("bruno", strong=False).get(f"ledger/postings/{living['sale']}/"))
    assert "from Wallet to Payable (price)" in shown
    assert "from Wallet to Sales" not in shown
    assert "Standing at that moment" not in shown


def test_a_posting_of_others_does_not_exist(living):
    page = Page("finn", strong=False)
    text(page.get(f"ledger/postings/{living['sale']}/"), 404)
    text(page.get("ledger/postings/999999999/"), 404)


def test_a_reversal_and_its_posting_lead_to_each_other(living):
    with inside():
        back = ledger.reverse(actor=BOOKS, now=NOW, key="r", posting=living["sale"], reason_code="test.x")
    page = Page("ada")
    assert f"postings/{back}/" in text(page.get(f"ledger/postings/{living['sale']}/"))
    assert f"postings/{living['sale']}/" in text(page.get(f"ledger/postings/{back}/"))
    assert "taken back" in text(page.get(f"ledger/accounts/{living['wallets']['ada']}/"))


def test_the_trial_balance_is_for_the_offices_of_the_books(living):
    read = list(csv.DictReader(io.StringIO(text(Page("ada").get("ledger/trial-balance.csv")))))
    assert {row["Code"] for row in read} == {line.code for line in queries.trial_balance()}
    text(Page("bruno").get("ledger/trial-balance.csv"), 403)


def test_visitors_and_outsiders_see_nothing(living):
    visitor = Page()
    for path in (
        "ledger/",
        f"ledger/accounts/{living['bank']}/",
        f"ledger/postings/{living['sale']}/",
        "ledger/trial-balance.csv",
    ):
        assert visitor.get(path).status_code == 303
        assert Page("eve").get(path).status_code in (403, 404)
