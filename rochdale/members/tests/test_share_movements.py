"""Shares that change hands or class: transfers, inheritance, conversion."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.actions import agreeing, recording, shares, transfers
from rochdale.members.actions.membership import NotAMember
from rochdale.members.models import ShareMovement
from rochdale.members.testing import NOW, holding_of
from rochdale.members.testing_shares import LATER, UK, agree, agreed_offer, books_hold, by, held, offer
from rochdale.messages import queries as messages
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")


# Transfers


def test_a_transfer_waits_for_the_board_and_then_moves_shares_and_what_was_paid() -> None:
    holding_of("bruno", 5)
    holding_of("finn", 1)
    asked = offer(3)
    assert asked["state"] == "waits"
    assert agree(asked["request"]) == {"state": "waits"}
    assert held("bruno") == (5, 5)
    done = actions.decide_transfer(**by("grace"), request=asked["request"], approved=True)
    assert done == {"state": "done"}
    assert (held("bruno"), held("finn")) == ((2, 2), (4, 4))
    assert held("bruno", at=NOW) == (5, 5)
    told = {letter.kind for letter in messages.sent()}
    assert "members.transfer_done" in told
    books_hold()


def test_members_transfer_without_asking_where_the_bylaws_say_so() -> None:
    people.settle(NOW, {"members.share_transfers": "between_members"})
    holding_of("bruno", 5)
    people.join("finn")
    asked = offer(2)
    assert (asked["state"], held("bruno")) == ("waits", (5, 5))
    assert agree(asked["request"]) == {"state": "done"}
    assert held("finn") == (3, 3)
    books_hold()


def test_a_refused_transfer_changes_nothing_and_names_its_reason() -> None:
    holding_of("bruno", 5)
    people.join("finn")
    request = offer(2)["request"]
    with pytest.raises(transfers.ReasonMissing):
        actions.decide_transfer(**by("grace"), request=request, approved=False)
    actions.decide_transfer(**by("grace"), request=request, approved=False, reason_code="purpose_of_shares")
    assert held("bruno") == (5, 5)
    [seen] = queries.share_requests("transfer", waiting_only=False)
    assert (seen.state, seen.reason_code) == ("refused", "purpose_of_shares")
    with pytest.raises(transfers.ShareRequestSettled):
        actions.decide_transfer(**by("grace"), request=request, approved=True)


def test_nothing_goes_over_before_the_receiver_says_yes() -> None:
    holding_of("bruno", 5)
    people.join("finn")
    asked = offer(3)["request"]
    assert "members.transfer_offered" in {letter.kind for letter in messages.sent()}
    [seen] = queries.share_requests("transfer", receiver=people.known("finn"))
    assert (seen.id, seen.agreed) == (asked, False)
    with pytest.raises(transfers.NotAgreed):
        actions.decide_transfer(**by("grace"), request=asked, approved=True)
    with pytest.raises(transfers.NoSuchShareRequest):
        agree(asked, "hana")
    with pytest.raises(NotAllowed):
        actions.agree_to_transfer(**by("bruno"), receiver=people.known("finn"), request=asked)
    agree(asked)
    with pytest.raises(agreeing.AgreedAlready):
        agree(asked)
    assert held("bruno") == (5, 5)


def test_who_does_not_want_shares_declines_them() -> None:
    people.settle(NOW, {"members.share_transfers": "between_members"})
    holding_of("bruno", 5)
    people.join("finn")
    asked = offer(3)["request"]
    assert agree(asked, agreed=False) == {"state": "refused"}
    [seen] = queries.share_requests("transfer", waiting_only=False)
    assert (seen.state, seen.reason_code, seen.agreed) == ("refused", "receiver_declined", False)
    with pytest.raises(transfers.ShareRequestSettled):
        agree(asked)
    people.settle(LATER, {"members.share_transfers": "between_members"})
    again = offer(4)["request"]
    people.settle(LATER, {"members.share_transfers": "not_allowed"})
    with pytest.raises(transfers.TransfersClosed):
        agree(again)


def test_transfers_are_refused_by_name() -> None:
    holding_of("bruno", 5)
    people.join("finn")
    with pytest.raises(transfers.ToOneself):
        offer(1, receiver="bruno")
    with pytest.raises(shares.NotThatMany):
        offer(5)  # one share stays
    with pytest.raises(shares.BadShareCount):
        offer(0)
    with pytest.raises(NotAMember):
        offer(1, receiver="eve")
    with pytest.raises(NotAllowed):
        actions.offer_transfer(**by("finn"), party=people.known("bruno"), receiver=people.known("finn"), count=1)
    with pytest.raises(transfers.NoSuchShareRequest):
        actions.decide_transfer(**by("grace"), request=10**9, approved=True)


def test_what_was_promised_once_is_not_promised_again() -> None:
    holding_of("bruno", 5)
    people.join("finn")
    request = offer(3)["request"]
    with pytest.raises(shares.NotThatMany):
        offer(2)
    actions.take_back_share_request(**by("bruno"), party=people.known("bruno"), request=request)
    assert offer(2)["state"] == "waits"
    with pytest.raises(transfers.NoSuchShareRequest):
        actions.take_back_share_request(**by("finn"), party=people.known("finn"), request=request)


def test_where_the_bylaws_close_transfers_none_is_offered() -> None:
    people.settle(NOW, {"members.share_transfers": "not_allowed"})
    holding_of("bruno", 5)
    people.join("finn")
    with pytest.raises(transfers.TransfersClosed):
        offer(1)


def test_nobody_approves_their_own_transfer_and_the_receivers_maximum_holds() -> None:
    people.settle(NOW, {"members.maximum_holding": 6 * ONE})
    holding_of("bruno", 6)
    holding_of("grace", 1)
    own = agreed_offer(1, receiver="grace")["request"]
    with pytest.raises(recording.OwnEntry):
        actions.decide_transfer(**by("grace"), request=own, approved=True)
    actions.decide_transfer(**by("hana"), request=own, approved=True)
    people.join("finn")
    holding_of("finn", 6)
    with pytest.raises(shares.OverMaximum):
        offer(1)


# Inheritance


def inherit(count: int = 3, heir: str = "finn", **more: Any) -> Any:
    given: dict[str, Any] = {"died_at": NOW, "evidence": "Death certificate 12/2026, folder 3"} | more
    return actions.record_inheritance(**by("carmen"), party=people.known("bruno"), heir=people.known(heir), count=count, **given)


def test_heirs_who_are_members_take_the_shares_over_unpaid_parts_included() -> None:
    holding_of("bruno", 4, paid=2)
    people.join("finn")
    found = inherit(4)
    assert found["due_at"][:10] == "2027-03-02"
    assert actions.settle_inheritance(**by("grace"), request=found["request"], outcome="shares") == {"state": "done"}
    assert (held("bruno"), held("finn")) == ((0, 0), (5, 3))
    row = ShareMovement.objects.get(kind="inherit_in")
    assert row.evidence_sealed is not None and b"folder" not in bytes(row.evidence_sealed)
    books_hold()


def test_heirs_who_do_not_join_are_paid_by_the_queue_within_the_term() -> None:
    people.settle(NOW, packs=UK)
    holding_of("bruno", 4)
    people.known("eve")
    found = inherit(3, heir="eve")
    with pytest.raises(transfers.HeirsTerm):
        actions.settle_inheritance(**by("grace"), request=found["request"], outcome="shares")
    actions.settle_inheritance(**by("grace"), request=found["request"], outcome="buy_back")
    [waits] = queries.buy_back_queue()
    assert (waits.left, waits.due_at and waits.due_at.isoformat()) == (3, found["due_at"])
    with pytest.raises(transfers.ShareRequestSettled):
        actions.settle_inheritance(**by("grace"), request=found["request"], outcome="buy_back")


def test_inheritances_are_refused_by_name() -> None:
    holding_of("bruno", 2)
    people.join("finn")
    with pytest.raises(recording.NotYet):
        inherit(1, died_at=LATER + timedelta(days=1))
    with pytest.raises(recording.EvidenceMissing):
        inherit(1, evidence=" ")
    with pytest.raises(shares.NotThatMany):
        inherit(3)
    with pytest.raises(recording.OwnEntry):
        inherit(1, heir="carmen")


# Conversion


def test_shares_are_converted_into_another_class_at_their_nominal_value() -> None:
    holding_of("bruno", 5)
    actions.convert_shares(**by("grace"), party=people.known("bruno"), share_class="member", into="supporter", count=3)
    assert (held("bruno"), held("bruno", "supporter")) == ((2, 2), (3, 3))
    with pytest.raises(transfers.SameClass):
        actions.convert_shares(**by("grace"), party=people.known("bruno"), share_class="member", into="member", count=1)
    with pytest.raises(shares.NotThatMany):
        actions.convert_shares(**by("grace"), party=people.known("bruno"), share_class="member", into="supporter", count=3)
    with pytest.raises(recording.OwnEntry):
        actions.convert_shares(**by("grace"), party=people.known("grace"), share_class="member", into="supporter", count=1)
    books_hold()
