"""Shares and copies of the register over the API."""

from __future__ import annotations

import pytest

from rochdale.members import queries
from rochdale.members import testing as people
from rochdale.members.models import ShareMovement
from rochdale.members.testing import NOW, holding_of
from rochdale.members.testing_pages import Page
from rochdale.members.testing_shares import LATER, held

from .test_api import call

pytestmark = pytest.mark.usefixtures("coop")


def test_transfers_buy_backs_and_certificates_go_over_the_api() -> None:
    people.settle(NOW, packs=("uk",))
    holding_of("bruno", 6)
    finn = people.join("finn")
    people.officer("ada"), people.officer("grace")
    bruno, ada, grace = (Page(name, LATER) for name in ("bruno", "ada", "grace"))
    status, offered = call(bruno, "post", "members/me/transfers", {"receiver": queries.number_of(finn), "count": 2})
    assert (status, offered["state"]) == (200, "waits")
    assert call(bruno, "get", "members/share-requests?kind=transfer")[0] == 403
    assert call(grace, "get", "members/share-requests?kind=transfer")[1][0]["id"] == offered["request"]
    decision = f"members/share-requests/{offered['request']}/decision"
    assert call(grace, "post", decision, {"approved": True})[0] == 409  # Finn was not asked yet
    answer = f"members/share-requests/{offered['request']}/answer"
    assert call(Page("finn", LATER), "post", answer, {"agreed": True})[1]["state"] == "waits"
    assert call(grace, "post", decision, {"approved": True})[0] == 200
    assert held("finn")[0] == 3
    status, asked = call(bruno, "post", "members/me/buy-backs", {"count": 3})
    status, made = call(ada, "post", "members/buy-back-rounds", {"budget": 2_000_000, "currency": "GBP"})
    assert call(ada, "post", f"members/buy-back-rounds/{made['round']}/release")[0] == 403
    assert call(grace, "post", f"members/buy-back-rounds/{made['round']}/release")[1]["paid"] == 2_000_000
    assert call(bruno, "post", f"members/me/share-requests/{asked['request']}/take-back")[0] == 204
    status, issued = call(bruno, "post", "members/me/certificates", {})
    code = queries.certificates_of(people.known("bruno"), LATER)[0].code
    assert call(bruno, "get", f"members/certificates/{code}")[1]["number"] == issued["certificate"]
    assert call(bruno, "get", "members/certificates/ABCD-EFGH")[0] == 404
    status, mine = call(bruno, "get", "members/me/shares")
    assert [each["kind"] for each in mine["movements"]].count("transfer_out") == 1


def test_officers_enter_correct_and_copy_over_the_api() -> None:
    bruno = people.join("bruno")
    people.officer("carmen"), people.officer("ada")
    number = queries.number_of(bruno)
    carmen, ada = Page("carmen", LATER), Page("ada", LATER)
    entry = {"count": 2, "effective_at": NOW.isoformat(), "evidence": "Sheet 4, signed"}
    status, entered = call(carmen, "post", f"members/by-number/{number}/subscriptions", entry)
    assert status == 200
    paid = {
        "subscription": entered["subscription"], "amount": 2_000_000, "rail": "bank",
        "effective_at": NOW.isoformat(), "evidence": "Statement 9",
    }  # fmt: skip
    assert call(ada, "post", "members/share-payments", paid)[1]["owed"] == 0
    row = ShareMovement.objects.filter(kind="paid", party=bruno).latest("id")
    assert call(carmen, "post", f"members/share-movements/{row.id}/correction", {"reason": "Paid twice"})[0] == 200
    moments = {"as_of": NOW.isoformat(), "known_at": NOW.isoformat()}
    status, copy = call(carmen, "post", "members/register/copies", moments)
    assert call(carmen, "get", f"members/register/copies/{copy['export']}")[1]["digest"] == copy["digest"]
    assert call(carmen, "get", "members/register/copies")[1][0]["digest"] == copy["digest"]
    assert call(Page("bruno", LATER), "get", "members/register/copies")[0] == 403
    late = {"as_of": NOW.isoformat(), "known_at": "2027-01-01T00:00:00Z"}
    assert call(carmen, "post", "members/register/copies", late)[0] == 422
