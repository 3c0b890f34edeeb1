"""Pure rules: what a repeated key must repeat, opposites, drawing from several sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rochdale.ledger import rules
from rochdale.ledger.rules import Leg, NewPosting

ADA = UUID("00000000-0000-7000-8000-00000000ada0")
PLAY = NewPosting(
    key="play:1",
    kind="music.play",
    transfers=(Leg(1, 2, 1400, "price"), Leg(1, 3, 600, "price")),
    happened_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    source="music.play:1",
    party=ADA,
    standing="listener",
    tax="inclusive",
)


class TestBodyHash:
    def test_the_same_body_has_the_same_hash(self):
        assert rules.body_hash(PLAY) == rules.body_hash(replace(PLAY))
        assert len(rules.body_hash(PLAY)) == 32

    def test_the_same_moment_in_another_zone_is_the_same_body(self):
        india = timezone(timedelta(hours=5, minutes=30))
        assert rules.body_hash(PLAY) == rules.body_hash(replace(PLAY, happened_at=PLAY.happened_at.astimezone(india)))

    def test_the_key_is_not_part_of_the_body(self):
        assert rules.body_hash(PLAY) == rules.body_hash(replace(PLAY, key="other"))

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "music.tip"},
            {"happened_at": PLAY.happened_at + timedelta(microseconds=1)},
            {"source": "music.play:2"},
            {"party": None},
            {"standing": "non-member"},
            {"tax": "exempt"},
            {"reverses": 7},
            {"transfers": PLAY.transfers[:1]},
            {"transfers": PLAY.transfers[::-1]},
            {"transfers": (Leg(1, 2, 1401, "price"), PLAY.transfers[1])},
            {"transfers": (Leg(2, 1, 1400, "price"), PLAY.transfers[1])},
            {"transfers": (Leg(1, 2, 1400, "tax"), PLAY.transfers[1])},
        ],
    )
    def test_every_part_of_the_body_counts(self, change):
        assert rules.body_hash(PLAY) != rules.body_hash(replace(PLAY, **change))

    def test_accents_composed_or_not_are_two_texts_and_each_hashes_alike_everywhere(self):
        composed, apart = replace(PLAY, source="caf\u00e9"), replace(PLAY, source="cafe\u0301")
        assert rules.body_hash(composed) != rules.body_hash(apart)
        assert (
            rules.body_hash(replace(PLAY, source="🎵 \u202e"))
            .hex()
            .startswith(rules.body_hash(replace(PLAY, source="🎵 \u202e")).hex()[:8])
        )


class TestOpposite:
    @given(
        some.lists(
            some.builds(Leg, some.integers(1, 9), some.integers(1, 9), some.integers(1, 100), some.sampled_from(["", "tax"]))
        )
    )
    def test_the_opposite_of_the_opposite_is_the_same(self, legs):
        assert list(rules.opposite(rules.opposite(legs))) == legs

    def test_accounts_change_places_and_amounts_stay(self):
        assert rules.opposite([Leg(1, 2, 5, "fee")]) == (Leg(2, 1, 5, "fee"),)


class TestSides:
    @pytest.mark.parametrize(("kind", "side"), [("asset", -1), ("expense", -1), ("liability", 1), ("equity", 1), ("income", 1)])
    def test_each_kind_has_its_side(self, kind, side):
        assert rules.side(kind) == side

    def test_what_legs_draw_from_a_wallet_is_net(self):
        legs = [Leg(1, 2, 70), Leg(1, 3, 30), Leg(2, 1, 5)]
        assert rules.drawn_from(1, legs=legs, kind="liability") == 95
        assert rules.drawn_from(1, legs=legs, kind="asset") == -95
        assert rules.drawn_from(9, legs=legs, kind="liability") == 0


class TestWaterfall:
    """TigerBeetle's balancing and linked transfers, state machine cases T3 and T4."""

    @pytest.mark.parametrize(
        ("wanted", "available", "taken"),
        [
            (100, [40, 40, 21], [40, 40, 20]),
            (100, [40, 40, 19], None),
            (3, [9], [3]),
            (13, [6], None),
            (6, [6], [6]),
            (0, [5, 5], [0, 0]),
            (0, [], []),
            (1, [], None),
        ],
    )
    def test_cases(self, wanted, available, taken):
        assert rules.waterfall(wanted, available) == taken

    @given(some.integers(0, 10**9), some.lists(some.integers(0, 10**9), max_size=8))
    def test_it_takes_exactly_what_is_wanted_or_nothing(self, wanted, available):
        taken = rules.waterfall(wanted, available)
        if taken is None:
            assert sum(available) < wanted
        else:
            assert sum(taken) == wanted
            assert all(0 <= part <= source for part, source in zip(taken, available, strict=True))

    @pytest.mark.parametrize(("wanted", "available"), [(-1, [5]), (1, [-5])])
    def test_negative_amounts_are_a_mistake_of_the_caller(self, wanted, available):
        with pytest.raises(ValueError, match="non-negative"):
            rules.waterfall(wanted, available)
