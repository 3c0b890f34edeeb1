"""Record a play: the ladder, ownership, and each refusal."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as books
from rochdale.sectors.music import books as accounts
from rochdale.sectors.music import invariants, queries
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.testing import NOW, played
from rochdale.shared import coops
from rochdale.shared.refusals import Refusal

pytestmark = pytest.mark.usefixtures("rules_stand")


def balance(code, party=None):
    account = ledger.account(code, "EUR", party)
    return ledger.balance(account) if account is not None else None


@pytest.fixture
def ada():
    return music.listener("10")


@pytest.fixture
def first_light():
    return music.track()


def test_the_first_play_costs_two_thousandths_shared_70_to_30(ada, first_light):
    answer = played(ada, first_light)
    assert (answer["outcome"], answer["step"], answer["steps"], answer["price"]) == ("charged", 1, 9, 2_000)
    assert (answer["owned"], answer["balance"]) == (False, 9_998_000)
    assert balance(accounts.PAYABLE, first_light.artist.party) == 1_400
    assert balance(accounts.INCOME) == 600


def test_nine_plays_cost_1_022_and_the_tenth_nothing(ada, first_light):
    answers = [played(ada, first_light) for _play in range(10)]
    assert [answer["price"] for answer in answers] == [2_000 * 2**step for step in range(9)] + [0]
    assert [answer["owned"] for answer in answers] == [False] * 8 + [True, True]
    assert answers[9]["outcome"] == "owned"
    assert answers[9]["balance"] == 10_000_000 - 1_022_000
    assert balance(accounts.PAYABLE, first_light.artist.party) == 715_400


def test_five_plays_in_one_month_and_four_in_the_next_sum_to_the_whole_ladder(ada, first_light):
    for _play in range(5):
        played(ada, first_light, now=NOW)
    for _play in range(4):
        played(ada, first_light, now=NOW + timedelta(days=31))
    assert balance(accounts.PAYABLE, first_light.artist.party) == 715_400
    assert queries.owns(ada.party, first_light.pk)


def test_tax_inside_the_price_goes_to_the_state_before_the_split(ada, first_light):
    music.adopt(NOW, {"music.vat_percent": Decimal(23)})
    for _play in range(9):
        answer = played(ada, first_light, now=NOW + timedelta(minutes=2))
    assert answer["owned"]
    parts = [balance(accounts.VAT), balance(accounts.PAYABLE, first_light.artist.party), balance(accounts.INCOME)]
    assert sum(part or 0 for part in parts) == 1_022_000
    assert [part or 0 for part in parts] == pytest.approx(
        [191_106, 581_626, 249_268], abs=2
    )  # equal remainders go by the event's hash


def test_a_play_cut_short_is_kept_and_costs_nothing(ada, first_light):
    answer = played(ada, first_light, ms_played=44_999)
    assert (answer["outcome"], answer["price"], answer["step"]) == ("short", 0, 0)
    assert played(ada, first_light, ms_played=45_000)["step"] == 1


def test_an_artist_hears_their_own_track_for_nothing_and_takes_no_step(first_light):
    party = first_light.artist.party
    bruno = music.Somebody(party, replace(music.somebody().actor, party=party))
    assert [played(bruno, first_light)["outcome"] for _play in range(10)] == ["own"] * 10
    assert not queries.owns(bruno.party, first_light.pk)


def test_a_free_track_costs_nothing_and_takes_no_step(ada):
    tune = music.track("Gift", state="free")
    assert [(answer["outcome"], answer["price"]) for answer in (played(ada, tune), played(ada, tune))] == [("free", 0)] * 2


def test_the_same_event_counts_once_and_gets_the_first_answer(ada, first_light):
    first = played(ada, first_light, event="phone-17")
    again = played(ada, first_light, event="phone-17", now=NOW + timedelta(hours=1))
    assert again == first
    assert balance(accounts.INCOME) == 600


def test_the_same_event_of_two_listeners_is_two_plays(ada, first_light):
    finn = music.listener("1")
    played(ada, first_light, event="phone-17")
    assert played(finn, first_light, event="phone-17")["play"] != played(ada, first_light, event="phone-17")["play"]


def test_an_event_of_another_track_is_refused(ada, first_light):
    played(ada, first_light, event="phone-17")
    with pytest.raises(Refusal) as refused:
        played(ada, music.track("Second Light"), event="phone-17")
    assert refused.value.code == "music.event_reused"


def test_an_event_at_another_time_is_refused(ada, first_light):
    played(ada, first_light, event="phone-17", played_at=NOW - timedelta(hours=2))
    with pytest.raises(Refusal) as refused:
        played(ada, first_light, event="phone-17", played_at=NOW - timedelta(hours=3))
    assert refused.value.code == "music.event_reused"


def test_a_play_without_a_connection_is_charged_when_it_was_heard(ada, first_light):
    answer = played(ada, first_light, played_at=NOW - timedelta(minutes=10))
    (posting,) = ledger.postings_of(source=accounts.source_of(first_light.pk))
    assert posting.happened_at == NOW - timedelta(minutes=10)
    assert answer["step"] == 1


def test_a_player_whose_clock_runs_a_little_ahead_is_charged_now(ada, first_light):
    played(ada, first_light, played_at=NOW + timedelta(minutes=1))
    (posting,) = ledger.postings_of(source=accounts.source_of(first_light.pk))
    assert posting.happened_at == NOW


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"played_at": NOW + timedelta(minutes=3)}, "music.played_in_the_future"),
        ({"played_at": NOW - timedelta(days=31)}, "music.played_too_long_ago"),
        ({"ms_played": -1}, "music.bad_play"),
        ({"ms_played": 25 * 3600 * 1000}, "music.bad_play"),
        ({"event": "e" * 201}, "music.bad_play"),
        ({"at_most": 1_999}, "music.price_changed"),
    ],
)
def test_plays_that_cannot_be_are_refused(ada, first_light, given, code):
    with pytest.raises(Refusal) as refused:
        played(ada, first_light, **given)
    assert refused.value.code == code
    assert balance(accounts.INCOME) is None


@pytest.mark.parametrize("euros", ["0", "0.001999"])
def test_without_enough_money_a_play_is_a_preview(first_light, euros):
    dilip = music.listener(euros)
    with pytest.raises(Refusal) as refused:
        played(dilip, first_light)
    assert refused.value.code == "music.preview_only"
    assert "€0.002" in str(refused.value)
    assert queries.totals(dilip.party).plays == 0


def test_the_ninth_play_without_the_money_for_it_leaves_eight_steps(first_light):
    dilip = music.listener("0.6")
    for _play in range(8):
        played(dilip, first_light)
    with pytest.raises(Refusal):
        played(dilip, first_light)
    assert queries.progress(dilip.party, [first_light.pk])[first_light.pk] == queries.Progress(8, False)
    music.top_up(dilip.party, "1")
    assert played(dilip, first_light)["owned"]


def test_a_track_that_does_not_exist_is_refused(ada, first_light):
    first_light.pk += 1000
    with pytest.raises(Refusal) as refused:
        played(ada, first_light)
    assert refused.value.code == "music.no_such_track"


def test_a_withdrawn_track_is_heard_only_by_who_owns_it(ada, first_light):
    finn = music.listener("5")
    for _play in range(9):
        played(ada, first_light)
    type(first_light).objects.filter(pk=first_light.pk).update(state="withdrawn")
    assert played(ada, first_light)["outcome"] == "owned"
    with pytest.raises(Refusal) as refused:
        played(finn, first_light)
    assert refused.value.code == "music.track_withdrawn"


def test_nobody_plays_with_anothers_wallet(ada, first_light):
    eve = music.somebody()
    with pytest.raises(Refusal) as refused:
        played(music.Somebody(ada.party, eve.actor), first_light)
    assert refused.value.code == "offices.not_allowed"


def test_a_co_op_without_bylaws_charges_nothing(second_coop):
    with coops.inside(second_coop.schema_name):
        who, tune = music.somebody(), music.track()
        with pytest.raises(Refusal) as refused:
            played(who, tune)
    assert refused.value.code == "bylaws.none_standing"


def test_a_shorter_ladder_gives_the_track_to_who_paid_as_many_steps(ada, first_light):
    for _play in range(3):
        played(ada, first_light)
    music.adopt(NOW + timedelta(days=1), {"music.ladder": {"every": [2, 4, 8]}})
    answer = played(ada, first_light, now=NOW + timedelta(days=1))
    assert (answer["outcome"], answer["price"], answer["owned"]) == ("owned", 0, True)
    assert not invariants.owned_unlike_steps()


def test_the_books_checks_hold_and_find_what_is_wrong(ada, first_light):
    for _play in range(10):
        played(ada, first_light)
    checks = [
        invariants.plays_unlike_books,
        invariants.charged_after_owned,
        invariants.owned_unlike_steps,
        invariants.steps_with_gaps,
    ]
    assert [list(check()) for check in checks] == [[], [], [], []]
    books.assert_books_good()
