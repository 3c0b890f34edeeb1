"""Who may do what is asked once, and what nobody allows is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog

from rochdale.cooperatives import actions as cooperatives
from rochdale.offices import actions, authority, queries
from rochdale.offices.testing import holds, officer
from rochdale.shared import coops, may
from rochdale.shared.action import InsideOnly, NotAllowed, action
from rochdale.shared.actor import NOBODY, Actor, job, operator, resolution

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, CARMEN, EVE = uuid4(), uuid4(), uuid4()


@action("test_offices.count_cash", may=may.office("treasurer"))
def count_cash(*, actor: Actor, now: datetime, key: str) -> str:
    return "counted"


@action("test_offices.pay_out", may=may.office("treasurer"), strong=True)
def pay_out(*, actor: Actor, now: datetime, key: str) -> str:
    return "paid"


@action("test_offices.rename_self", may=may.own("party"))
def rename_self(*, actor: Actor, now: datetime, key: str, party: UUID) -> str:
    return "renamed"


@action("test_offices.step", may=may.inside)
def step(*, actor: Actor, now: datetime, key: str) -> str:
    return "stepped"


@action("test_offices.close", may=may.host_operator)
def close(*, actor: Actor, now: datetime, key: str) -> str:
    return str(cooperatives.close_coop(actor=actor, now=now, key="c", schema=coops.current()))


def call(function: Any, actor: Actor, *, at: datetime = NOW, **given: Any) -> Any:
    return function(actor=actor, now=at, key=str(uuid4()), **given)


def test_the_treasurer_may_count_the_cash(coop) -> None:
    holds(ADA, "treasurer", NOW)
    assert call(count_cash, officer(ADA, NOW)) == "counted"


@pytest.mark.parametrize("actor", [NOBODY, job("nightly"), operator("rochdale"), resolution("motion:1"), officer(EVE, NOW)])
def test_nobody_else_may(coop, actor: Actor) -> None:
    holds(ADA, "treasurer", NOW)
    with pytest.raises(NotAllowed):
        call(count_cash, actor)


def test_another_office_does_not_do(coop) -> None:
    holds(CARMEN, "secretary", NOW)
    with pytest.raises(NotAllowed):
        call(count_cash, officer(CARMEN, NOW))


def test_a_person_without_log_in_and_party_is_nobody(coop) -> None:
    with pytest.raises(NotAllowed):
        call(rename_self, Actor(kind="person", via="page"), party=None)


def test_one_may_not_act_for_another(coop) -> None:
    with pytest.raises(NotAllowed):
        call(rename_self, officer(EVE, NOW), party=ADA)


def test_an_expired_term_gives_nothing(coop) -> None:
    holds(ADA, "treasurer", NOW, days=10)
    after = NOW + timedelta(days=12)
    with pytest.raises(NotAllowed):
        call(count_cash, officer(ADA, after), at=after)


def test_a_term_that_has_not_begun_gives_nothing(coop) -> None:
    holds(ADA, "treasurer", NOW)
    before = NOW - timedelta(days=3)
    assert queries.held_by(ADA, before) == frozenset()


def test_an_officer_removed_while_signed_in_is_refused_at_once(coop) -> None:
    """T24: the next request counts, not the next sign-in."""
    term = holds(ADA, "treasurer", NOW)
    ada = officer(ADA, NOW)
    call(count_cash, ada)
    actions.end_term(actor=resolution("motion:7"), now=NOW, key="end", term=UUID(term))
    with pytest.raises(NotAllowed):
        call(count_cash, ada)


def test_an_office_in_one_coop_is_none_in_another(coop, second_coop) -> None:
    holds(ADA, "treasurer", NOW)
    with coops.inside(second_coop.schema_name), pytest.raises(NotAllowed):
        call(count_cash, officer(ADA, NOW))


def test_nobody_holds_an_office_in_public(public_db) -> None:
    with pytest.raises(NotAllowed):
        call(count_cash, officer(ADA, NOW))


def test_a_desk_act_ends_with_the_officers_office(coop) -> None:
    term = holds(CARMEN, "secretary", NOW)
    dilip = uuid4()
    at_desk = Actor(kind="person", via="desk", party=dilip, desk_officer=CARMEN)
    assert call(rename_self, at_desk, party=dilip) == "renamed"
    actions.end_term(actor=resolution("motion:7"), now=NOW, key="end", term=UUID(term))
    with pytest.raises(NotAllowed):
        call(rename_self, at_desk, party=dilip)


def test_a_step_cannot_be_done_on_its_own(coop) -> None:
    with pytest.raises(InsideOnly):
        call(step, officer(ADA, NOW))


@pytest.mark.parametrize(
    "changes",
    [{"strong": False}, {"sure_at": None}, {"sure_at": NOW - timedelta(minutes=16)}, {"sure_at": NOW + timedelta(hours=1)}],
)
def test_an_act_of_weight_asks_for_a_fresh_proof(coop, changes: dict[str, Any]) -> None:
    holds(ADA, "treasurer", NOW)
    assert call(pay_out, officer(ADA, NOW)) == "paid"
    with pytest.raises(authority.ProveYourself):
        call(pay_out, replace(officer(ADA, NOW), **changes))


def test_who_may_not_at_all_is_not_asked_for_a_proof(coop) -> None:
    with pytest.raises(NotAllowed):
        call(pay_out, officer(EVE, NOW, strong=False))


def test_a_token_does_what_it_was_given(coop) -> None:
    holds(ADA, "treasurer", NOW)
    assert call(count_cash, officer(ADA, NOW, scopes=frozenset({"test_offices.count_cash"}))) == "counted"


def test_a_token_does_nothing_else(coop) -> None:
    holds(ADA, "treasurer", NOW)
    with pytest.raises(NotAllowed):
        call(count_cash, officer(ADA, NOW, scopes=frozenset({"read"})))


def test_a_token_never_does_what_weighs_heavily(coop) -> None:
    holds(ADA, "treasurer", NOW)
    with pytest.raises(NotAllowed):
        call(pay_out, officer(ADA, NOW, scopes=frozenset({"test_offices.pay_out"})))


def test_nothing_changes_in_a_closed_coop(coop) -> None:
    holds(ADA, "treasurer", NOW)
    call(close, operator("rochdale close"))
    with pytest.raises(authority.CoopClosed):
        call(count_cash, officer(ADA, NOW))


def test_a_refused_attempt_is_logged_without_the_person(coop) -> None:
    eve = officer(EVE, NOW)
    with structlog.testing.capture_logs() as lines, pytest.raises(NotAllowed):
        call(count_cash, eve)
    assert lines == [
        {"event": "action_denied", "action": "test_offices.count_cash", "coop": "coop_alpha", "actor_kind": "person",
         "via": "page", "log_level": "warning"}
    ]  # fmt: skip


def test_a_button_is_shown_to_whom_it_will_obey(coop) -> None:
    holds(ADA, "treasurer", NOW)
    assert queries.may(officer(ADA, NOW), "test_offices.count_cash", {}, NOW)
    assert queries.may(officer(ADA, NOW, strong=False), "test_offices.pay_out", {}, NOW), "the proof is asked for later"
    assert not queries.may(officer(EVE, NOW), "test_offices.count_cash", {}, NOW)
    assert not queries.may(officer(ADA, NOW), "test_offices.no_such_thing", {}, NOW)
