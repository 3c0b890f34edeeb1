"""The ladder, the judgement of a play and the split: tables first, then properties. No database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rochdale.sectors.music import rules
from rochdale.shared import money

EUR = rules.ladder_of({rules.EVERY_CURRENCY: list(rules.DEFAULT_LADDER)}, "EUR")


@pytest.mark.parametrize(
    ("nth", "micro"),
    [
        (1, 2_000),
        (2, 4_000),
        (3, 8_000),
        (4, 16_000),
        (5, 32_000),
        (6, 64_000),
        (7, 128_000),
        (8, 256_000),
        (9, 512_000),
        (10, 0),
    ],
)
def test_a_play_costs_twice_the_one_before_until_the_track_is_owned(nth, micro):
    assert rules.price_of_play(nth, EUR) == micro


def test_nine_plays_cost_1022_thousandths_in_all():
    assert sum(rules.price_of_play(nth, EUR) for nth in range(1, 12)) == 1_022_000


@pytest.mark.parametrize("taken", range(10))
def test_what_is_left_to_own_follows_the_closed_form(taken):
    # seed-systems.md section 7, vector 1: remaining after k = 1024 - 2^(k+1)
    assert rules.left_to_own(taken, EUR) == (1024 - 2 ** (taken + 1)) * 1000


def test_five_plays_in_one_month_and_four_in_the_next_sum_to_the_whole_ladder():
    # vector 2: the original restarted its ladder with each report and lost 91 % of the money
    first_month = [rules.price_of_play(nth, EUR) for nth in range(1, 6)]
    second_month = [rules.price_of_play(nth, EUR) for nth in range(6, 10)]
    assert (sum(first_month), sum(second_month)) == (62_000, 960_000)


def test_the_price_list_times_1_20_is_1_2264_and_not_the_published_1_25():
    # anchors-finance-sectors.md section 5, D4; the ladder may hold parts of a thousandth
    euros = [str(Decimal(step) * Decimal("1.2")) for step in rules.DEFAULT_LADDER]
    ladder = rules.ladder_of({"EUR": euros}, "EUR")
    assert ladder == (2400, 4800, 9600, 19200, 38400, 76800, 153600, 307200, 614400)
    parts = [rules.split(price, coop_percent=Decimal(30), vat_percent=Decimal(0), event=str(price)) for price in ladder]
    assert (sum(ladder), sum(part.artist for part in parts), sum(part.coop for part in parts)) == (1_226_400, 858_480, 367_920)


def test_a_currency_may_have_a_ladder_of_its_own():
    table = {rules.EVERY_CURRENCY: [2, 4], "JPY": [300, 600]}
    assert rules.ladder_of(table, "JPY") == (300_000, 600_000)
    assert rules.ladder_of(table, "INR") == (2_000, 4_000)


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"every": []},
        {"USD": [2]},
        {"every": [0]},
        {"every": [-2]},
        {"every": ["two"]},
        {"every": ["0.0001"]},
        {"every": ["NaN"]},
        {"every": [1] * 51},
        {"every": "248"},
        {"every": [True is None]},
        {"every": ["Infinity"]},
    ],
)
def test_a_ladder_without_usable_prices_is_refused(table):
    with pytest.raises(rules.BadLadder):
        rules.ladder_of(table, "EUR")


def test_the_zeroth_play_has_no_price():
    with pytest.raises(ValueError, match="first play"):
        rules.price_of_play(0, EUR)


@pytest.mark.parametrize(
    ("given", "outcome", "nth", "price", "owns"),
    [
        ({}, "charged", 1, 2_000, False),
        ({"taken": 7}, "charged", 8, 256_000, False),
        ({"taken": 8}, "charged", 9, 512_000, True),
        ({"full_play": False, "taken": 8}, "short", 0, 0, False),
        ({"own": True, "taken": 3}, "own", 0, 0, False),
        ({"own": True, "owned": True}, "own", 0, 0, False),
        ({"owned": True, "taken": 9}, "owned", 0, 0, False),
        ({"free": True, "taken": 2}, "free", 0, 0, False),
        ({"free": True, "owned": True, "taken": 9}, "owned", 0, 0, False),
        ({"taken": 9}, "owned", 0, 0, True),  # the ladder was shortened after these plays
        ({"taken": 11}, "owned", 0, 0, True),
        ({"full_play": False, "owned": True, "taken": 9}, "short", 0, 0, False),
    ],
)
def test_what_a_play_counts_for(given, outcome, nth, price, owns):
    facts = {"full_play": True, "own": False, "owned": False, "free": False, "taken": 0} | given
    assert rules.judge(**facts, ladder=EUR) == rules.Verdict(outcome, nth, price, owns)


@pytest.mark.parametrize(("ms", "full"), [(0, False), (44_999, False), (45_000, True), (45_001, True), (None, True)])
def test_a_play_counts_from_the_45th_second(ms, full):
    assert rules.counts(ms, 45) is full


@pytest.mark.parametrize(
    ("price", "coop", "vat", "tax", "artist", "coop_part"),
    [
        (2_000, "30", "0", 0, 1_400, 600),
        (512_000, "30", "0", 0, 358_400, 153_600),
        (1_230_000, "30", "23", 230_000, 700_000, 300_000),  # 23 % Irish VAT inside 1.23: the split is of the net 1.00
        (2_000, "30", "23", 374, 1_138, 488),
        (2_000, "12.5", "0", 0, 1_750, 250),
        (2_000, "0", "0", 0, 2_000, 0),
        (2_000, "100", "0", 0, 0, 2_000),
        (0, "30", "20", 0, 0, 0),
    ],
)
def test_tax_comes_out_first_and_the_net_is_split(price, coop, vat, tax, artist, coop_part):
    found = rules.split(price, coop_percent=Decimal(coop), vat_percent=Decimal(vat), event="e")
    assert (found.tax, found.artist, found.coop) == (tax, artist, coop_part)
    assert found.net == artist + coop_part


@given(
    price=st.integers(0, money.LARGEST),
    coop=st.decimals(0, 100, places=3),
    vat=st.decimals(0, 100, places=3),
    event=st.text(max_size=40),
)
def test_a_split_loses_and_mints_nothing(price, coop, vat, event):
    found = rules.split(price, coop_percent=coop, vat_percent=vat, event=event)
    assert found.tax + found.artist + found.coop == price
    assert min(found.tax, found.artist, found.coop) >= 0
    assert abs(found.tax * (100 + vat) - price * vat) <= 100 + vat  # off by at most one micro-unit
    assert found == rules.split(price, coop_percent=coop, vat_percent=vat, event=event)


@given(plays=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_whatever_the_order_of_plays_nobody_pays_more_than_the_ladder(plays):
    taken, owned, paid = 0, False, 0
    for full_play, free in plays:
        verdict = rules.judge(full_play=full_play, own=False, owned=owned, free=free, taken=taken, ladder=EUR)
        taken += verdict.nth > 0
        paid += verdict.price
        owned = owned or verdict.owns
    assert paid == sum(EUR) - rules.left_to_own(taken, EUR)
    assert owned is (taken == len(EUR))


@pytest.mark.parametrize("percent", ["-1", "101", "NaN"])
def test_a_percentage_out_of_bounds_is_a_mistake(percent):
    with pytest.raises(ValueError, match="percentage"):
        rules.split(1000, coop_percent=Decimal(percent), vat_percent=Decimal(0), event="e")


def test_two_spellings_of_one_name_have_one_key():
    assert rules.name_key(" The  BEATLES ") == rules.name_key("The Beatles")
    assert rules.name_key("Ｂｊöｒｋ") == rules.name_key("BJÖRK")
    assert rules.name_key("Sigur Ros") != rules.name_key("Sigur Rós")


def test_names_sort_without_their_marks():
    assert sorted(["Zoë", "Ångström", "beta"], key=rules.sort_key) == ["Ångström", "beta", "Zoë"]
