"""Import a chunk of listening: what counts, what is charged, what is not taken, and each refusal."""

from datetime import timedelta

import pytest

from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as books
from rochdale.members import queries as members
from rochdale.privacy import queries as privacy
from rochdale.sectors.music import actions, invariants, queries
from rochdale.sectors.music import books as accounts
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.models import Artist, ImportChunk, ImportedListener, Play, Release, Track
from rochdale.sectors.music.testing import CLIENT_BANK, NOW, OPERATOR, imported, line
from rochdale.shared import actor
from rochdale.shared.refusals import Refusal


def balance(code, party=None):
    account = ledger.account(code, "EUR", party)
    return ledger.balance(account) if account is not None else None


def lines(count, **given):
    return [line(number, **given) for number in range(1, count + 1)]


def assert_one_story():
    checks = [
        invariants.plays_unlike_books,
        invariants.charged_after_owned,
        invariants.owned_unlike_steps,
        invariants.steps_with_gaps,
    ]
    assert [list(check()) for check in checks] == [[], [], [], []]
    books.assert_books_good()


@pytest.mark.usefixtures("demo_coop")
class TestFunded:
    """A demo pays for the plays."""

    def test_ten_plays_of_one_track_charge_nine_steps(self):
        found = imported(lines(10), fund_from=CLIENT_BANK)
        assert (found["lines"], found["counted"], found["not_charged"], found["rejects"]) == (10, 9, 1, [])
        assert (found["charged"], found["to_artists"], found["to_coop"], found["tax"]) == (1_022_000, 715_400, 306_600, 0)
        finn = ImportedListener.objects.get().party
        assert balance(accounts.WALLET, finn) == 0
        assert balance(CLIENT_BANK) == 1_022_000
        assert balance(accounts.PAYABLE, Artist.objects.get().party) == 715_400
        assert queries.owns(finn, Track.objects.get().pk)
        assert_one_story()

    def test_a_chunk_goes_on_where_the_one_before_stopped(self):
        first = imported(lines(5), fund_from=CLIENT_BANK)
        rest = [line(number) for number in range(6, 11)]
        second = imported(rest, fund_from=CLIENT_BANK)
        assert (first["charged"], second["charged"]) == (62_000, 960_000)
        assert_one_story()

    def test_the_same_chunk_again_changes_nothing_even_under_another_run(self):
        imported(lines(10), fund_from=CLIENT_BANK)
        again = imported(lines(10), fund_from=CLIENT_BANK)
        assert (again["duplicates"], again["counted"], again["charged"]) == (10, 0, 0)
        assert (Play.objects.count(), balance(CLIENT_BANK)) == (10, 1_022_000)

    def test_the_same_chunk_of_the_same_run_gets_the_first_answer(self):
        run = actions.start_import(actor=OPERATOR, now=NOW, key="r", file_hash="f", lines=3, fund_from=CLIENT_BANK)
        first = imported(lines(3), run=run)
        assert imported(lines(3), run=run) == first
        assert ImportChunk.objects.count() == 1

    def test_an_overlapping_file_adds_only_what_is_new(self):
        imported(lines(4), fund_from=CLIENT_BANK)
        found = imported(lines(6), fund_from=CLIENT_BANK)
        assert (found["duplicates"], found["counted"], found["charged"]) == (4, 2, 32_000 + 64_000)

    def test_an_earlier_play_that_comes_later_takes_the_next_step(self):
        imported([line(1, at=NOW - timedelta(days=1))], fund_from=CLIENT_BANK)
        imported([line(1, at=NOW - timedelta(days=9))], fund_from=CLIENT_BANK)
        steps = list(Play.objects.order_by("happened_at").values_list("nth", flat=True))
        assert steps == [2, 1]

    def test_an_exact_duplicate_row_counts_once(self):
        found = imported([line(1, at=NOW), line(2, at=NOW)], fund_from=CLIENT_BANK)
        assert (found["counted"], found["duplicates"]) == (1, 1)

    def test_several_plays_at_one_time_count_when_their_ids_differ(self):
        found = imported([line(n, at=NOW, play_id=f"KGLK{n}") for n in (1, 2, 3)], fund_from=CLIENT_BANK)
        assert (found["counted"], found["duplicates"]) == (3, 0)

    def test_a_play_id_used_for_another_play_is_not_taken(self):
        imported([line(1, play_id="a")], fund_from=CLIENT_BANK)
        found = imported([line(2, play_id="a", track="Second Light"), line(3, play_id="b")], fund_from=CLIENT_BANK)
        assert [reject[0] for reject in found["rejects"]] == [2]
        assert found["counted"] == 1

    def test_one_play_id_of_two_listeners_is_two_plays(self):
        assert imported([line(1, play_id="a"), line(2, play_id="a", who="ada")], fund_from=CLIENT_BANK)["counted"] == 2

    def test_short_plays_cost_nothing(self):
        found = imported([line(1, ms_played=44_999), line(2, ms_played=45_000), line(3)], fund_from=CLIENT_BANK)
        assert (found["too_short"], found["counted"], found["charged"]) == (1, 2, 6_000)

    def test_spellings_that_differ_in_case_and_space_are_one_track(self):
        found = imported(
            [line(1, artist="AC/DC", track="Big Gun"), line(2, artist="ac/dc", track="BIG  GUN")], fund_from=CLIENT_BANK
        )
        assert (found["charged"], Artist.objects.count(), Track.objects.count()) == (6_000, 1, 1)

    def test_a_known_artist_is_paid_under_the_known_name(self):
        bruno = music.artist("Bruno Okafor")
        tune = music.track("First Light", bruno)
        imported([line(1, artist="bruno okafor", track="first light")], fund_from=CLIENT_BANK)
        assert (Artist.objects.count(), Play.objects.get().track_id) == (1, tune.pk)
        assert balance(accounts.PAYABLE, bruno.party) == 1_400

    def test_albums_become_releases_and_can_be_searched(self):
        imported(
            [line(1, album="Dawn"), line(2, track="Second Light", album="Dawn"), line(3, track="Loose")], fund_from=CLIENT_BANK
        )
        assert Release.objects.count() == 1
        found, count = queries.tracks("dawn bru")
        assert ([track.title for track in found], count) == (["First Light", "Second Light"], 2)

    def test_listeners_are_no_members_and_their_names_only_in_the_vault(self):
        imported([line(1, who="finn.walsh@example.org")], fund_from=CLIENT_BANK)
        finn = ImportedListener.objects.get()
        assert "finn" not in finn.fingerprint
        assert privacy.read(finn.party, "contact") == {"listening_name": "finn.walsh@example.org"}
        assert members.standing(finn.party, NOW) == "non-member"
        assert members.member(finn.party) is None
        assert {row.standing for row in ledger.postings_of(party=finn.party)} == {"non-member"}

    def test_an_imported_name_can_be_forgotten(self):
        imported([line(1)], fund_from=CLIENT_BANK)
        finn = ImportedListener.objects.get().party
        with books.inside():
            actions.forget_imported_name(actor=OPERATOR, now=NOW, key="f", party=finn, reason_code="asked")
        assert not ImportedListener.objects.exists()
        assert privacy.read(finn, "contact") is None
        assert Play.objects.filter(listener=finn).count() == 1

    def test_a_withdrawn_track_is_not_taken(self):
        tune = music.track("First Light", state="withdrawn")
        found = imported([line(1), line(2, track="Second Light")], fund_from=CLIENT_BANK)
        assert ([reject[0] for reject in found["rejects"]], found["counted"]) == ([1], 1)
        assert not Play.objects.filter(track=tune).exists()

    def test_a_free_track_costs_nothing(self):
        music.track("First Light", state="free")
        found = imported(lines(3), fund_from=CLIENT_BANK)
        assert (found["not_charged"], found["charged"]) == (3, 0)

    def test_many_listeners_and_tracks_at_once(self):
        told = [
            line(
                n,
                who=f"listener {n % 7}",
                artist=f"artist {n % 11}",
                track=f"track {n % 5}",
                at=NOW - timedelta(minutes=2000 - n),
            )
            for n in range(1, 1801)
        ]
        found = imported(told, fund_from=CLIENT_BANK)
        assert found["counted"] + found["not_charged"] == 1800
        assert found["charged"] == found["to_artists"] + found["to_coop"]
        assert balance(CLIENT_BANK) == found["charged"]
        assert_one_story()

    def test_names_of_any_script_and_length(self):
        told = [
            line(1, artist="椎名林檎", track="ありあまる富"),
            line(2, artist="x" * 300, track="ﷺ" * 300),
            line(3, artist="!!!", track="?"),
        ]
        assert imported(told, fund_from=CLIENT_BANK)["counted"] == 3
        assert imported(told, fund_from=CLIENT_BANK)["duplicates"] == 3

    def test_an_expense_may_pay_too(self):
        imported(lines(1), fund_from="expenses.desk_differences")
        assert balance("expenses.desk_differences") == 2_000

    @pytest.mark.parametrize("account", ["assets.nowhere", "liabilities.wallet", "income.music_share", "liabilities.vat"])
    def test_an_account_that_cannot_pay_is_refused(self, account):
        with pytest.raises(Refusal) as refused:
            imported(lines(1), fund_from=account)
        assert refused.value.code == "music.cannot_fund_from"
        assert CLIENT_BANK in str(refused.value)

    def test_a_chunk_without_a_run_is_refused(self):
        with pytest.raises(Refusal) as refused:
            imported(lines(1), run=77)
        assert refused.value.code == "music.no_such_import"

    @pytest.mark.parametrize("count", [0, 5001])
    def test_a_chunk_of_no_or_too_many_lines_is_refused(self, count):
        with pytest.raises(Refusal) as refused:
            imported(lines(count), fund_from=CLIENT_BANK)
        assert refused.value.code == "music.chunk_too_large"

    @pytest.mark.parametrize("who", [actor.NOBODY, actor.job("night")])
    def test_only_the_operator_imports(self, who):
        with pytest.raises(Refusal) as refused:
            actions.start_import(actor=who, now=NOW, key="k", file_hash="f", lines=1)
        assert refused.value.code == "offices.not_allowed"


@pytest.mark.usefixtures("rules_stand")
class TestFromWallets:
    """In a co-op that is no demo, plays are paid by wallets that hold money."""

    def test_funding_is_refused(self):
        with pytest.raises(Refusal) as refused:
            imported(lines(1), fund_from=CLIENT_BANK)
        assert refused.value.code == "music.only_in_a_demo"
        assert balance(CLIENT_BANK) is None

    def test_without_a_wallet_nothing_is_charged_and_each_line_says_why(self):
        found = imported([line(1), line(2, ms_played=3)])
        assert (found["counted"], found["too_short"], found["charged"]) == (0, 1, 0)
        ((number, reason),) = found["rejects"]
        assert number == 1
        assert "wallet" in reason
        assert not ledger.postings_of()

    def test_a_wallet_pays_as_far_as_it_holds(self):
        imported([line(1, ms_played=1)])
        finn = ImportedListener.objects.get().party
        music.top_up(finn, "0.007")
        found = imported([line(n) for n in (2, 3, 4)])
        assert (found["counted"], found["charged"], [reject[0] for reject in found["rejects"]]) == (2, 6_000, [4])
        assert balance(accounts.WALLET, finn) == 1_000
        music.top_up(finn, "1")
        later = imported([line(n) for n in (2, 3, 4)])
        assert (later["duplicates"], later["counted"], later["charged"]) == (2, 1, 8_000)
        assert_one_story()
