"""An office of trust counts after a second factor, and at nobody else's desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from rochdale.offices import actions, queries, rules
from rochdale.offices.authority import ProveYourself
from rochdale.offices.testing import holds, officer
from rochdale.shared import may
from rochdale.shared.action import NotAllowed, action, doors
from rochdale.shared.actor import Actor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, CARMEN, EVE = uuid4(), uuid4(), uuid4()


@action("test_second_factor.take_cash", may=may.office("treasurer"))
def take_cash(*, actor: Actor, now: datetime, key: str) -> str:
    return "taken"


def issue(actor: Actor, **given: Any) -> str:
    token = rules.new_token()
    whole = {"party": actor.party, "name": "backup", "scopes": ["read"], "days": 30, **given}
    actions.issue_token(actor=actor, now=NOW, key=str(uuid4()), token_hash=rules.hash_of(token), **whole)
    return token


def test_a_treasurers_stolen_password_moves_no_money(coop) -> None:
    holds(ADA, "treasurer", NOW)
    thief = officer(ADA, NOW, strong=False)
    assert queries.held_by_actor(thief, NOW) == frozenset()
    with pytest.raises(ProveYourself):
        take_cash(actor=thief, now=NOW, key="k")


def test_the_auditor_reads_without_a_second_factor(coop) -> None:
    holds(EVE, "auditor", NOW)
    assert queries.held_by_actor(officer(EVE, NOW, strong=False), NOW) == {"auditor"}


def test_whoever_printed_a_treasurers_sheet_does_not_get_the_treasurers_office(coop) -> None:
    holds(ADA, "treasurer", NOW)
    holds(CARMEN, "secretary", NOW)
    at_the_desk = Actor(kind="person", via="desk", party=ADA, desk_officer=CARMEN, sure_at=NOW)
    for served in (at_the_desk, replace(at_the_desk, strong=True)):
        with pytest.raises(NotAllowed):
            take_cash(actor=served, now=NOW, key="k")


def test_no_token_is_made_at_the_desk(coop) -> None:
    holds(CARMEN, "secretary", NOW)
    with pytest.raises(actions.TokenNeedsLogIn):
        issue(Actor(kind="person", via="desk", party=EVE, desk_officer=CARMEN, sure_at=NOW))


def test_an_officer_makes_a_token_after_the_second_factor_only(coop) -> None:
    holds(ADA, "treasurer", NOW)
    with pytest.raises(actions.SecondFactorFirst):
        issue(officer(ADA, NOW, strong=False))
    assert queries.token_holder(issue(officer(ADA, NOW)), NOW) is not None


def test_a_token_made_before_its_owner_took_an_office_of_trust_counts_no_more(coop) -> None:
    token = issue(officer(ADA, NOW, strong=False))
    later = NOW + timedelta(days=1)
    assert queries.token_holder(token, later) is not None
    holds(ADA, "treasurer", later)
    assert queries.token_holder(token, later) is None


def test_a_token_ends_when_its_owner_no_longer_acts_for_the_organisation(coop, monkeypatch: pytest.MonkeyPatch) -> None:
    token = issue(officer(ADA, NOW))
    monkeypatch.setattr(doors, "stands_for", lambda person, party, now: False)
    assert queries.token_holder(token, NOW) is None
