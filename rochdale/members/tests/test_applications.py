"""Apply, admit, refuse, appeal: first that it works, then each refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.actions import applications, membership, parties
from rochdale.members.testing import NOW, fresh_key
from rochdale.messages import queries as messages
from rochdale.privacy import queries as privacy
from rochdale.shared import actor as actors
from rochdale.shared.action import NotAllowed
from rochdale.shared.actor import NOBODY, Actor

pytestmark = pytest.mark.usefixtures("coop")
LATER = NOW + timedelta(days=2)


def admit(name: str, application: int, **more: Any) -> Any:
    return actions.admit_member(actor=people.officer(name), now=NOW, key=fresh_key(), application=application, **more)


def refuse(name: str, application: int, reason_code: str = "details_not_proved") -> Any:
    return actions.refuse_application(
        actor=people.officer(name), now=NOW, key=fresh_key(), application=application, reason_code=reason_code, words="why"
    )


def appeal(name: str, application: int, now: Any = NOW) -> Any:
    return actions.appeal_refusal(actor=people.actor(name), now=now, key=fresh_key(), application=application, words="no")


def decide(name: str, application: int, *, upheld: bool, reason_code: str = "") -> Any:
    return actions.decide_appeal(
        actor=people.officer(name), now=NOW, key=fresh_key(), application=application, upheld=upheld, reason_code=reason_code
    )


# It works


def test_a_member_does_not_change_the_register_by_applying_again() -> None:
    bruno = people.join("bruno")
    said = privacy.read(bruno, "register")
    given: dict[str, Any] = {"actor": people.actor("bruno"), "now": NOW, "class_code": "listener"}
    with pytest.raises(applications.RegisterDiffers):
        actions.apply(**given, key=fresh_key(), register={"name": "Grace Lim"})
    assert privacy.read(bruno, "register") == said
    assert actions.apply(**given, key=fresh_key(), register=said)["application"]


def test_an_applicant_is_admitted_with_a_number_and_told() -> None:
    application = people.apply("eve", "listener")
    found = queries.application(application)
    assert found is not None
    assert (found.state, found.class_code, found.due_at) == ("applied", "listener", NOW + timedelta(days=30))
    result = admit("grace", application)
    member = queries.member(found.party)
    assert member is not None
    assert result["number"] == member.number
    assert result["counts"] is False
    assert member.effective_at is None
    assert queries.standing(found.party, NOW) == "non-member"
    told = [message for message in messages.sent() if message.kind == "members.admitted"]
    assert len(told) == 1
    assert str(member.number) in told[0].body
    people.pay_minimum(found.party)
    assert queries.standing(found.party, NOW) == "listener"


def test_a_member_applies_for_one_more_class_and_keeps_the_number() -> None:
    bruno = people.join("bruno")
    number = queries.number_of(bruno)
    application = people.apply("bruno", "listener")
    assert admit("grace", application)["number"] == number
    assert queries.standing(bruno, NOW) == "artist+listener"


def test_the_same_key_applies_once() -> None:
    people.settle()
    people.known("eve")
    first = actions.apply(actor=people.actor("eve"), now=NOW, key="same", class_code="listener")
    again = actions.apply(actor=people.actor("eve"), now=NOW, key="same", class_code="listener")
    assert first == again


def test_somebody_new_becomes_a_party_by_applying() -> None:
    people.settle()
    eve = Actor(kind="person", via="page", person=people.log_in("eve"))
    made = actions.apply(actor=eve, now=NOW, key=fresh_key(), class_code="listener", register={"name": "Eve Stone"})
    assert queries.party_of(people.log_in("eve")) is not None
    assert str(queries.party_of(people.log_in("eve"))) == made["party"]


def test_the_secretary_writes_down_anothers_application() -> None:
    carmen = people.officer("carmen")
    dilip = people.known("dilip")
    made = actions.apply(actor=carmen, now=NOW, key=fresh_key(), class_code="supporter", party=dilip)
    assert made["party"] == str(dilip)


def test_a_refusal_is_told_with_its_reason_and_can_be_appealed() -> None:
    application = people.apply("eve", "listener")
    assert refuse("grace", application)["appeal_days"] == 30
    [told] = [message for message in messages.sent() if message.kind == "members.refused"]
    assert "Details could not be proved" in told.body
    appeal("eve", application, LATER)
    assert [each.state for each in queries.open_applications(LATER)] == ["appealed"]
    decide("hana", application, upheld=True)
    found = queries.application(application)
    assert found is not None
    assert found.state == "appeal_upheld"
    assert queries.number_of(found.party) is not None


def test_an_appeal_is_rejected_for_a_reason() -> None:
    application = people.apply("eve", "listener")
    refuse("grace", application)
    appeal("eve", application)
    decide("hana", application, upheld=False, reason_code="conflict_of_interest")
    found = queries.application(application)
    assert found is not None
    assert (found.state, found.reason_code) == ("appeal_rejected", "conflict_of_interest")
    assert queries.member(found.party) is None
    assert people.apply("eve", "artist") != application


def test_where_the_general_meeting_decides_appeals_a_resolution_does() -> None:
    people.settle(values={"members.appeal_decided_by": "general_meeting"})
    application = people.apply("eve", "listener")
    refuse("grace", application)
    appeal("eve", application)
    with pytest.raises(applications.NotTheDecider):
        decide("hana", application, upheld=True)
    resolved = actors.resolution("resolution:7")
    done = actions.decide_appeal(actor=resolved, now=NOW, key=fresh_key(), application=application, upheld=True)
    member = queries.member_by_number(done["number"])
    assert member is not None
    assert member.act == "resolution:7"


def test_where_the_bylaws_let_the_secretary_decide_she_does() -> None:
    people.settle(values={"members.admission_decided_by": "secretary"})
    assert admit("carmen", people.apply("eve", "listener"))["number"]


# Refusals


def test_nobody_cannot_apply() -> None:
    people.settle()
    with pytest.raises(NotAllowed):
        actions.apply(actor=NOBODY, now=NOW, key=fresh_key(), class_code="listener")


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(membership.UnknownClass):
        people.apply("eve", "pope")


def test_a_nameless_applicant_is_refused() -> None:
    people.settle()
    eve = Actor(kind="person", via="page", person=people.log_in("eve"))
    with pytest.raises(parties.NameMissing):
        actions.apply(actor=eve, now=NOW, key=fresh_key(), class_code="listener", contact={"email": "eve@example.org"})
    assert queries.party_of(people.log_in("eve")) is None


def test_nobody_applies_for_somebody_else() -> None:
    people.join("bruno")
    with pytest.raises(applications.NotYourApplication):
        actions.apply(actor=people.actor("bruno"), now=NOW, key=fresh_key(), class_code="listener", party=people.known("eve"))


def test_applying_twice_and_for_a_class_one_is_in_is_refused() -> None:
    people.apply("eve", "listener")
    with pytest.raises(applications.AlreadyApplied):
        people.apply("eve", "listener")
    people.join("bruno")
    with pytest.raises(membership.AlreadyInClass):
        people.apply("bruno", "artist")


@pytest.mark.parametrize("name", ["bruno", "ada"])
def test_who_holds_no_such_office_admits_nobody(name: str) -> None:
    application = people.apply("eve", "listener")
    with pytest.raises(NotAllowed):
        admit(name, application)


def test_the_secretary_does_not_admit_where_the_board_decides() -> None:
    with pytest.raises(applications.NotTheDecider):
        admit("carmen", people.apply("eve", "listener"))


def test_nobody_decides_about_themselves() -> None:
    people.officer("grace")
    application = people.apply("grace", "artist")
    with pytest.raises(applications.OwnApplication):
        admit("grace", application)
    with pytest.raises(applications.OwnApplication):
        refuse("grace", application)


def test_an_application_that_is_not_there_is_refused() -> None:
    people.settle()
    with pytest.raises(applications.NoSuchApplication):
        admit("grace", 404)
    people.known("eve")
    with pytest.raises(applications.NoSuchApplication):
        appeal("eve", 404)


def test_an_application_is_decided_once() -> None:
    application = people.apply("eve", "listener")
    admit("grace", application)
    with pytest.raises(applications.AlreadyDecided):
        admit("hana", application)
    with pytest.raises(applications.AlreadyDecided):
        refuse("hana", application)


@pytest.mark.parametrize("reason_code", ["", "religion", "we just do not like her"])
def test_a_refusal_without_a_coded_reason_is_refused(reason_code: str) -> None:
    application = people.apply("eve", "listener")
    with pytest.raises(applications.ReasonMissing):
        refuse("grace", application, reason_code)


def test_a_rejected_appeal_needs_a_reason_too() -> None:
    application = people.apply("eve", "listener")
    refuse("grace", application)
    appeal("eve", application)
    with pytest.raises(applications.ReasonMissing):
        decide("hana", application, upheld=False)


def test_only_the_applicant_appeals() -> None:
    application = people.apply("eve", "listener")
    refuse("grace", application)
    people.join("bruno")
    with pytest.raises(applications.NotYourApplication):
        appeal("bruno", application)


def test_only_a_refusal_can_be_appealed() -> None:
    application = people.apply("eve", "listener")
    with pytest.raises(applications.NotRefused):
        appeal("eve", application)
    admit("grace", application)
    with pytest.raises(applications.NotRefused):
        appeal("eve", application)


def test_an_appeal_comes_in_time_and_once() -> None:
    application = people.apply("eve", "listener")
    refuse("grace", application)
    with pytest.raises(applications.AppealTooLate):
        appeal("eve", application, NOW + timedelta(days=31))
    appeal("eve", application)
    with pytest.raises(applications.AlreadyDecided):
        appeal("eve", application)


def test_whoever_refused_does_not_decide_the_appeal() -> None:
    application = people.apply("eve", "listener")
    refuse("grace", application)
    appeal("eve", application)
    with pytest.raises(applications.SameDecider):
        decide("grace", application, upheld=False, reason_code="details_not_proved")


def test_without_an_appeal_there_is_nothing_to_decide() -> None:
    application = people.apply("eve", "listener")
    refuse("grace", application)
    with pytest.raises(applications.NoAppeal):
        decide("hana", application, upheld=True)


def test_an_unknown_member_cannot_be_given_a_class() -> None:
    grace = people.officer("grace")
    with pytest.raises(membership.NotAMember):
        actions.add_class(actor=grace, now=NOW, key=fresh_key(), party=uuid4(), class_code="listener")
