"""Parties, organisations, and who acts for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from rochdale.cooperatives import queries as cooperatives
from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.actions import parties
from rochdale.members.testing import NOW, fresh_key, inside
from rochdale.privacy import queries as privacy
from rochdale.shared import actor as actors
from rochdale.shared import coops
from rochdale.shared.action import InsideOnly, NotAllowed

pytestmark = pytest.mark.usefixtures("coop")
LATER = NOW + timedelta(days=1)
BY = actors.job("test")


def organisation(representative: str = "bruno") -> UUID:
    carmen = people.officer("carmen")
    return UUID(
        actions.make_organisation(
            actor=carmen,
            now=NOW,
            key=fresh_key(),
            representative=people.known(representative),
            register={"name": "Toad Lane Records"},
        )
    )


def test_a_log_in_has_one_party_here_and_the_co_op_is_on_its_list() -> None:
    ada, again = people.known("ada"), people.known("ada")
    assert ada == again
    person = people.log_in("ada")
    assert queries.party_of(person) == ada
    assert queries.person_of(ada) == person
    with coops.public():
        assert [coop.slug for coop in cooperatives.coops_of(person)] == ["alpha"]
    with inside():
        assert actions.make_party(actor=BY, now=NOW, key=fresh_key(), person=person) == str(ada)


def test_parties_differ_from_co_op_to_co_op(second_coop: Any) -> None:
    here = people.known("ada")
    with coops.inside(second_coop.schema_name):
        assert queries.party_of(people.log_in("ada")) is None
        assert people.known("ada") != here


def test_the_secretary_does_not_take_an_organisation_into_their_own_hands() -> None:
    records, carmen = organisation(), people.officer("carmen")
    with pytest.raises(parties.AppointsOneself):
        actions.appoint_representative(
            actor=carmen, now=NOW, key=fresh_key(), organisation=records, representative=people.known("carmen")
        )
    assert queries.organisations_of(people.known("carmen"), NOW) == []


def test_a_representative_acts_for_an_organisation() -> None:
    records = organisation()
    bruno = people.known("bruno")
    person = people.log_in("bruno")
    assert queries.represents(bruno, records, NOW)
    assert [each.name for each in queries.acting_for(person, NOW)] == ["Bruno Okafor", "Toad Lane Records"]
    acting = queries.actor_for(person=person, via="page", now=NOW, acting_as=records)
    assert (acting.person, acting.party) == (person, records)
    applied = actions.apply(actor=acting, now=NOW, key=fresh_key(), class_code="artist")
    assert applied["party"] == str(records)
    actions.end_representation(actor=acting, now=LATER, key=fresh_key(), organisation=records, representative=bruno)
    assert queries.actor_for(person=person, via="page", now=LATER, acting_as=records).party == bruno
    assert queries.organisations_of(bruno, NOW) == [records]
    assert queries.organisations_of(bruno, LATER) == []


def test_nobody_acts_for_an_organisation_by_asking() -> None:
    records = organisation()
    eve = queries.actor_for(person=people.log_in("eve"), via="page", now=NOW, acting_as=records)
    assert eve.party is None
    people.known("hana")
    hana = queries.actor_for(person=people.log_in("hana"), via="page", now=NOW, acting_as=records)
    assert hana.party == people.known("hana")
    with pytest.raises(NotAllowed):
        actions.appoint_representative(
            actor=hana, now=NOW, key=fresh_key(), organisation=records, representative=people.known("hana")
        )


def test_one_human_is_seen_behind_several_parties() -> None:
    records = organisation()
    bruno, ada = people.known("bruno"), people.known("ada")
    assert queries.is_same_human(bruno, records, NOW)
    assert not queries.is_same_human(ada, records, NOW)
    with inside():
        double = UUID(
            actions.make_party(
                actor=BY, now=NOW, key=fresh_key(), register={"name": "B. O."}, contact={"email": "BRUNO@example.org"}
            )
        )
    assert queries.is_same_human(bruno, double, NOW)
    assert queries.parties_of_same_human(bruno, NOW) == {bruno, double, records}


def test_contact_is_changed_field_by_field_and_by_oneself() -> None:
    bruno = people.join("bruno")
    actions.change_contact(
        actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, contact={"phone": "+353 85 0000000"}
    )
    assert privacy.read(bruno, "contact") == {"email": "bruno@example.org", "phone": "+353 85 0000000"}
    with pytest.raises(NotAllowed):
        actions.change_contact(actor=people.officer("ada"), now=NOW, key=fresh_key(), party=bruno, contact={"phone": "1"})


@pytest.mark.parametrize("field", ["role", "party", "kyc", "balance", "name", "number", "tenant"])
def test_nothing_else_slips_in_with_a_profile(field: str) -> None:
    """T23: PATCH own profile with role, tenant, kyc, balance."""
    bruno = people.join("bruno")
    before = privacy.read(bruno, "contact")
    with pytest.raises(parties.UnknownDetail):
        actions.change_contact(
            actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, contact={"phone": "+1", field: "treasurer"}
        )
    assert privacy.read(bruno, "contact") == before


def test_a_detail_that_is_too_long_is_refused() -> None:
    bruno = people.join("bruno")
    with pytest.raises(parties.DetailTooLong):
        actions.change_contact(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, contact={"email": "x" * 201})


def test_an_organisation_needs_a_name_and_a_person() -> None:
    carmen = people.officer("carmen")
    bruno = people.known("bruno")
    with pytest.raises(parties.NameMissing):
        actions.make_organisation(actor=carmen, now=NOW, key=fresh_key(), representative=bruno, register={"address": "x"})
    with pytest.raises(parties.NoSuchParty):
        actions.make_organisation(actor=carmen, now=NOW, key=fresh_key(), representative=uuid4(), register={"name": "x"})
    with pytest.raises(parties.NotAnOrganisation):
        actions.appoint_representative(
            actor=carmen, now=NOW, key=fresh_key(), organisation=bruno, representative=people.known("ada")
        )


def test_an_appointment_is_made_once_and_ended_once() -> None:
    records, bruno, carmen = organisation(), people.known("bruno"), people.officer("carmen")
    given: dict[str, Any] = {"actor": carmen, "now": NOW, "organisation": records, "representative": bruno}
    with pytest.raises(parties.AlreadyRepresents):
        actions.appoint_representative(key=fresh_key(), **given)
    actions.end_representation(key=fresh_key(), **given)
    with pytest.raises(parties.DoesNotRepresent):
        actions.end_representation(key=fresh_key(), **given)


def test_linking_a_log_in_is_a_step_and_done_once() -> None:
    dilip, bruno = people.known("dilip"), people.known("bruno")
    with pytest.raises(InsideOnly):
        actions.link_person(actor=BY, now=NOW, key=fresh_key(), party=dilip, person=uuid4())
    with inside(), pytest.raises(parties.AlreadyLinked):
        actions.link_person(actor=BY, now=NOW, key=fresh_key(), party=dilip, person=people.log_in("bruno"))
    with inside(), pytest.raises(parties.AlreadyLinked):
        actions.link_person(actor=BY, now=NOW, key=fresh_key(), party=bruno, person=people.log_in("eve"))


def test_a_turn_of_nobody_is_refused() -> None:
    with inside(), pytest.raises(parties.NoSuchParty):
        actions.take_turn(actor=BY, now=NOW, key=fresh_key(), party=uuid4())


def test_many_parties_are_made_at_once() -> None:
    with inside():
        made = actions.make_parties(actor=BY, now=NOW, key=fresh_key(), count=3)
    assert len(set(made)) == 3
    assert queries.counts(NOW).get("all") == 0
