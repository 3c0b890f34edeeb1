"""Leaving: give notice, withdraw it, the day comes; first that it works, then each refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rochdale.cooperatives import queries as cooperatives
from rochdale.members import actions, leaving_jobs, queries, testing_leaving
from rochdale.members import testing as people
from rochdale.members.actions import leaving, membership, recording
from rochdale.members.models import MembershipEnd
from rochdale.members.queries import ending_checks
from rochdale.members.testing import NOW, fresh_key
from rochdale.messages import queries as messages
from rochdale.offices import actions as offices
from rochdale.offices import queries as held
from rochdale.payments import testing as desk
from rochdale.shared import action as acting
from rochdale.shared import actor as actors
from rochdale.shared import clock, module
from rochdale.shared.action import NotAllowed
from rochdale.shared.actor import Actor
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")
TODAY = NOW.date()
LAST = TODAY + timedelta(days=30)
AFTER = NOW + timedelta(days=32)


def give(name: str, now: datetime = NOW, **more: Any) -> Any:
    return actions.give_notice(actor=people.actor(name, now), now=now, key=fresh_key(), party=people.known(name), **more)


def withdraw(name: str, now: datetime = NOW) -> Any:
    return actions.withdraw_notice(actor=people.actor(name, now), now=now, key=fresh_key(), party=people.known(name))


def day_comes(at: datetime = AFTER) -> dict[str, int]:
    with clock.at(at):
        return leaving_jobs.end_after_notice()


def told(kind: str) -> list[messages.Letter]:
    return [each for each in messages.sent() if each.kind == kind]


# It works


def test_a_member_gives_notice_and_the_membership_ends_after_its_last_day() -> None:
    bruno = people.join("bruno")
    assert give("bruno")["last_on"] == LAST.isoformat()
    assert str(LAST.day) in told("members.notice_given")[0].body
    assert queries.is_effective(bruno, NOW)
    assert day_comes(NOW + timedelta(days=30)) == {"ended": 0, "waiting": 0}
    assert day_comes() == {"ended": 1, "waiting": 0}
    assert queries.member(bruno, AFTER) is None
    assert not queries.is_effective(bruno, AFTER)
    assert queries.standing(bruno, AFTER) == "non-member"
    assert queries.counts(AFTER)["artist"] == 0
    gone = queries.former(bruno)
    assert gone is not None
    assert (gone.number, gone.end_reason, gone.classes) == (1, "resigned", ())
    assert told("members.left")[0].address == "bruno@example.org"
    assert day_comes() == {"ended": 0, "waiting": 0}


def test_the_last_day_counts_whole_in_the_time_zone_of_the_coop() -> None:
    bruno = people.join("bruno")
    give("bruno")  # 2 March: the last day is 1 April, in Irish summer time
    day_comes()
    end = MembershipEnd.objects.get()
    assert end.effective_at.isoformat() == "2026-04-01T23:00:00+00:00"
    assert queries.is_effective(bruno, end.effective_at - timedelta(seconds=1))
    assert not queries.is_effective(bruno, end.effective_at)
    assert queries.member(bruno, NOW + timedelta(days=1)) is not None


def test_a_member_chooses_a_later_last_day() -> None:
    people.join("bruno")
    later = LAST + timedelta(days=100)
    assert give("bruno", last_on=later)["last_on"] == later.isoformat()
    assert day_comes() == {"ended": 0, "waiting": 0}


def test_the_bylaws_can_ask_for_the_end_of_a_month_or_of_the_year() -> None:
    bruno = people.join("bruno")
    people.settle(NOW, {"members.leave_at": "end_of_month"})
    plan = queries.leaving.plan(bruno, NOW)
    assert plan is not None
    assert plan.last_on == date(2026, 4, 30)
    people.settle(NOW + timedelta(hours=1), {"members.leave_at": "end_of_financial_year"})
    plan = queries.leaving.plan(bruno, NOW + timedelta(hours=2))
    assert plan is not None
    assert plan.last_on == date(2026, 12, 31)


def test_a_notice_is_withdrawn_and_membership_goes_on() -> None:
    bruno = people.join("bruno")
    give("bruno")
    withdraw("bruno", NOW + timedelta(days=20))
    assert day_comes() == {"ended": 0, "waiting": 0}
    assert queries.is_effective(bruno, AFTER)
    assert give("bruno", AFTER)["notice"]


def test_the_secretary_writes_down_who_has_no_log_in() -> None:
    dilip = people.join("dilip")
    found = actions.give_notice(
        actor=people.officer("carmen"), now=NOW, key=fresh_key(), party=dilip, evidence="Came to the desk and signed."
    )
    assert found["last_on"] == LAST.isoformat()


def test_offices_tokens_and_acting_for_others_end_at_once_with_the_membership() -> None:
    hana = people.join("hana")
    people.join("grace")
    shop = testing_leaving.organisation("hana", "grace")
    give("hana")
    day_comes()
    assert held.held_by(hana, AFTER) == frozenset()
    assert not queries.represents(hana, shop, AFTER)
    assert ending_checks.rights_after_the_end() == []
    assert ending_checks.ends_without_act() == []
    with pytest.raises(NotAllowed):
        actions.open_exclusion(
            actor=Actor(kind="person", via="page", party=hana, strong=True, sure_at=AFTER),
            now=AFTER, key=fresh_key(), party=people.known("grace"), ground="debt_not_paid", facts="x" * 40,
        )  # fmt: skip


def test_an_access_token_is_good_no_more_after_the_end() -> None:
    bruno = people.join("bruno")
    offices.issue_token(
        actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, name="my script", token_hash="0" * 64,
        scopes=["members.buy_shares"], days=300,
    )  # fmt: skip
    plan = queries.leaving.plan(bruno, NOW)
    assert plan is not None
    assert [each.code for each in plan.ending] == ["offices.tokens_good"]
    give("bruno")
    day_comes()
    assert not any(token.good(AFTER) for token in held.tokens_of(bruno))


def test_who_comes_back_gets_a_new_number_and_the_old_one_stays_theirs_alone() -> None:
    bruno = people.join("bruno")
    give("bruno")
    day_comes()
    application = people.apply("bruno", "listener", AFTER)
    admitted = actions.admit_member(actor=people.officer("grace", AFTER), now=AFTER, key=fresh_key(), application=application)
    number = admitted["number"]
    assert number > 1
    member = queries.member(bruno, AFTER)
    assert member is not None
    assert (member.number, member.classes) == (number, ("listener",))
    past = queries.member(bruno, NOW)
    assert past is not None
    assert past.number == 1
    assert queries.number_of(bruno) == number
    assert queries.numbers_with_gaps() == []
    assert give("bruno", AFTER)["notice"]


def test_shares_given_back_before_do_not_make_a_returning_member_count() -> None:
    people.settle(NOW, packs=("uk", "activity-wallet-uk"))
    bruno = people.join("bruno")
    give("bruno")
    day_comes()
    [waiting] = queries.buy_back_queue()
    assert (waiting.party, waiting.left) == (bruno, 1)
    actions.prepare_buy_backs(actor=people.officer("ada", AFTER), now=AFTER, key=fresh_key(), budget=ONE, currency="GBP")
    actions.release_buy_backs(actor=people.officer("grace", AFTER), now=AFTER, key=fresh_key(), round=1)
    application = people.apply("bruno", "artist", AFTER)
    admitted = actions.admit_member(actor=people.officer("grace", AFTER), now=AFTER, key=fresh_key(), application=application)
    assert admitted["counts"] is False
    people.pay_minimum(bruno, AFTER)
    assert queries.is_effective(bruno, AFTER)


def test_the_register_shows_who_belonged_then_and_as_was_known_then() -> None:
    bruno, _grace = people.join("bruno"), people.officer("grace")
    give("bruno")
    late = AFTER + timedelta(days=3)
    day_comes(late)
    viewer = people.actor("grace", late)

    def shown(as_of: datetime, known_at: datetime | None = None) -> dict[int, tuple[str, ...]]:
        page = queries.register(viewer=viewer, now=late, as_of=as_of, known_at=known_at)
        return {line.number: line.classes for line in page.lines}

    number = queries.number_of(bruno)
    assert number in shown(NOW)
    assert number not in shown(late)
    assert number not in shown(AFTER)
    assert shown(AFTER, AFTER)[number or 0] == ("artist",)  # on that day nobody had recorded the end
    full = {line["number"]: line for line in queries.register_copy(late, late, "full").lines}
    assert full[number]["left_at"].startswith("2026-04-01T23:00:00")
    assert "left_at" not in {line["number"]: line for line in queries.register_copy(AFTER, AFTER, "full").lines}[number]
    assert number not in {line["number"] for line in queries.register_copy(late, late, "names").lines}


# The plan


def test_the_plan_says_what_is_owed_to_whom_and_what_comes_back_when() -> None:
    people.settle(NOW, {"members.buy_back_months": 36, "members.unjustified_leave_cut": 20}, packs=("uk", "activity-wallet-uk"))
    bruno = people.join("bruno")
    actions.buy_shares(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, count=9)
    plan = queries.leaving.plan(bruno, NOW)
    assert plan is not None
    assert [each.code for each in plan.blocking] == ["members.unpaid_shares"]
    assert (plan.blocking[0].amount, plan.blocking[0].owed_to) == (9 * ONE, "co-op")
    [back] = plan.shares
    assert (back.way, back.paid, back.owed, back.least) == ("paid_back", ONE, 9 * ONE, 800_000)
    assert [(part.due_on, part.amount) for part in back.schedule] == [(date(2029, 4, 1), ONE)]
    assert plan.kept


def test_in_germany_it_is_three_months_to_the_end_of_the_year_and_paid_within_six() -> None:
    people.settle(NOW, packs=("de", "activity-wallet-eu"))
    bruno = people.join("bruno")
    plan = queries.leaving.plan(bruno, NOW)
    assert plan is not None
    assert (plan.terms.months, plan.last_on) == (3, date(2026, 12, 31))
    assert "GenG" in plan.terms.law
    assert [part.due_on for part in plan.shares[0].schedule] == [date(2027, 6, 30)]
    late = queries.leaving.earliest_last_day(date(2026, 10, 1), plan.terms, NOW)
    assert late == date(2027, 12, 31)


def test_in_spain_it_is_five_years_at_least_a_fifth_each_year_with_interest() -> None:
    people.settle(NOW, {"members.unjustified_leave_cut": 30}, packs=("es", "activity-wallet-eu"))
    bruno = people.join("bruno")
    plan = queries.leaving.plan(bruno, NOW)
    assert plan is not None
    [back] = plan.shares
    assert [part.due_on.year for part in back.schedule] == [2027, 2028, 2029, 2030, 2031]
    assert sum(part.amount for part in back.schedule) == back.paid
    assert (back.interest, back.least) == (True, back.paid * 7 // 10)


def test_irish_shares_stay_and_money_in_the_wallet_is_taken_out_first() -> None:
    bruno = people.join("bruno")
    people.officer("ada")
    desk.top_up(bruno, 5 * ONE, NOW)
    plan = queries.leaving.plan(bruno, NOW)
    assert plan is not None
    assert plan.shares[0].way == "stays"
    assert plan.shares[0].law
    assert [(each.code, each.amount, each.owed_to) for each in plan.blocking] == [
        ("payments.wallet_not_empty", 5 * ONE, "member")
    ]
    give("bruno")
    assert day_comes() == {"ended": 0, "waiting": 1}
    assert queries.is_effective(bruno, AFTER)
    assert [each.address for each in told("members.leaving_blocked")] == ["bruno@example.org"]
    assert day_comes(AFTER + timedelta(hours=1)) == {"ended": 0, "waiting": 1}
    assert len(told("members.leaving_blocked")) == 1
    assert day_comes(AFTER + timedelta(days=7))["waiting"] == 1
    assert len(told("members.leaving_blocked")) == 2


def test_a_debt_holds_nobody_where_the_bylaws_say_so() -> None:
    people.settle(NOW, {"members.debts_hold_leaving": False})
    bruno = people.join("bruno")
    actions.buy_shares(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, count=9)
    give("bruno")
    assert day_comes() == {"ended": 1, "waiting": 0}
    assert queries.subscriptions_to_pay(bruno)[0].owed == 9 * ONE


def test_who_alone_acts_for_an_organisation_finds_somebody_else_first() -> None:
    bruno, _grace = people.join("bruno"), people.join("grace")
    shop = testing_leaving.organisation("bruno")
    assert [each.code for each in queries.leaving.own_obligations(bruno, NOW)] == ["members.only_representative"]
    by_shop = replace(people.actor("bruno"), party=shop)
    actions.appoint_representative(
        actor=by_shop, now=NOW, key=fresh_key(), organisation=shop, representative=people.known("grace")
    )
    assert queries.leaving.own_obligations(bruno, NOW) == []


def test_every_module_that_holds_something_of_people_is_asked() -> None:
    bruno = people.join("bruno")
    asked = {plug.label for plug in module.installed() if type(plug).obligations is not module.Module.obligations}
    assert {"members", "payments", "offices", "music"} <= asked
    assert queries.leaving.obligations(bruno, NOW) == []


# Refusals


def test_nobody_gives_notice_twice_or_as_a_stranger() -> None:
    people.join("bruno")
    give("bruno")
    with pytest.raises(leaving.NoticeGiven):
        give("bruno")
    people.known("eve")
    with pytest.raises(membership.NotAMember):
        give("eve")
    with pytest.raises(NotAllowed):
        actions.give_notice(actor=people.actor("eve"), now=NOW, key=fresh_key(), party=people.known("bruno"))


def test_the_last_day_is_neither_too_early_nor_too_far() -> None:
    people.join("bruno")
    with pytest.raises(leaving.LastDayTooEarly) as refused:
        give("bruno", last_on=LAST - timedelta(days=1))
    assert refused.value.data["earliest"] == LAST.isoformat()
    with pytest.raises(leaving.LastDayTooFar):
        give("bruno", last_on=TODAY + timedelta(days=2000))


def test_a_notice_is_withdrawn_only_while_it_runs() -> None:
    bruno = people.join("bruno")
    with pytest.raises(leaving.NoNotice):
        withdraw("bruno")
    give("bruno")
    with pytest.raises(leaving.NoticeTookEffect):
        withdraw("bruno", AFTER)
    assert queries.is_effective(bruno, AFTER)


def test_an_officer_says_what_shows_that_a_member_leaves() -> None:
    dilip = people.join("dilip")
    with pytest.raises(recording.EvidenceMissing):
        actions.give_notice(actor=people.officer("carmen"), now=NOW, key=fresh_key(), party=dilip)


def test_the_job_ends_nothing_before_its_day() -> None:
    people.join("bruno")
    notice = give("bruno")["notice"]
    with pytest.raises(leaving.NotDueYet):
        actions.end_after_notice(actor=actors.job("t"), now=NOW, key=fresh_key(), notice=notice)
    with pytest.raises(leaving.NoNotice):
        actions.end_after_notice(actor=actors.job("t"), now=NOW, key=fresh_key(), notice=notice + 1)
    with pytest.raises(NotAllowed):
        actions.end_after_notice(actor=people.officer("carmen"), now=AFTER, key=fresh_key(), notice=notice)


# Death, dissolution, the end of a class


def record(
    name: str, reason: str = "died", ended_on: date = TODAY, evidence: str = "Certificate no. 17", by: str = "carmen"
) -> Any:
    return actions.record_end(
        actor=people.officer(by), now=NOW, key=fresh_key(), party=people.known(name), reason=reason, ended_on=ended_on,
        evidence=evidence,
    )  # fmt: skip


def test_a_death_ends_the_membership_and_writes_to_nobody_who_is_dead() -> None:
    dilip = people.join("dilip")
    assert record("dilip")["number"] == 1
    assert queries.member(dilip, NOW) is None
    gone = queries.former(dilip)
    assert gone is not None
    assert gone.end_reason == "died"
    assert told("members.left") == []
    assert queries.holdings([dilip], NOW)[dilip][0].shares > 0


def test_a_death_needs_evidence_a_day_that_fits_and_another_officer() -> None:
    people.join("dilip")
    with pytest.raises(recording.EvidenceMissing):
        record("dilip", evidence="yes")
    with pytest.raises(leaving.EndedOnWrong):
        record("dilip", ended_on=TODAY + timedelta(days=1))
    with pytest.raises(leaving.EndedOnWrong):
        record("dilip", ended_on=TODAY - timedelta(days=400))
    with pytest.raises(leaving.WrongKindOfEnd):
        record("dilip", reason="dissolved")
    with pytest.raises(leaving.OwnEnd):
        record("carmen")


def test_the_last_class_that_ends_ends_the_membership() -> None:
    bruno = people.join("bruno")
    actions.add_class(actor=people.officer("grace"), now=NOW, key=fresh_key(), party=bruno, class_code="listener")
    by: dict[str, Any] = {"actor": actors.resolution("resolution:1"), "now": NOW, "party": bruno}
    assert actions.end_class(**by, key=fresh_key(), class_code="artist") == {"ended": False}
    assert queries.standing(bruno, NOW) == "listener"
    with pytest.raises(leaving.NotInClass):
        actions.end_class(**by, key=fresh_key(), class_code="artist")
    assert actions.end_class(**by, key=fresh_key(), class_code="listener") == {"ended": True}
    gone = queries.former(bruno)
    assert gone is not None
    assert gone.end_reason == "class_ended"


def test_the_zone_of_these_tests_is_dublin() -> None:
    assert cooperatives.time_zone() == "Europe/Dublin"
    assert acting.doors.rests is not None
