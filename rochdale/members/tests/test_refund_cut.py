"""What is kept of the shares of somebody who left without a reason the bylaws accept: decided, told, taken when paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rochdale.ledger import queries as ledger
from rochdale.members import actions, leaving_jobs, queries
from rochdale.members import testing as people
from rochdale.members.actions import agreeing, recording
from rochdale.members.models import ShareMovement
from rochdale.members.testing import NOW, fresh_key, holding_of
from rochdale.members.testing_pages import Page
from rochdale.members.testing_shares import UK, books_hold, by
from rochdale.messages import queries as messages
from rochdale.shared import clock
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")
AFTER = NOW + timedelta(days=32)
WHY = "Left for a competitor in the middle of the season; minutes 4/2026"


def left(name: str, shares: int, cut: int, packs: tuple[str, ...] = UK) -> None:
    people.settle(NOW, {"members.unjustified_leave_cut": cut}, packs=packs)
    holding_of(name, shares)
    party = people.known(name)
    actions.give_notice(actor=people.actor(name), now=NOW, key=fresh_key(), party=party)
    with clock.at(AFTER):
        assert leaving_jobs.end_after_notice()["ended"] == 1


def cut(name: str, officer: str = "grace") -> Any:
    return actions.cut_refund(**by(officer, AFTER), party=people.known(name), reason=WHY)


def paid_out(currency: str = "GBP") -> Any:
    budget = 1000 * ONE
    round_ = actions.prepare_buy_backs(**by("ada", AFTER), budget=budget, currency=currency)["round"]
    return actions.release_buy_backs(**by("hana", AFTER), round=round_)["paid"]


def balance(account: str, currency: str = "GBP") -> int:
    found = ledger.account(account, currency)
    return (ledger.balance(found) or 0) if found is not None else 0


def test_a_part_is_kept_for_the_reserve_and_the_rest_is_paid() -> None:
    left("bruno", 10, 20)
    people.officer("ada"), people.officer("hana")
    assert cut("bruno") == {"requests": 1, "percent_hundredths": 2000}
    [letter] = [each for each in messages.sent() if each.kind == "members.refund_cut"]
    assert "20 %" in letter.body and WHY in letter.body
    before = balance("assets.bank.own")
    assert paid_out() == 8 * ONE
    assert (before - balance("assets.bank.own"), balance("equity.kept_of_leavers")) == (8 * ONE, 2 * ONE)
    [gone] = ShareMovement.objects.filter(kind="withdrawn")
    assert (gone.amount, gone.shares) == (10 * ONE, 10)  # the shares leave the register at par
    assert gone.posting is not None
    posting = ledger.posting(gone.posting)
    assert posting is not None and posting.kind == "members.share_withdrawal"
    books_hold()


def test_a_payment_corrected_brings_back_what_was_kept() -> None:
    left("bruno", 10, 20)
    people.officer("ada"), people.officer("hana")
    cut("bruno")
    paid_out()
    [gone] = ShareMovement.objects.filter(kind="withdrawn")
    actions.correct_movement(**by("carmen", AFTER), movement=gone.id, reason="Paid to the wrong account")
    assert balance("equity.kept_of_leavers") == 0
    books_hold()


def test_without_a_decision_a_leaver_gets_all_of_it() -> None:
    left("bruno", 10, 20)
    people.officer("ada"), people.officer("hana")
    assert paid_out() == 10 * ONE
    with pytest.raises(agreeing.NothingToKeep):
        cut("bruno")  # what is paid stays paid
    books_hold()


def test_the_part_is_that_of_the_day_notice_was_given() -> None:
    left("bruno", 10, 10)
    people.settle(AFTER, {"members.unjustified_leave_cut": 30}, packs=UK)
    assert cut("bruno")["percent_hundredths"] == 1000


def test_cuts_are_refused_by_name() -> None:
    left("bruno", 10, 20)
    with pytest.raises(NotAllowed):
        cut("bruno", "ada")  # the treasurer alone does not decide
    with pytest.raises(recording.EvidenceMissing):
        actions.cut_refund(**by("grace", AFTER), party=people.known("bruno"), reason=" ")
    people.join("finn")
    with pytest.raises(agreeing.NothingToKeep):
        cut("finn")  # a member
    with pytest.raises(recording.OwnEntry):
        cut("grace")
    cut("bruno")
    with pytest.raises(agreeing.NothingToKeep):
        cut("bruno")  # once


def test_where_the_bylaws_keep_nothing_nothing_is_kept() -> None:
    left("bruno", 3, 0)
    with pytest.raises(agreeing.NothingToKeep):
        cut("bruno")


def test_the_board_decides_it_on_the_page_of_leavers() -> None:
    left("bruno", 10, 20)
    people.officer("grace")
    page = Page("grace", AFTER)
    number = queries.number_of(people.known("bruno"))
    assert "Keep a part of their shares" in page.get("members/leaving/").content.decode()
    assert "20 %" in page.get(f"members/{number}/keep-a-part/").content.decode()
    assert page.post(f"members/{number}/keep-a-part/", {"reason": WHY}).status_code == 303
    assert page.post(f"members/{number}/keep-a-part/", {"reason": WHY}).status_code == 422
    assert page.get("members/900001/keep-a-part/").status_code == 404
