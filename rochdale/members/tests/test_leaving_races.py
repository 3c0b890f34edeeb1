"""Leaving and excluding at once, two officers at once, and the job killed on its way: with real threads and connections."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from rochdale.members import actions, leaving_jobs, queries, testing_leaving
from rochdale.members import testing as people
from rochdale.members.models import LeavingStep, MembershipEnd
from rochdale.members.queries import ending_checks
from rochdale.members.testing import NOW, at_once, fresh_key
from rochdale.members.testing_leaving import FACTS
from rochdale.offices import actions as offices
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops

AFTER = NOW + timedelta(days=300)


@pytest.fixture
def schema(own_database: Any) -> str:
    """Return the schema of a co-op whose changes are committed for real."""
    return str(own_database.coop.schema_name)


def test_leaving_and_being_excluded_at_once_ends_a_membership_once(schema: str) -> None:
    with coops.inside(schema):
        case = testing_leaving.decided_case(NOW)
        bruno = people.known("bruno")
        notice = actions.give_notice(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno)["notice"]
    job: dict[str, Any] = {"actor": actors.job("test"), "now": AFTER}
    results = at_once(
        schema,
        [
            partial(actions.end_after_notice, **job, key="leave", notice=notice),
            partial(actions.make_exclusion_final, **job, key="exclude", case=case),
        ],
    )
    with coops.inside(schema):
        assert MembershipEnd.objects.filter(member__party=bruno).count() == 1
        assert ending_checks.rights_after_the_end() == []
        assert ending_checks.exclusions_too_early() == []
        view = queries.exclusion.case(case, AFTER)
        assert view is not None
        reason = MembershipEnd.objects.get(member__party=bruno).reason
        assert view.closed == {"resigned": "left", "excluded": "final"}[reason]
    assert "members.case_closed" in results or {"ended": True, "missing": []} in results


def test_two_officers_decide_at_once_and_it_is_decided_once(schema: str) -> None:
    with coops.inside(schema):
        case = testing_leaving.opened_case(NOW)
        officers = [people.actor(name, AFTER) for name in ("grace", "hana")]
        people.join("ada")
        people.fill("ada", "board")
        officers.append(people.actor("ada", AFTER))
    given: dict[str, Any] = {"now": AFTER, "case": case, "outcome": "excluded", "reasons": FACTS}
    results = at_once(schema, [partial(actions.decide_exclusion, actor=by, key=fresh_key(), **given) for by in officers])
    decided = [each["decided"] for each in results if isinstance(each, dict)]
    assert sorted(decided) == [False, True]
    assert results.count("members.case_decided") == 1


def test_a_member_gives_notice_twice_at_once_and_one_runs(schema: str) -> None:
    with coops.inside(schema):
        bruno = people.join("bruno")
        by = people.actor("bruno")
    given: dict[str, Any] = {"actor": by, "now": NOW, "party": bruno}
    results = at_once(schema, [partial(actions.give_notice, key=f"notice:{n}", **given) for n in range(2)])
    assert "members.notice_given" in results
    with coops.inside(schema):
        assert len(queries.leaving.notices_of(bruno)) == 1


def test_the_job_killed_on_its_way_ends_nobody_by_half_and_goes_on(schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("ada", "bruno", "finn")
    with coops.inside(schema):
        for name in names:
            party = people.join(name)
            actions.give_notice(actor=people.actor(name), now=NOW, key=fresh_key(), party=party)
    whole, calls = offices.vacate, iter(range(100))

    def killed(**given: Any) -> Any:
        if next(calls) == 1:
            raise SystemExit("killed")
        return whole(**given)

    monkeypatch.setattr(offices, "vacate", killed)
    with clock.at(AFTER):
        with pytest.raises(SystemExit), coops.inside(schema):
            leaving_jobs.end_after_notice()
        with coops.inside(schema):
            assert MembershipEnd.objects.count() == LeavingStep.objects.count() == 0  # the job is one transaction
        for _again in range(2):
            with coops.inside(schema):
                leaving_jobs.end_after_notice()
        with coops.inside(schema):
            assert MembershipEnd.objects.count() == len(names)
            assert ending_checks.rights_after_the_end() == []
            assert ending_checks.ends_without_act() == []
