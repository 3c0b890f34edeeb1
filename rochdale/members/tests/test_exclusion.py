"""Excluding a member: Grace opens a case against Bruno, Hana sits on the board with her. First that it works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from rochdale.members import actions, leaving_jobs, queries
from rochdale.members import testing as people
from rochdale.members.actions import applications, exclusion, exclusion_decisions, exclusion_steps, membership
from rochdale.members.queries import ending_checks
from rochdale.members.testing import NOW, fresh_key
from rochdale.messages import actions as outbox
from rochdale.messages import queries as messages
from rochdale.offices import queries as offices
from rochdale.shared import actor as actors
from rochdale.shared import clock
from rochdale.shared.action import NotAllowed
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

FACTS = "On three evenings he took the till home and did not bring it back when he was asked to."
REASONS = "He was heard, did not deny it, and would not promise to stop. Trust cannot be mended."
DAY = timedelta(days=1)
HEARD = NOW + 15 * DAY
FINAL = HEARD + 31 * DAY


@pytest.fixture(autouse=True)
def board(coop: Any) -> UUID:
    """Let Bruno be a member and Grace and Hana sit on the board; returns Bruno's party."""
    for name in ("grace", "hana", "carmen"):
        people.officer(name)
    return people.join("bruno")


def by(name: str, now: datetime) -> Actor:
    return people.actor(name, now)


def deliver(now: datetime) -> None:
    """Let the carrier take what waits, as the worker does."""
    given: dict[str, Any] = {"actor": actors.job("messages.deliver"), "now": now}
    for message in outbox.claim_due(**given, key=fresh_key(), most=500):
        outbox.mark_sent(**given, key=fresh_key(), message=UUID(message), reference="test")


def opened(name: str = "grace", now: datetime = NOW, ground: str = "harm_to_the_co-op", facts: str = FACTS) -> int:
    done = actions.open_exclusion(
        actor=by(name, now), now=now, key=fresh_key(), party=people.known("bruno"), ground=ground, facts=facts
    )
    return int(done["case"])


def served(now: datetime = NOW) -> int:
    case = opened(now=now)
    deliver(now)
    return case


def vote(name: str, case: int, now: datetime = HEARD, outcome: str = "excluded", reasons: str = REASONS) -> bool:
    done = actions.decide_exclusion(actor=by(name, now), now=now, key=fresh_key(), case=case, outcome=outcome, reasons=reasons)
    return bool(done["decided"])


def excluded(now: datetime = HEARD) -> int:
    case = served()
    assert vote("grace", case, now) is False
    assert vote("hana", case, now) is True
    deliver(now)
    return case


def appeal(case: int, now: datetime = HEARD + DAY, name: str = "bruno") -> Any:
    return actions.appeal_exclusion(actor=by(name, now), now=now, key=fresh_key(), case=case, words="It was not me.")


def decide_appeal(case: int, *, upheld: bool, now: datetime = HEARD + 2 * DAY, actor: Actor | None = None) -> Any:
    return actions.decide_exclusion_appeal(
        actor=actor or actors.resolution("resolution:7"), now=now, key=fresh_key(), case=case, upheld=upheld, reasons=REASONS
    )


def time_passes(now: datetime) -> int:
    with clock.at(now):
        return leaving_jobs.make_exclusions_final()


def stage(case: int, now: datetime) -> str:
    view = queries.exclusion.case(case, now)
    assert view is not None
    return view.stage


def refusal(call: Callable[[], Any]) -> type[Refusal]:
    with pytest.raises(Refusal) as caught:
        call()
    return type(caught.value)


# It works


def test_a_member_is_excluded_after_notice_hearing_decision_and_the_time_for_an_appeal(board: UUID) -> None:
    case = opened()
    assert stage(case, NOW) == "serving"
    deliver(NOW)
    assert stage(case, NOW) == "hearing"
    [charge] = [each for each in messages.sent(party=board) if each.kind == "members.exclusion_charge"]
    assert FACTS in charge.body
    assert charge.legal_notice
    actions.answer_exclusion(actor=by("bruno", NOW + DAY), now=NOW + DAY, key=fresh_key(), case=case, words="I brought it back.")
    assert stage(case, HEARD) == "to_decide"
    assert not vote("grace", case)
    assert vote("hana", case)
    assert stage(case, HEARD) == "telling"
    assert queries.is_effective(board, HEARD)
    deliver(HEARD)
    view = queries.exclusion.case(case, HEARD)
    assert view is not None
    assert (view.stage, view.outcome, view.appeal_until) == ("appeal_period", "excluded", datetime(2026, 4, 16, 23, tzinfo=UTC))
    assert [each.words for each in view.replies] == ["I brought it back."]
    assert time_passes(datetime(2026, 4, 16, 22, 59, 59, tzinfo=UTC)) == 0
    assert queries.is_effective(board, FINAL - DAY)
    assert time_passes(FINAL) == 1
    assert not queries.is_effective(board, FINAL)
    assert stage(case, FINAL) == "closed"
    gone = queries.former(board)
    assert gone is not None
    assert gone.end_reason == "excluded"
    assert ending_checks.exclusions_too_early() == []
    assert time_passes(FINAL + DAY) == 0


def test_an_appeal_holds_the_exclusion_until_it_is_decided(board: UUID) -> None:
    case = excluded()
    appeal(case)
    assert time_passes(FINAL + 100 * DAY) == 0
    assert queries.is_effective(board, FINAL)
    decide_appeal(case, upheld=False)
    assert not queries.is_effective(board, HEARD + 2 * DAY)
    assert any(each.kind == "members.exclusion_rejected" for each in messages.sent(party=board))


def test_an_appeal_that_is_upheld_lifts_the_exclusion(board: UUID) -> None:
    case = excluded()
    appeal(case)
    decide_appeal(case, upheld=True)
    assert time_passes(FINAL) == 0
    assert queries.is_effective(board, FINAL)
    view = queries.exclusion.case(case, FINAL)
    assert view is not None
    assert (view.stage, view.closed) == ("closed", "lifted")
    assert opened(now=FINAL)  # another case can be opened later


def test_the_board_can_hear_appeals_where_the_bylaws_say_so_but_never_who_decided(board: UUID) -> None:
    people.settle(NOW, {"members.exclusion_appeal_decided_by": "board"})
    case = excluded()
    appeal(case)
    later = HEARD + 2 * DAY
    assert refusal(lambda: decide_appeal(case, upheld=False, actor=by("grace", later))) is exclusion_decisions.DecidedBefore
    for name in ("carmen", "ada"):
        people.join(name)
        people.fill(name, "board")
    assert decide_appeal(case, upheld=False, actor=by("carmen", later))["decided"] is False
    assert queries.is_effective(board, later)
    assert decide_appeal(case, upheld=False, actor=by("ada", later))["decided"] is True
    assert not queries.is_effective(board, later)


def test_two_who_dismiss_close_the_case_even_before_the_hearing_is_over(board: UUID) -> None:
    case = served()
    assert not vote("grace", case, NOW + DAY, "dismissed")
    assert vote("hana", case, NOW + DAY, "dismissed")
    assert stage(case, HEARD) == "closed"
    assert queries.is_effective(board, FINAL)
    assert any("decided not to exclude you" in each.body for each in messages.sent(party=board))


def test_two_who_differ_decide_nothing_and_a_third_is_needed(board: UUID) -> None:
    people.join("ada")
    people.fill("ada", "board")
    case = served()
    assert not vote("grace", case)
    assert not vote("hana", case, outcome="dismissed")
    assert vote("ada", case)


def test_a_resolution_decides_alone() -> None:
    case = served()
    done = actions.decide_exclusion(
        actor=actors.resolution("resolution:3"), now=HEARD, key=fresh_key(), case=case, outcome="excluded", reasons=REASONS
    )
    assert done["decided"] is True


def test_who_opened_a_case_withdraws_it_and_the_member_is_told(board: UUID) -> None:
    case = served()
    given: dict[str, Any] = {"now": NOW, "case": case, "reasons": "The till was found in the cupboard."}
    assert refusal(lambda: actions.withdraw_exclusion(actor=by("hana", NOW), key=fresh_key(), **given)) is exclusion.NotTheAccuser
    actions.withdraw_exclusion(actor=by("grace", NOW), key=fresh_key(), **given)
    assert any("withdrawn" in each.body for each in messages.sent(party=board))
    assert refusal(lambda: vote("grace", case)) is exclusion_steps.CaseClosed


def test_a_text_that_reached_nobody_is_handed_over_and_the_time_begins_then(board: UUID) -> None:
    outbox.stop_address(actor=by("carmen", NOW), now=NOW, key=fresh_key(), address="bruno@example.org", reason="bounced")
    case = opened()
    view = queries.exclusion.case(case, HEARD)
    assert view is not None
    assert (view.stage, view.charge.lost) == ("serving", True)
    assert refusal(lambda: vote("grace", case)) is exclusion.NotServed
    given: dict[str, Any] = {"actor": by("carmen", HEARD), "now": HEARD, "case": case, "what": "charge"}
    ahead = (HEARD + DAY).date()
    assert refusal(lambda: actions.hand_over_case_text(**given, key=fresh_key(), handed_on=ahead)) is exclusion.HandedOnWrong
    actions.hand_over_case_text(**given, key=fresh_key(), handed_on=HEARD.date())
    assert stage(case, HEARD + 10 * DAY) == "hearing"
    assert stage(case, HEARD + 15 * DAY) == "to_decide"


def test_who_has_no_log_in_answers_and_appeals_at_the_desk() -> None:
    dilip = people.join("dilip")
    case = actions.open_exclusion(
        actor=by("grace", NOW), now=NOW, key=fresh_key(), party=dilip, ground="no_participation", facts=FACTS
    )["case"]
    [letter] = [each for each in messages.sent(party=dilip) if each.kind == "members.exclusion_charge"]
    assert letter.channel == "letter"  # never as a text message
    actions.answer_exclusion(actor=by("carmen", NOW), now=NOW, key=fresh_key(), case=case, words="He says he was ill.")
    view = queries.exclusion.case(case, NOW)
    assert view is not None
    assert [each.by_member for each in view.replies] == [False]


def test_who_leaves_while_a_case_runs_closes_it(board: UUID) -> None:
    case = served()
    actions.give_notice(actor=by("bruno", NOW), now=NOW, key=fresh_key(), party=board)
    with clock.at(NOW + 40 * DAY):
        assert leaving_jobs.end_after_notice()["ended"] == 1
    view = queries.exclusion.case(case, NOW + 40 * DAY)
    assert view is not None
    assert view.closed == "left"


def test_offices_rest_from_the_decision_only_where_the_bylaws_say_so(board: UUID) -> None:
    people.fill("bruno", "auditor")
    case = excluded()
    assert offices.held_by(board, HEARD) == {"auditor"}
    people.settle(HEARD + DAY, {"members.exclusion_rests_offices": True})
    assert offices.held_by(board, HEARD + DAY) == frozenset()
    appeal(case, HEARD + DAY)
    decide_appeal(case, upheld=True, now=HEARD + 2 * DAY)
    assert offices.held_by(board, HEARD + 2 * DAY) == {"auditor"}


# Refusals


def test_a_case_needs_a_ground_and_facts_and_there_is_one_at_a_time() -> None:
    assert refusal(lambda: opened(ground="bad_taste")) is exclusion.UnknownGround
    assert refusal(lambda: opened(facts="He is rude.")) is exclusion_steps.WordsMissing
    opened()
    assert refusal(opened) is exclusion.CaseRuns


def test_nobody_opens_a_case_against_themselves_or_a_stranger() -> None:
    given: dict[str, Any] = {"now": NOW, "ground": "debt_not_paid", "facts": FACTS}
    own = people.known("grace")
    with pytest.raises(exclusion_steps.OwnCase):
        actions.open_exclusion(actor=by("grace", NOW), key=fresh_key(), party=own, **given)
    with pytest.raises(membership.NotAMember):
        actions.open_exclusion(actor=by("grace", NOW), key=fresh_key(), party=people.known("eve"), **given)
    with pytest.raises(NotAllowed):
        actions.open_exclusion(actor=by("bruno", NOW), key=fresh_key(), party=own, **given)


def test_nothing_is_decided_before_the_last_moment_of_the_hearing() -> None:
    case = served()
    last = datetime(2026, 3, 17, tzinfo=UTC)
    assert refusal(lambda: vote("grace", case, last - timedelta(seconds=1))) is exclusion_decisions.HearingRuns
    assert vote("grace", case, last) is False


def test_nobody_votes_twice_alone_or_about_themselves(board: UUID) -> None:
    case = served()
    vote("grace", case)
    assert refusal(lambda: vote("grace", case)) is exclusion_decisions.VotedAlready
    people.fill("bruno", "board")
    assert refusal(lambda: vote("bruno", case)) is exclusion_steps.OwnCase
    assert refusal(lambda: vote("hana", case, outcome="banished")) is exclusion_decisions.UnknownOutcome
    with pytest.raises(NotAllowed):
        vote("carmen", case)
    assert queries.is_effective(board, HEARD)


def test_an_officer_who_shares_the_members_phone_does_not_decide(board: UUID) -> None:
    for name in ("bruno", "hana"):
        actions.change_contact(
            actor=by(name, NOW), now=NOW, key=fresh_key(), party=people.known(name), contact={"phone": "+353850000001"}
        )
    case = served()
    vote("grace", case)
    assert refusal(lambda: vote("hana", case)) is exclusion_steps.OwnCase


def test_the_board_decides_nothing_where_the_members_do() -> None:
    people.settle(NOW, {"members.exclusion_decided_by": "general_meeting"})
    case = served()
    assert refusal(lambda: vote("grace", case)) is applications.NotTheDecider


def test_a_decided_case_takes_no_second_decision_answer_or_withdrawal() -> None:
    case = excluded()
    assert refusal(lambda: vote("grace", case)) is exclusion_steps.CaseDecided
    given: dict[str, Any] = {"now": HEARD, "key": fresh_key(), "case": case}
    assert (
        refusal(lambda: actions.answer_exclusion(actor=by("bruno", HEARD), words="too late", **given))
        is exclusion_steps.CaseDecided
    )
    assert (
        refusal(lambda: actions.withdraw_exclusion(actor=by("grace", HEARD), reasons="sorry", **given))
        is exclusion_steps.CaseDecided
    )


def test_an_appeal_is_made_once_in_time_and_by_the_member() -> None:
    case = served()
    assert refusal(lambda: appeal(case)) is exclusion_decisions.NothingToAppeal
    vote("grace", case)
    vote("hana", case)
    deliver(HEARD)
    people.join("finn")
    assert refusal(lambda: appeal(case, name="finn")) is exclusion_steps.NotYourCase
    assert refusal(lambda: appeal(case, FINAL)) is exclusion_decisions.ExclusionAppealTooLate
    assert refusal(lambda: decide_appeal(case, upheld=True)) is exclusion_decisions.NoExclusionAppeal
    appeal(case)
    assert refusal(lambda: appeal(case)) is exclusion_decisions.NothingToAppeal


def test_a_decision_nobody_delivered_never_becomes_final(board: UUID) -> None:
    case = served()
    vote("grace", case)
    vote("hana", case)
    assert time_passes(FINAL + 400 * DAY) == 0
    given: dict[str, Any] = {"actor": actors.job("t"), "now": FINAL, "case": case}
    assert refusal(lambda: actions.make_exclusion_final(**given, key=fresh_key())) is exclusion_decisions.NotFinalYet
    assert queries.is_effective(board, FINAL)


def test_there_is_no_other_case() -> None:
    assert refusal(lambda: vote("grace", 77)) is exclusion_steps.NoSuchCase


def test_what_is_said_in_a_case_lies_sealed_and_is_the_members_to_have(board: UUID) -> None:
    case = excluded()
    found = queries.exclusion.export(board)
    assert (found[0]["facts"], found[0]["reasons"]) == (FACTS, REASONS)
    view = queries.exclusion.case(case, HEARD)
    assert view is not None
    from rochdale.members.models import ExclusionCase

    assert FACTS.encode() not in bytes(ExclusionCase.objects.get(pk=case).facts_sealed)
