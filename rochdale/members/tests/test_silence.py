"""Applications that nobody answers: silence is nothing, a yes or a no, as law and bylaws say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from rochdale.members import actions, leaving_jobs, queries
from rochdale.members import testing as people
from rochdale.members.actions import applications, silence
from rochdale.members.testing import NOW, fresh_key
from rochdale.messages import queries as messages
from rochdale.shared import actor as actors
from rochdale.shared import clock
from rochdale.shared.action import NotAllowed

pytestmark = pytest.mark.usefixtures("coop")
DUE = NOW + timedelta(days=30)
SPAIN = ("es", "activity-wallet-eu")


def run(at: datetime) -> dict[str, int]:
    with clock.at(at):
        return leaving_jobs.apply_silence()


def state(application: int) -> str:
    found = queries.application(application)
    assert found is not None
    return found.state


def test_silence_means_nothing_unless_somebody_says_so() -> None:
    application = people.apply("eve", "listener")
    assert run(DUE + timedelta(days=400)) == {"answered": 0, "reminded": 0}
    assert state(application) == "applied"


def test_by_the_bylaws_silence_admits_when_the_day_has_come() -> None:
    people.settle(NOW, {"members.admission_silence": "admitted"})
    application = people.apply("eve", "listener")
    assert run(DUE - timedelta(seconds=1))["answered"] == 0
    assert run(DUE) == {"answered": 1, "reminded": 0}
    found = queries.application(application)
    assert found is not None
    assert found.state == "admitted"
    assert queries.member(found.party) is not None
    assert queries.admissions_without_act() == []
    assert run(DUE + timedelta(hours=1))["answered"] == 0


def test_by_the_bylaws_silence_refuses_and_the_refusal_is_appealed() -> None:
    people.settle(NOW, {"members.admission_silence": "refused"})
    application = people.apply("eve", "listener")
    run(DUE)
    found = queries.application(application)
    assert found is not None
    assert (found.state, found.reason_code) == ("refused", "not_decided_in_time")
    assert "Nobody decided in time" in next(each.body for each in messages.sent() if each.kind == "members.refused")
    actions.appeal_refusal(actor=people.actor("eve", DUE), now=DUE, key=fresh_key(), application=application)
    assert state(application) == "appealed"


def test_what_was_decided_is_not_answered_by_silence() -> None:
    people.settle(NOW, {"members.admission_silence": "admitted"})
    application = people.apply("eve", "listener")
    actions.refuse_application(
        actor=people.officer("grace"), now=NOW, key=fresh_key(), application=application, reason_code="details_not_proved"
    )
    assert run(DUE) == {"answered": 0, "reminded": 0}
    with pytest.raises(applications.AlreadyDecided):
        actions.apply_silence(actor=actors.job("t"), now=DUE, key=fresh_key(), application=application)


def test_silence_answers_nothing_too_early_and_only_as_a_job() -> None:
    people.settle(NOW, {"members.admission_silence": "admitted"})
    application = people.apply("eve", "listener")
    with pytest.raises(silence.SilenceTooEarly):
        actions.apply_silence(actor=actors.job("t"), now=NOW, key=fresh_key(), application=application)
    with pytest.raises(applications.NoSuchApplication):
        actions.apply_silence(actor=actors.job("t"), now=NOW, key=fresh_key(), application=application + 1)
    with pytest.raises(NotAllowed):
        actions.apply_silence(actor=people.officer("grace"), now=DUE, key=fresh_key(), application=application)


def test_no_officer_can_choose_silence_as_a_reason() -> None:
    application = people.apply("eve", "listener")
    with pytest.raises(applications.ReasonMissing):
        actions.refuse_application(
            actor=people.officer("grace"), now=NOW, key=fresh_key(), application=application, reason_code="not_decided_in_time"
        )


def test_who_decides_is_reminded_once_in_the_last_week() -> None:
    people.officer("grace")
    people.apply("eve", "listener")
    assert run(DUE - timedelta(days=8))["reminded"] == 0
    for day in (6, 5, 4):
        assert run(DUE - timedelta(days=day))["reminded"] == 1
    told = [each for each in messages.sent() if each.kind == "members.decision_due_soon"]
    assert [each.address for each in told] == ["grace@example.org"]
    assert "Eve Stone" in told[0].body


def test_in_spain_silence_admits_after_three_months_on_the_wall() -> None:
    people.settle(NOW, packs=SPAIN)
    application = people.apply("eve", "listener")
    found = queries.application(application)
    assert found is not None
    assert found.silence is not None
    assert (found.silence.means, found.silence.law) == ("admitted", "Ley 27/1999 art. 13")
    assert found.silence.silent_at is not None
    assert found.silence.silent_at.isoformat() == "2026-06-03T00:00:00+01:00"
    assert found.due_at == DUE  # the bylaws ask for a quicker answer
    assert run(found.silence.silent_at - timedelta(seconds=1))["answered"] == 0
    assert run(found.silence.silent_at)["answered"] == 1
    assert state(application) == "admitted"


def test_the_law_gives_more_days_to_appeal_than_the_bylaws() -> None:
    people.settle(NOW, {"members.appeal_days": 7}, packs=SPAIN)
    assert queries.silence.appeal_days(NOW) == (20, "Ley 27/1999 art. 13")


def test_people_say_that_they_are_old_enough_and_no_day_of_birth_is_kept() -> None:
    people.settle(NOW, {"members.minimum_age": 16})
    people.known("eve")
    given: dict[str, Any] = {"actor": people.actor("eve"), "now": NOW, "class_code": "listener"}
    with pytest.raises(applications.TooYoung) as refused:
        actions.apply(**given, key=fresh_key())
    assert refused.value.data["age"] == 16
    with pytest.raises(applications.TooYoung):
        actions.apply(**given, key=fresh_key(), old_enough=False)
    assert actions.apply(**given, key=fresh_key(), old_enough=True)["application"]
