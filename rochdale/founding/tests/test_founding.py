"""Seven people found “Nine Plays”: first that it works, then everything that is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import actions as cooperatives
from rochdale.cooperatives import queries as directory
from rochdale.founding import actions, queries, testing
from rochdale.founding.rules import Invited
from rochdale.ledger import actions as ledger
from rochdale.ledger import queries as books
from rochdale.ledger import testing as books_testing
from rochdale.ledger.testing import BOOKS
from rochdale.members import queries as members
from rochdale.offices import queries as offices
from rochdale.shared import coops
from rochdale.shared.refusals import Refusal

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("public_db")


def state_of(slug: str) -> str:
    with coops.public():
        coop = directory.coop_by_slug(slug)
    assert coop is not None
    return str(coop.state)


def test_the_last_confirmation_founds_the_co_op() -> None:
    slug = testing.begin(NOW)
    schema = testing.schema_of(slug)
    with coops.inside(schema):
        *first, last = testing.PEOPLE
        for name in first:
            assert not testing.confirm(name, NOW)["founded"]
        assert state_of(slug) == "formation"
        assert bylaws.version_at(NOW) is None
        assert testing.confirm(last, NOW) == {"founded": True, "waiting_for": 0}
        assert state_of(slug) == "active"
        assert bylaws.version_at(NOW) == 1
        act = queries.act()
        assert act is not None
        assert act.reference == "founding:1"


def test_founders_become_members_with_numbers_and_offices() -> None:
    with coops.inside(testing.found(NOW)):
        grace = offices.holders("chair", NOW)
        assert len(grace) == 1
        member = members.member(grace[0])
        assert member is not None
        assert member.number == 1
        assert offices.holders("treasurer", NOW) != offices.holders("cashier", NOW)
        assert offices.held_by(grace[0], NOW + timedelta(days=3650)) == frozenset()


def test_money_may_move_only_after_the_act() -> None:
    with coops.inside(testing.schema_of(testing.begin(NOW))):
        with pytest.raises(Refusal) as refused:
            post_something()
        assert refused.value.code == "ledger.not_founded"
    with coops.inside(testing.found(NOW, slug="nine-more", key="more")):
        assert post_something()


def post_something() -> int:
    """Post EUR 1 of an imported listener's demo money, as an action of its own would."""
    opened: dict[str, Any] = {"actor": BOOKS, "now": NOW, "key": "test", "currency": "EUR"}
    with books_testing.inside():
        bank = ledger.open_account(code="assets.bank.client", **opened)
        income = ledger.open_account(code="income.music_share", **opened)
        leg = ledger.Leg(debit=bank, credit=income, amount=1_000_000)
        return ledger.post(actor=BOOKS, now=NOW, key="test:1", kind="music.play", transfers=[leg], happened_at=NOW)


def test_a_repeated_begin_with_the_same_key_founds_once() -> None:
    assert testing.begin(NOW) == testing.begin(NOW)
    with coops.public():
        assert [coop.slug for coop in directory.everyone()].count("nine-plays") == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"slug": "N!"}, "founding.bad_slug"),
        ({"slug": "api"}, "founding.bad_slug"),
        ({"slug": "nine--plays"}, "founding.bad_slug"),
        ({"kit": "moon"}, "founding.unknown_kit"),
        ({"currency": "XYZ"}, "money.unknown_currency"),
        ({"packs": ["atlantis"]}, "bylaws.unknown_pack"),
        ({"packs": ["ie", "uk"]}, "bylaws.one_legal_form"),
        ({"founders": list(testing.PEOPLE.values())[:6]}, "founding.too_few_founders"),
        ({"founders": [*testing.PEOPLE.values(), testing.PEOPLE["ada"]]}, "founding.founder_twice"),
        ({"founders": [*testing.PEOPLE.values(), Invited("x@example.org", ("wizard",))]}, "founding.unknown_class"),
        ({"founders": [Invited(f"{n}@example.org", ("listener",)) for n in range(7)]}, "founding.office_empty"),
        ({"values": {"music.coop_share": "101"}}, "bylaws.above_maximum"),
        ({"values": {"music.no_such_rule": 1}}, "bylaws.unknown_rule"),
    ],
)  # fmt: skip
def test_what_cannot_be_founded(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        testing.begin(NOW, **changed)
    assert refused.value.code == code
    with coops.public():
        assert directory.coop_by_slug("nine-plays") is None


def test_treasurer_and_cashier_are_two_people() -> None:
    both = [Invited("ada@example.org", ("listener",), ("treasurer", "cashier")), *list(testing.PEOPLE.values())[:2]]
    others = [Invited(f"{n}@example.org", ("listener",)) for n in range(5)]
    with pytest.raises(Refusal) as refused:
        testing.begin(NOW, founders=[*both, *others])
    assert refused.value.code == "founding.money_in_one_hand"


def test_a_taken_slug_is_refused() -> None:
    testing.found(NOW)
    with pytest.raises(Refusal) as refused, coops.public():
        grace = testing.log_in("grace", NOW)
        assert grace.person is not None
        actions.begin(
            actor=grace, now=NOW, key="another", initiator=grace.person, name="Nine Plays Again", slug="nine-plays",
            purpose="The same", kit="music", packs=testing.PACKS, currency="EUR", time_zone="Europe/Dublin",
            languages=["en"], values={}, founders=list(testing.PEOPLE.values()),
        )  # fmt: skip
    assert refused.value.code == cooperatives.SlugTaken.code


def test_nobody_begins_co_op_after_co_op_to_write_to_strangers() -> None:
    for number in range(actions.MOST_A_DAY):
        testing.begin(NOW, key=f"begin {number}", slug=f"nine-plays-{number}")
    with pytest.raises(actions.TooManyBegun):
        testing.begin(NOW, key="one more", slug="one-more")
    testing.begin(NOW + timedelta(days=1, minutes=1), key="tomorrow", slug="tomorrow")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"token": "guessed"}, "founding.no_such_invitation"),
        ({"text_hash": "0" * 64}, "founding.text_changed"),
        ({"accepts_unconfirmed_rows": False}, "founding.rows_not_accepted"),
    ],
)
def test_what_does_not_count_as_a_confirmation(changed: dict[str, Any], code: str) -> None:
    with coops.inside(testing.schema_of(testing.begin(NOW))):
        with pytest.raises(Refusal) as refused:
            testing.confirm("ada", NOW, **changed)
        assert refused.value.code == code
        assert queries.waiting_for(queries.plan().text_hash) == len(testing.PEOPLE)


def test_one_person_confirms_for_one_founder_only() -> None:
    with coops.inside(testing.schema_of(testing.begin(NOW))):
        testing.confirm("ada", NOW)
        founder, token = testing.invitations()["finn"]
        with coops.public():
            ada = testing.log_in("ada", NOW)
        with pytest.raises(Refusal) as refused:
            actions.confirm(
                actor=ada, now=NOW, key="second", founder=founder, token=token, text_hash=queries.plan().text_hash,
                accepts_unconfirmed_rows=True, register={"name": "Ada Byrne", "address": "1 Toad Lane"}, contact={},
            )  # fmt: skip
        assert refused.value.code == "founding.already_confirmed"


def test_a_changed_plan_is_confirmed_anew() -> None:
    with coops.inside(testing.schema_of(testing.begin(NOW))):
        testing.confirm("ada", NOW)
        with coops.public():
            ada = testing.log_in("ada", NOW)
            eve = testing.log_in("eve", NOW)
        with pytest.raises(Refusal):
            actions.amend_plan(actor=eve, now=NOW, key="meddle", values={"music.coop_share": "20"})
        changed = actions.amend_plan(actor=ada, now=NOW, key="amend", values={"music.coop_share": "20"})
        assert queries.plan().text_hash == changed
        assert queries.waiting_for(changed) == len(testing.PEOPLE)


def test_after_the_act_nothing_of_the_founding_changes() -> None:
    with coops.inside(testing.found(NOW)):
        with coops.public():
            ada = testing.log_in("ada", NOW)
        with pytest.raises(Refusal) as refused:
            actions.amend_plan(actor=ada, now=NOW, key="late", values={"music.coop_share": "20"})
        assert refused.value.code == "founding.already_founded"
        assert queries.acts_without_confirmations() == []
        assert books.account("income.music_share", "EUR") is not None
