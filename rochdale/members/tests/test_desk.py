"""People without a log-in: registered at the desk, acting with PIN and code, claiming their membership later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from rochdale.members import actions, queries, rules
from rochdale.members import testing as people
from rochdale.members.actions import desk, parties
from rochdale.members.models import DeskAttempt, DeskCode, DeskCredential
from rochdale.members.testing import NOW, fresh_key
from rochdale.offices import queries as offices
from rochdale.privacy import queries as privacy
from rochdale.shared.action import NotAllowed
from rochdale.shared.actor import Actor

pytestmark = pytest.mark.usefixtures("coop")


def with_sheet(name: str = "dilip") -> tuple[int, rules.Sheet]:
    """Make a member with a PIN; return number and sheet."""
    party = people.join(name)
    sheet = people.sheet()
    actions.issue_desk_credentials(
        actor=people.officer("carmen"),
        now=NOW,
        key=fresh_key(),
        party=party,
        pin_hash=sheet.pin_hash,
        code_hashes=list(sheet.code_hashes),
    )
    number = queries.number_of(party)
    assert number is not None
    return number, sheet


def prove(number: int, pin: str, code: str, *, by: str = "carmen", key: str = "", now: Any = NOW) -> dict[str, Any]:
    found: dict[str, Any] = actions.prove_at_desk(
        actor=people.officer(by), now=now, key=key or fresh_key(), number=number, pin=pin, code=code
    )
    return found


# It works


def test_somebody_with_nothing_is_registered_and_becomes_a_member() -> None:
    people.settle()
    sheet = people.sheet()
    made = actions.register_at_desk(
        actor=people.officer("carmen"),
        now=NOW,
        key=fresh_key(),
        register={"name": "Dilip Rao"},
        contact=None,
        pin_hash=sheet.pin_hash,
        code_hashes=list(sheet.code_hashes),
        class_code="supporter",
    )
    party = UUID(made["party"])
    assert privacy.names([party]) == {party: "Dilip Rao"}
    assert queries.person_of(party) is None
    done = actions.admit_member(actor=people.officer("grace"), now=NOW, key=fresh_key(), application=made["application"])
    people.pay_minimum(party)
    assert queries.standing(party, NOW) == "supporter"
    assert prove(done["number"], sheet.pin, sheet.codes[0])["passed"]


def test_pin_and_code_let_a_member_act_for_a_quarter_of_an_hour() -> None:
    number, sheet = with_sheet()
    carmen = people.officer("carmen")
    result = prove(number, sheet.pin, sheet.codes[0])
    assert result["passed"]
    acting = queries.desk_actor(officer=carmen, attempt=result["attempt"], now=NOW + timedelta(minutes=14))
    assert acting is not None
    assert (acting.via, acting.party, acting.desk_officer) == ("desk", people.known("dilip"), carmen.party)
    assert queries.desk_actor(officer=carmen, attempt=result["attempt"], now=NOW + timedelta(minutes=16)) is None
    assert queries.desk_actor(officer=people.officer("ada"), attempt=result["attempt"], now=NOW) is None
    dilip = acting.party
    assert dilip is not None
    actions.buy_shares(actor=acting, now=NOW, key=fresh_key(), party=dilip, count=1, share_class="supporter")


def test_a_code_is_typed_as_people_type() -> None:
    number, sheet = with_sheet()
    assert prove(number, f" {sheet.pin[:3]} {sheet.pin[3:]} ", sheet.codes[0].lower().replace("-", " - "))["passed"]


def test_a_log_in_made_later_is_linked_with_the_sheet() -> None:
    number, sheet = with_sheet()
    eve = Actor(kind="person", via="page", person=people.log_in("eve"))
    done = actions.claim_party(actor=eve, now=NOW, key=fresh_key(), number=number, pin=sheet.pin, code=sheet.codes[1])
    assert done["passed"]
    assert eve.person is not None
    assert queries.party_of(eve.person) == people.known("dilip")


def test_neither_pin_nor_code_is_kept_readable() -> None:
    _number, sheet = with_sheet()
    credential = DeskCredential.objects.get()
    kept = [credential.pin_hash, *DeskCode.objects.values_list("code_hash", flat=True)]
    assert all("$" in each and sheet.pin not in each and sheet.codes[0] not in each for each in kept)


# It does not


def test_wrong_pins_count_and_lock_until_a_new_sheet() -> None:
    number, sheet = with_sheet()
    for _try in range(rules.WRONG_TRIES):
        assert prove(number, "000000", sheet.codes[0])["reason"] == "wrong"
    assert prove(number, sheet.pin, sheet.codes[0])["reason"] == "locked"
    state = queries.desk_state(people.known("dilip"))
    assert state is not None
    assert state.locked
    number, fresh = with_sheet()
    assert prove(number, sheet.pin, sheet.codes[0])["reason"] == "wrong"
    assert prove(number, fresh.pin, fresh.codes[0])["passed"]


def test_a_code_works_once() -> None:
    number, sheet = with_sheet()
    assert prove(number, sheet.pin, sheet.codes[0])["passed"]
    assert not prove(number, sheet.pin, sheet.codes[0])["passed"]
    assert prove(number, sheet.pin, sheet.codes[1])["passed"]


def test_a_form_sent_again_is_not_a_new_proof() -> None:
    number, sheet = with_sheet()
    prove(number, sheet.pin, sheet.codes[0], key="once")
    with pytest.raises(desk.AttemptRepeated):
        prove(number, sheet.pin, sheet.codes[1], key="once")


def test_an_unknown_number_and_a_member_without_a_sheet_are_told_alike() -> None:
    people.join("bruno")
    assert prove(99, "123456", "1-AAAA-BBBB")["reason"] == "unknown"
    assert prove(queries.number_of(people.known("bruno")) or 0, "123456", "1-AAAA-BBBB")["reason"] == "unknown"
    assert DeskAttempt.objects.count() == 0


def test_no_officer_serves_themselves() -> None:
    sheet = people.sheet()
    carmen = people.officer("carmen")
    assert carmen.party is not None
    with pytest.raises(desk.NotAtOwnDesk):
        actions.issue_desk_credentials(
            actor=carmen,
            now=NOW,
            key=fresh_key(),
            party=carmen.party,
            pin_hash=sheet.pin_hash,
            code_hashes=list(sheet.code_hashes),
        )
    with pytest.raises(desk.NotAtOwnDesk):
        prove(queries.number_of(carmen.party) or 0, "123456", "1-AAAA-BBBB")


def test_only_officers_serve() -> None:
    people.join("bruno")
    with pytest.raises(NotAllowed):
        actions.prove_at_desk(actor=people.actor("bruno"), now=NOW, key=fresh_key(), number=1, pin="123456", code="1-AAAA-BBBB")


def test_a_plain_pin_is_not_taken_for_a_hash() -> None:
    bruno, carmen = people.join("bruno"), people.officer("carmen")
    given: dict[str, Any] = {"actor": carmen, "now": NOW, "key": fresh_key(), "party": bruno}
    with pytest.raises(desk.HashesMissing):
        actions.issue_desk_credentials(**given, pin_hash="123456", code_hashes=list(people.sheet().code_hashes))
    with pytest.raises(desk.HashesMissing):
        actions.issue_desk_credentials(**given, pin_hash=people.sheet().pin_hash, code_hashes=["a$b"])


def test_a_sheet_for_nobody_is_refused() -> None:
    sheet = people.sheet()
    with pytest.raises(parties.NoSuchParty):
        actions.issue_desk_credentials(
            actor=people.officer("carmen"),
            now=NOW,
            key=fresh_key(),
            party=uuid4(),
            pin_hash=sheet.pin_hash,
            code_hashes=list(sheet.code_hashes),
        )


def test_a_nameless_person_is_not_registered() -> None:
    sheet = people.sheet()
    with pytest.raises(parties.NameMissing):
        actions.register_at_desk(
            actor=people.officer("carmen"),
            now=NOW,
            key=fresh_key(),
            register={"address": "somewhere"},
            contact=None,
            pin_hash=sheet.pin_hash,
            code_hashes=list(sheet.code_hashes),
        )


def test_a_membership_with_a_log_in_cannot_be_claimed_again() -> None:
    number, sheet = with_sheet("bruno")
    eve = Actor(kind="person", via="page", person=people.log_in("eve"))
    with pytest.raises(parties.AlreadyLinked):
        actions.claim_party(actor=eve, now=NOW, key=fresh_key(), number=number, pin=sheet.pin, code=sheet.codes[0])
    wrong = actions.claim_party(actor=eve, now=NOW, key=fresh_key(), number=number, pin="000000", code=sheet.codes[0])
    assert wrong["reason"] == "wrong"
    unknown = actions.claim_party(actor=eve, now=NOW, key=fresh_key(), number=99, pin="000000", code=sheet.codes[0])
    assert unknown["reason"] == "unknown"


def test_whoever_prints_an_officers_sheet_cannot_act_as_them() -> None:
    number, sheet = with_sheet("ada")
    people.fill("ada", "treasurer")
    with pytest.raises(desk.OfficersSignIn):
        prove(number, sheet.pin, sheet.codes[0])


def test_a_stranger_does_not_lock_one_membership_after_another() -> None:
    numbers = [with_sheet(name)[0] for name in ("dilip", "bruno")]
    eve = Actor(kind="person", via="page", person=people.log_in("eve"))

    def claim(number: int, now: Any = NOW) -> str:
        found = actions.claim_party(actor=eve, now=now, key=fresh_key(), number=number, pin="000000", code="1-AAAA-AAAA")
        return str(found["reason"])

    assert [claim(numbers[0]) for _each in range(rules.WRONG_TRIES)] == ["wrong"] * rules.WRONG_TRIES
    assert claim(numbers[1]) == "later"
    assert claim(numbers[1], NOW + timedelta(days=1, minutes=1)) == "wrong"


def test_a_member_acting_at_the_desk_loses_it_with_the_officers_term() -> None:
    number, sheet = with_sheet()
    result = prove(number, sheet.pin, sheet.codes[0])
    after = NOW + timedelta(minutes=5)
    acting = queries.desk_actor(officer=people.officer("carmen"), attempt=result["attempt"], now=after)
    assert acting is not None
    [term] = [each for each in offices.holdings(NOW) if each.office == "secretary"]
    from rochdale.offices import actions as office_actions

    carmen = people.actor("carmen")
    assert carmen.party is not None
    office_actions.resign(actor=carmen, now=NOW, key=fresh_key(), term=term.id, party=carmen.party)
    assert acting.party is not None
    with pytest.raises(NotAllowed):
        actions.buy_shares(actor=acting, now=after, key=fresh_key(), party=acting.party, count=1)
