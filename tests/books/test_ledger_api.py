"""The ledger over the API: the same rules as the pages, as numbers."""

from __future__ import annotations

import json

import pytest

from rochdale.ledger import testing
from rochdale.ledger.rules import Leg
from rochdale.ledger.testing import opened, posted
from rochdale.members import testing as members
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page

ROOT = "api/v1/ledger/"


@pytest.fixture
def living(coop):
    """Ada (treasurer) and Finn with wallets; Ada bought something."""
    with testing.declared():
        ada, finn = members.join("ada"), members.join("finn", office=False)
        bank, sales = opened("assets.test.bank", now=NOW), opened("income.test.sales", now=NOW)
        wallet, other = (opened("liabilities.test.wallet", party=party, now=NOW) for party in (ada, finn))
        posted((bank, wallet, 20_000_000), (bank, other, 7), kind="test.top_up", now=NOW)
        sale = posted(Leg(wallet, sales, 2_000_000, "price"), party=ada, standing="listener", now=NOW, source="test:1")
        yield {"wallet": wallet, "other": other, "bank": bank, "sale": sale}


def asked(name, path, status=200, *, strong=True):
    answer = Page(name, strong=strong).get(ROOT + path)
    assert answer.status_code == status, answer.content.decode()[:1500]
    return json.loads(answer.content)


def test_my_accounts(living):
    mine = {each["code"]: each for each in asked("ada", "accounts")}
    wallet = mine["liabilities.test.wallet"]
    assert (wallet["id"], wallet["balance"], wallet["available"]) == (living["wallet"], 18_000_000, 18_000_000)
    assert asked("ada", f"accounts/{living['wallet']}") == wallet


def test_a_statement_is_a_page_between_two_balances(living):
    found = asked("ada", f"accounts/{living['wallet']}/statement?limit=1")
    assert (found["opening"], found["closing"], found["count"], found["currency"]) == (0, 18_000_000, 2, "EUR")
    (line,) = found["lines"]
    assert (line["posting"], line["change"], line["balance"]) == (living["sale"], -2_000_000, 18_000_000)
    assert asked("ada", f"accounts/{living['wallet']}/statement?start=2027-01-01T00:00:00Z")["lines"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "offset=-1", "start=2026-01-01T00:00:00", "end=yesterday"])
def test_odd_questions_are_problems(living, query):
    assert asked("ada", f"accounts/{living['wallet']}/statement?{query}", 422)["code"] == "shared.invalid"


def test_a_posting(living):
    found = asked("ada", f"postings/{living['sale']}")
    assert (found["kind"], found["standing"], found["source"]) == ("test.sale", "listener", "test:1")
    (leg,) = found["transfers"]
    assert leg == {
        "debit": "liabilities.test.wallet", "credit": "income.test.sales", "amount": 2_000_000, "currency": "EUR",
        "role": "price",
    }  # fmt: skip


def test_what_is_not_mine_does_not_exist(living):
    for path in (f"accounts/{living['wallet']}", f"accounts/{living['bank']}/statement", "accounts/999999999"):
        assert asked("finn", path, 404)["code"] == "ledger.account_not_found"
    assert asked("finn", f"postings/{living['sale']}", 404)["code"] == "ledger.posting_not_found"


def test_the_treasurer_reads_all_with_a_second_factor_only(living):
    assert asked("ada", f"accounts/{living['bank']}")["balance"] == 20_000_007
    asked("ada", f"accounts/{living['bank']}", 404, strong=False)


def test_nobody_without_a_log_in(living):
    asked("", "accounts", 401)
