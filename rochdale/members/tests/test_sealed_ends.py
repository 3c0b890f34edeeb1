"""What may be updated repeats what is sealed beside it: where the two differ, somebody wrote by hand (T11)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from rochdale.members import actions
from rochdale.members import testing as people
from rochdale.members.models import ClassEnd, ClassMembership, LogInLink, Representative, RepresentativeEnd
from rochdale.members.queries import ending_checks
from rochdale.members.testing import ACT, NOW, fresh_key

pytestmark = pytest.mark.usefixtures("coop")
LATER = NOW + timedelta(days=3)


def test_t11_a_place_in_a_class_that_ended_by_hand_is_told() -> None:
    people.join("bruno")
    assert ending_checks.ends_unlike_what_was_sealed() == []
    place = ClassMembership.objects.order_by("pk")[0]
    ClassMembership.objects.filter(pk=place.pk).update(until_at=LATER)
    told = [{"number": 1, "class": place.class_code_id}]
    assert ending_checks.ends_unlike_what_was_sealed() == told
    ClassEnd.objects.create(membership=place, until_at=LATER + timedelta(days=1), act=ACT)
    assert ending_checks.ends_unlike_what_was_sealed() == told, "it ended at another moment"


def test_t11_who_ceased_to_act_for_an_organisation_by_hand_is_told() -> None:
    carmen, bruno = people.officer("carmen"), people.known("bruno")
    made = actions.make_organisation(
        actor=carmen, now=NOW, key=fresh_key(), representative=bruno, register={"name": "Toad Lane Records"}
    )
    records = UUID(made)
    actions.end_representation(actor=carmen, now=LATER, key=fresh_key(), organisation=records, representative=bruno)
    assert [each.until_at for each in RepresentativeEnd.objects.all()] == [LATER]
    assert ending_checks.ends_unlike_what_was_sealed() == []
    Representative.objects.create(organisation_id=records, representative_id=bruno, from_at=NOW, until_at=LATER, act=ACT)
    told = [{"representative": str(bruno), "organisation": str(records)}]
    assert ending_checks.ends_unlike_what_was_sealed() == told


def test_t11_a_log_in_on_somebody_elses_membership_is_told() -> None:
    ada, bruno = people.join("ada"), people.join("bruno")
    assert LogInLink.objects.filter(party__in=[ada, bruno]).count() == 2
    assert ending_checks.log_ins_unlike_what_was_sealed() == []
    LogInLink.objects.create(party_id=ada, person=uuid4(), at=LATER)
    assert ending_checks.log_ins_unlike_what_was_sealed() == [{"party": str(ada)}]
