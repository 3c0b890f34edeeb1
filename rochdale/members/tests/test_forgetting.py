"""Contact details are erased some time after somebody left, once nothing is open; the register keeps its entry."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rochdale.audit import queries as audit
from rochdale.members import actions, leaving_jobs, queries
from rochdale.members import testing as people
from rochdale.members.actions import forgetting
from rochdale.members.testing import NOW, fresh_key, holding_of
from rochdale.members.testing_pages import Page
from rochdale.members.testing_shares import UK
from rochdale.privacy import queries as privacy
from rochdale.shared import actor as actors
from rochdale.shared import clock
from rochdale.shared.action import NotAllowed

pytestmark = pytest.mark.usefixtures("coop")
AFTER = NOW + timedelta(days=32)
LATE = NOW + timedelta(days=125)


def night(at: datetime) -> int:
    with clock.at(at):
        return leaving_jobs.forget_contacts()


def leaves(name: str) -> None:
    party = people.join(name)
    actions.give_notice(actor=people.actor(name), now=NOW, key=fresh_key(), party=party)
    with clock.at(AFTER):
        assert leaving_jobs.end_after_notice()["ended"] == 1


def pays_back(budget: int = 1000) -> None:
    people.officer("ada"), people.officer("grace")
    made = actions.prepare_buy_backs(
        actor=people.actor("ada", AFTER), now=AFTER, key=fresh_key(), budget=budget * 10**6, currency="GBP"
    )
    actions.release_buy_backs(actor=people.actor("grace", AFTER), now=AFTER, key=fresh_key(), round=made["round"])


def test_contact_details_go_ninety_days_after_the_end_and_the_register_stays() -> None:
    people.settle(NOW, packs=UK)
    leaves("bruno")
    pays_back()
    bruno = people.known("bruno")
    assert night(AFTER + timedelta(days=80)) == 0
    people.officer("grace", LATE)
    assert "erased tonight" in Page("grace", LATE).get("members/leaving/").content.decode()
    assert night(LATE) == 1
    assert privacy.read(bruno, "contact") is None
    assert (privacy.read(bruno, "register") or {})["name"] == "Bruno Okafor"
    assert privacy.find("email", "bruno@example.org") == []
    assert audit.acts_about("party", [str(bruno)], action="members.contact_forgotten")
    assert night(LATE) == 0


def test_the_register_of_an_earlier_day_says_who_has_left_since() -> None:
    leaves("bruno")
    by = people.officer("grace", AFTER)
    [gone] = [line for line in queries.register(viewer=by, now=AFTER, as_of=NOW).lines if line.name == "Bruno Okafor"]
    assert gone.left_at is not None and gone.left_at < AFTER
    [then] = [
        line for line in queries.register(viewer=by, now=AFTER, as_of=NOW, known_at=NOW).lines if line.number == gone.number
    ]
    assert then.left_at is None
    shown = Page("grace", AFTER).get(f"members/register/?as_of={NOW:%Y-%m-%d}").content.decode()
    assert ">Left<" in shown or "Left</" in shown


def test_nothing_goes_while_something_is_open() -> None:
    leaves("bruno")  # Irish shares stay: the co-op has to reach who holds them
    bruno = people.known("bruno")
    assert queries.forgetting.is_open(bruno, LATE)
    assert night(LATE) == 0
    with pytest.raises(forgetting.StillNeeded):
        actions.forget_contact(actor=actors.job("members.forget_contacts"), now=LATE, key=fresh_key(), party=bruno)
    with pytest.raises(NotAllowed):
        actions.forget_contact(actor=people.officer("grace", LATE), now=LATE, key=fresh_key(), party=bruno)
    assert (privacy.read(bruno, "contact") or {})["email"] == "bruno@example.org"


def test_a_member_keeps_theirs_and_so_does_who_came_back() -> None:
    people.settle(NOW, packs=UK)
    holding_of("finn", 2)
    leaves("bruno")
    pays_back()
    people.join("bruno", AFTER)
    assert night(LATE) == 0


def test_who_comes_back_after_that_is_not_kept_out() -> None:
    people.settle(NOW, packs=UK)
    leaves("bruno")
    pays_back()
    assert night(LATE) == 1
    found = actions.apply(
        actor=people.actor("bruno", LATE), now=LATE, key=fresh_key(), class_code="listener", contact={"email": "b@example.org"}
    )
    assert found["application"]
    assert privacy.read(people.known("bruno"), "contact") is None
