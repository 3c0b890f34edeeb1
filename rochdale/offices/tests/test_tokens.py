"""Access tokens: shown once, kept as a hash, limited, and gone when they are revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from rochdale.offices import actions, queries, rules
from rochdale.offices.models import AccessToken
from rochdale.offices.testing import officer
from rochdale.shared import coops, may
from rochdale.shared.action import NotAllowed, action
from rochdale.shared.actor import Actor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, EVE = uuid4(), uuid4()


@action("test_tokens.tidy", may=may.own("party"))
def tidy(*, actor: Actor, now: datetime, key: str, party: UUID) -> str:
    """Tidy one's own shelf."""
    return "tidy"


@action("test_tokens.vote", may=may.own("party"), strong=True)
def vote(*, actor: Actor, now: datetime, key: str, party: UUID) -> str:
    """Cast a vote."""
    return "cast"


def issue(actor: Actor | None = None, **given: Any) -> tuple[str, str]:
    token = rules.new_token()
    whole = {"party": ADA, "name": "backup", "scopes": ["read", "test_tokens.tidy"], "days": 30, **given}
    number = actions.issue_token(
        actor=actor or officer(ADA, NOW), now=NOW, key=str(uuid4()), token_hash=rules.hash_of(token), **whole
    )
    return token, number


def test_a_token_acts_for_its_owner_within_its_scopes(coop) -> None:
    token, _number = issue()
    holder = queries.token_holder(token, NOW)
    assert holder is not None
    assert (holder.party, holder.via, holder.strong, holder.sure_at) == (ADA, "api", False, None)
    assert tidy(actor=holder, now=NOW, key="k", party=ADA) == "tidy"
    with pytest.raises(NotAllowed):
        tidy(actor=holder, now=NOW, key="k", party=EVE)


def test_the_token_itself_is_stored_nowhere(coop) -> None:
    token, _number = issue()
    with connection.cursor() as cursor:
        for table in ("offices_access_token", "audit_record", "audit_key"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{token}%"])
            assert cursor.fetchone() == (0,)


def test_a_token_is_of_one_coop_only(coop, second_coop) -> None:
    token, _number = issue()
    with coops.inside(second_coop.schema_name):
        assert queries.token_holder(token, NOW) is None


def test_an_expired_token_counts_no_more(coop) -> None:
    token, _number = issue(days=1)
    assert queries.token_holder(token, NOW + timedelta(hours=23)) is not None
    assert queries.token_holder(token, NOW + timedelta(days=1)) is None


def test_a_revoked_token_counts_no_more(coop) -> None:
    token, number = issue()
    for key in ("a", "b"):
        actions.revoke_token(actor=officer(ADA, NOW), now=NOW, key=key, party=ADA, token=UUID(number))
    assert queries.token_holder(token, NOW) is None
    assert not queries.tokens_of(ADA)[0].good(NOW)


def test_nobody_revokes_another_ones_token(coop) -> None:
    _token, number = issue()
    with pytest.raises(actions.NoSuchToken):
        actions.revoke_token(actor=officer(EVE, NOW), now=NOW, key="a", party=EVE, token=UUID(number))
    with pytest.raises(NotAllowed):
        actions.revoke_token(actor=officer(EVE, NOW), now=NOW, key="a", party=ADA, token=UUID(number))


@pytest.mark.parametrize("given", ["", "roch_", "roch_guess", "Bearer x", "x" * 500])
def test_what_is_no_token_opens_nothing(coop, given: str) -> None:
    issue()
    assert queries.token_holder(given, NOW) is None


@pytest.mark.parametrize("scope", ["test_tokens.vote", "offices.issue_token", "offices.resign", "ledger.post", "no.such", ""])
def test_a_token_is_never_given_what_weighs_heavily(coop, scope: str) -> None:
    with pytest.raises(actions.NoSuchScope):
        issue(scopes=[scope])


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_lasts_a_year_at_most(coop, days: int) -> None:
    with pytest.raises(actions.TokenLifeWrong):
        issue(days=days)


def test_a_token_cannot_make_tokens(coop) -> None:
    with pytest.raises(NotAllowed):
        issue(actor=officer(ADA, NOW, scopes=frozenset({"read", "test_tokens.tidy"})))


def test_one_makes_tokens_for_oneself_only(coop) -> None:
    with pytest.raises(NotAllowed):
        issue(actor=officer(EVE, NOW))


def test_scopes_are_explained(coop) -> None:
    offered = queries.grantable_scopes()
    assert offered["test_tokens.tidy"] == "Tidy one's own shelf."
    assert "test_tokens.vote" not in offered


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [({"token_hash": "same"}, "offices_token_once"), ({"expires_at": NOW}, "offices_token_expires")],
)
def test_the_database_refuses_tokens_that_cannot_be(coop, changes: dict[str, Any], constraint: str) -> None:
    whole = {
        "party": ADA,
        "person": ADA,
        "name": "",
        "token_hash": "other",
        "scopes": [],
        "issued_at": NOW,
        "expires_at": NOW + timedelta(1),
    }
    AccessToken.objects.create(**{**whole, "token_hash": "same"})
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AccessToken.objects.create(**{**whole, **changes})
