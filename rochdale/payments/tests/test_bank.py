"""Bank and books: statements in, matching, what is left over, money put aside, the bank's line first."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from rochdale.ledger import queries as ledger
from rochdale.members import testing as people
from rochdale.members.testing import NOW, at_once, fresh_key
from rochdale.payments import actions, queries
from rochdale.payments import testing as desk
from rochdale.payments.actions import desk as desk_actions
from rochdale.payments.actions import matches, statements, wallets
from rochdale.payments.models import BankLine
from rochdale.payments.testing import brought, line_of, statement
from rochdale.shared import coops
from rochdale.shared.action import NotAllowed
from rochdale.shared.actor import operator
from rochdale.shared.money import ONE

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def for_a_month(request: pytest.FixtureRequest) -> None:
    """Let the co-op and its people have been there for a month."""
    if "coop" in request.fixturenames:
        request.getfixturevalue("coop")
        for name in ("ada", "bruno", "finn"):
            people.join(name, NOW - timedelta(days=30))


def matched(lines: list[int], entries: list[int], by: str = "ada", **more: Any) -> int:
    done = actions.match(actor=people.officer(by), now=NOW, key=fresh_key(), lines=lines, entries=entries, **more)
    return int(done["match"])


def undone(match: int, reason: str = "mistake") -> None:
    actions.undo_match(actor=people.officer("ada"), now=NOW, key=fresh_key(), match=match, reason_code=reason)


def booked(line: int, how: str, by: str = "ada", reason: str = "") -> Any:
    return actions.book_line(actor=people.officer(by), now=NOW, key=fresh_key(), line=line, how=how, reason_code=reason)


def placed(line: int, how: str, by: str = "finn", by_line: int | None = None) -> Any:
    return actions.place_suspense(actor=people.officer(by), now=NOW, key=fresh_key(), line=line, how=how, by_line=by_line)


def held(on: date = TODAY, place: str = "client") -> queries.Reconciliation:
    found = queries.reconciliation(place, "EUR", on)
    assert found.books - found.outstanding + found.unmatched == found.said
    return found


@pytest.mark.usefixtures("coop")
class TestStatementsIn:
    def test_lines_are_kept_once_whichever_files_hold_them(self) -> None:
        first = brought(statement((YESTERDAY, 5 * ONE, "coffee"), (YESTERDAY, 5 * ONE, "coffee")))
        assert (first["new"], first["off_by"], first["gap"], first["again"]) == (2, 0, None, False)
        again = brought(statement((YESTERDAY, 5 * ONE, "coffee"), (YESTERDAY, 5 * ONE, "coffee")))
        assert again == {**first, "again": True}
        wider = brought(statement((YESTERDAY, 5 * ONE, "coffee"), (YESTERDAY, 5 * ONE, "coffee"), (TODAY, ONE, "x")))
        assert (wider["lines"], wider["new"], wider["gap"]) == (3, 1, 0)
        assert held().said == 11 * ONE

    def test_what_does_not_tie_out_and_what_is_missing_before_is_said_and_not_mended(self) -> None:
        assert brought(statement((YESTERDAY, ONE), closing=3 * ONE))["off_by"] == 2 * ONE
        assert brought(statement((TODAY, ONE), opening=8 * ONE))["gap"] == 7 * ONE
        found = held()
        assert (found.said, found.bank, found.missing, found.whole) == (2 * ONE, 9 * ONE, 7 * ONE, False)

    def test_a_file_without_balances_proves_none(self) -> None:
        assert brought(statement((TODAY, ONE), balances=False))["off_by"] is None
        assert held().bank is None
        assert queries.reconciled_until("EUR") is None

    def test_what_lay_there_before_answers_to_the_books_until_then(self) -> None:
        desk.top_up(people.join("bruno"), 20 * ONE, NOW - timedelta(days=9), rail="bank")
        desk.top_up(people.join("bruno"), 10 * ONE, NOW - timedelta(days=8), rail="bank")
        brought(statement((TODAY, ONE), opening=30 * ONE))
        (choice, *_rest) = queries.worklist("client", "EUR", NOW).choices
        assert (choice.lines[0].kind, choice.lines[0].amount, choice.reasons) == ("opening", 30 * ONE, ("opening",))
        matched([choice.lines[0].id], [entry.posting for entry in choice.entries])
        assert held().unmatched == ONE
        with pytest.raises(statements.BeforeTheFirst):
            brought(statement((YESTERDAY - timedelta(days=5), ONE)))

    def test_names_are_sealed(self) -> None:
        brought(statement((TODAY, ONE, "Grace Lim pays")))
        row = BankLine.objects.get()
        assert b"Grace" not in bytes(row.texts_sealed or b"")
        found = queries.line(row.id)
        assert found is not None
        assert found.reference == "Grace Lim pays"

    def test_the_operator_may_bring_files_and_a_member_may_not(self) -> None:
        given: dict[str, Any] = {"now": NOW, "place": "client", "currency": "EUR", "statement": statement((TODAY, ONE))}
        assert actions.import_statement(actor=operator("test"), key=fresh_key(), **given)["new"] == 1
        people.join("bruno")
        with pytest.raises(NotAllowed):
            actions.import_statement(actor=people.actor("bruno"), key=fresh_key(), **given)

    def test_other_accounts_currencies_and_days_to_come_are_refused(self) -> None:
        with pytest.raises(statements.WrongCurrency):
            brought(statement((TODAY, ONE), currency="USD"))
        with pytest.raises(statements.InTheFuture):
            brought(statement((TODAY + timedelta(days=3), ONE)))
        with pytest.raises(statements.UnknownBankAccount):
            brought(statement((TODAY, ONE)), place="moon")
        from dataclasses import replace

        brought(replace(statement((YESTERDAY, ONE)), account_name="IE 12"))
        brought(replace(statement((YESTERDAY, ONE), (TODAY, ONE)), account_name="ie12"))
        with pytest.raises(statements.OtherAccount):
            brought(replace(statement((TODAY, 2 * ONE)), account_name="IE13"))

    def test_the_database_changes_no_line(self) -> None:
        brought(statement((TODAY, ONE)))
        for words in ("UPDATE payments_bankline SET amount = 5", "DELETE FROM payments_bankstatement"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(words)


@pytest.mark.usefixtures("coop")
class TestMatching:
    def test_a_top_up_is_proposed_confirmed_and_the_account_is_whole(self) -> None:
        posting = desk.top_up(people.join("bruno"), 20 * ONE, rail="bank")["posting"]
        number = queries.movements(limit=1)[0].number
        brought(statement((TODAY, 20 * ONE, f"wallet {number}")))
        (choice,) = queries.worklist("client", "EUR", NOW).choices
        assert [entry.posting for entry in choice.entries] == [posting]
        assert "reference" in choice.reasons
        assert choice.score >= 90
        assert not held().whole
        matched([choice.lines[0].id], [posting], why="proposal", score=choice.score)
        assert held().whole
        assert [each.reference for each in queries.bank_lines_of(people.known("bruno"))] == [f"wallet {number}"]
        assert queries.bank_lines_of(people.known("ada")) == []
        assert queries.reconciled_until("EUR") is None  # shares were paid by bank, on the other account
        assert queries.sums_that_differ() == queries.matched_twice() == []

    def test_one_line_for_many_entries_and_many_lines_for_one(self) -> None:
        bruno = people.join("bruno")
        first, second = (desk.top_up(bruno, amount * ONE, rail="bank")["posting"] for amount in (10, 15))
        brought(statement((TODAY, 25 * ONE)))
        (choice,) = queries.worklist("client", "EUR", NOW).choices
        assert (choice.reasons, {entry.posting for entry in choice.entries}) == (("several_entries",), {first, second})
        matched([choice.lines[0].id], [first, second])
        third = desk.top_up(bruno, 12 * ONE, rail="bank")["posting"]
        brought(statement((TODAY, 25 * ONE), (TODAY, 5 * ONE), (TODAY, 7 * ONE)))
        (choice,) = queries.worklist("client", "EUR", NOW).choices
        assert (choice.reasons, len(choice.lines)) == (("several_lines",), 2)
        matched([line.id for line in choice.lines], [third])
        assert held().whole

    def test_what_differs_is_elsewhere_or_is_matched_already_is_refused(self) -> None:
        bruno = people.join("bruno")
        cash = desk.top_up(bruno, 5 * ONE)["posting"]
        posting = desk.top_up(bruno, 20 * ONE, rail="bank")["posting"]
        brought(statement((TODAY, 20 * ONE), (TODAY, 19 * ONE)))
        right, wrong = line_of(20 * ONE), line_of(19 * ONE)
        with pytest.raises(matches.NotEqual):
            matched([wrong], [posting])
        with pytest.raises(matches.NotOnAccount):
            matched([right], [cash])
        with pytest.raises(matches.NotOnAccount):
            matched([right], [999_999])
        with pytest.raises(matches.NoSuchLine):
            matched([999_999], [posting])
        with pytest.raises(matches.NothingToMatch):
            matched([right], [])
        matched([right], [posting])
        with pytest.raises(matches.AlreadyMatched):
            matched([right], [posting])
        with pytest.raises(NotAllowed):
            matched([wrong], [posting], by="grace")

    def test_a_match_is_taken_back_by_a_new_row_and_can_be_made_again(self) -> None:
        posting = desk.top_up(people.join("bruno"), 20 * ONE, rail="bank")["posting"]
        brought(statement((TODAY, 20 * ONE)))
        for _ in range(3):
            number = matched([line_of(20 * ONE)], [posting])
            with pytest.raises(matches.UndoNeedsReason):
                undone(number, "because")
            undone(number)
            assert not held().whole
            with pytest.raises(matches.NoSuchMatch):
                undone(number)
        matched([line_of(20 * ONE)], [posting])
        assert held().whole

    def test_a_booking_on_one_day_and_its_line_on_the_next_is_on_its_way_between(self) -> None:
        posting = desk.top_up(people.join("bruno"), 20 * ONE, NOW - timedelta(days=1), rail="bank")["posting"]
        brought(statement((YESTERDAY, ONE), (TODAY, 20 * ONE)))
        matched([line_of(20 * ONE)], [posting])
        booked(line_of(ONE), "interest")
        before = held(YESTERDAY)
        assert ([entry.posting for entry in before.entries], before.bank, before.whole) == ([posting], ONE, True)
        assert held(TODAY).entries == ()


@pytest.mark.usefixtures("coop")
class TestBooking:
    def test_fees_and_interest_are_booked_on_the_banks_day_and_matched(self) -> None:
        brought(statement((YESTERDAY, -4 * ONE, "fee"), (TODAY, ONE, "interest")), place="own")
        done = booked(line_of(-4 * ONE, "own"), "fee")
        booked(line_of(ONE, "own"), "interest")
        posting = ledger.posting(done["posting"])
        assert posting is not None
        assert (posting.kind, posting.happened_at.date()) == ("payments.bank_fee", YESTERDAY)
        assert held(place="own").lines == ()
        with pytest.raises(matches.AlreadyMatched):
            booked(line_of(ONE, "own"), "interest")
        with pytest.raises(matches.UnknownBooking):
            booked(line_of(ONE, "own"), "gift")

    def test_one_person_does_not_explain_large_sums_away(self) -> None:
        brought(statement((TODAY, -500 * ONE)), place="own")
        line = line_of(-500 * ONE, "own")
        with pytest.raises(matches.TooLargeAlone):
            booked(line, "fee")
        booked(line, "suspense", reason="bank_asked")
        with pytest.raises(matches.TooLargeAlone):
            placed(line, "fee", by="ada")
        placed(line, "fee", by="finn")
        assert queries.suspended() == []

    def test_money_nobody_can_place_is_put_aside_is_owed_and_goes_to_its_owner(self) -> None:
        bruno = people.join("bruno")
        brought(statement((TODAY, 20 * ONE, "hello")))
        line = line_of(20 * ONE)
        with pytest.raises(matches.UndoNeedsReason):
            booked(line, "suspense")
        booked(line, "suspense", reason="payer_unknown")
        cover = queries.cover("EUR")
        assert (cover.owed, cover.cash, cover.covered) == (20 * ONE, 20 * ONE, True)
        assert [each.line.id for each in queries.suspended()] == [line]
        given: dict[str, Any] = {"now": NOW, "party": bruno, "currency": "EUR", "rail": "bank", "bank_line": line}
        with pytest.raises(wallets.BankLineDiffers):
            actions.top_up(actor=people.officer("ada"), key=fresh_key(), amount=19 * ONE, **given)
        actions.top_up(actor=people.officer("ada"), key=fresh_key(), amount=20 * ONE, **given)
        assert queries.wallet(bruno, "EUR").balance == 20 * ONE
        assert queries.suspended() == []
        assert held().whole
        with pytest.raises(matches.AlreadyMatched):
            actions.top_up(actor=people.officer("ada"), key=fresh_key(), amount=20 * ONE, **given)
        with pytest.raises(matches.NotAside):
            placed(line, "fee")

    def test_money_sent_by_mistake_goes_back(self) -> None:
        brought(statement((YESTERDAY, 20 * ONE), (TODAY, -20 * ONE)))
        came, went = line_of(20 * ONE), line_of(-20 * ONE)
        booked(came, "suspense", reason="sent_by_mistake")
        with pytest.raises(matches.NotOpposite):
            placed(came, "returned", by_line=came)
        placed(came, "returned", by_line=went)
        assert held().whole
        assert queries.cover("EUR").owed == 0

    def test_money_gone_and_put_aside_covers_nothing(self) -> None:
        bruno = people.join("bruno")
        posting = desk.top_up(bruno, 20 * ONE, rail="bank")["posting"]
        brought(statement((TODAY, 20 * ONE), (TODAY, -15 * ONE)))
        matched([line_of(20 * ONE)], [posting])
        booked(line_of(-15 * ONE), "suspense", reason="bank_asked")
        cover = queries.cover("EUR")
        assert (cover.owed, cover.cash, cover.covered) == (20 * ONE, 5 * ONE, False)


@pytest.mark.usefixtures("coop")
class TestTheBanksLineFirst:
    def test_by_bank_only_with_a_line_of_the_same_amount_each_line_once(self) -> None:
        people.settle(values={"payments.bank_line_first": True})
        bruno = people.join("bruno")
        with pytest.raises(wallets.BankLineNeeded):
            desk.top_up(bruno, 20 * ONE, rail="bank")
        brought(statement((TODAY, 20 * ONE)), by="finn")
        brought(statement((TODAY, 20 * ONE)), place="own", by="finn")
        given: dict[str, Any] = {"now": NOW, "party": bruno, "amount": 20 * ONE, "currency": "EUR"}
        ada = people.officer("ada")
        with pytest.raises(wallets.BankLineDiffers):
            actions.top_up(actor=ada, key=fresh_key(), rail="bank", bank_line=line_of(20 * ONE, "own"), **given)
        with pytest.raises(matches.NoSuchLine):
            actions.top_up(actor=ada, key=fresh_key(), rail="bank", bank_line=999_999, **given)
        done = actions.top_up(actor=ada, key=fresh_key(), rail="bank", bank_line=line_of(20 * ONE), **given)
        assert done["state"] == "done"
        assert held().whole
        with pytest.raises(matches.AlreadyMatched):
            actions.top_up(actor=ada, key=fresh_key(), rail="bank", bank_line=line_of(20 * ONE), **given)
        desk.top_up(bruno, 5 * ONE)  # cash needs no bank

    def test_whoever_brought_the_statement_does_not_credit_alone(self) -> None:
        people.settle(values={"payments.bank_line_first": True})
        bruno = people.join("bruno")
        brought(statement((TODAY, 20 * ONE)), by="ada")
        given: dict[str, Any] = {"now": NOW, "party": bruno, "amount": 20 * ONE, "currency": "EUR", "rail": "bank"}
        done = actions.top_up(actor=people.officer("ada"), key=fresh_key(), bank_line=line_of(20 * ONE), **given)
        assert done["state"] == "waits"
        assert [each.why for each in queries.waiting()] == ["statement"]
        actions.decide_approval(actor=people.officer("finn"), now=NOW, key=fresh_key(), approval=done["approval"], approved=True)
        assert held().whole


@pytest.mark.usefixtures("coop")
class TestCover:
    def test_a_wallet_credited_without_money_having_come_shows_once_the_bank_has_spoken(self) -> None:
        desk.top_up(people.join("bruno"), 20 * ONE, NOW - timedelta(days=10), rail="bank")
        assert queries.cover("EUR").covered
        brought(statement(until=TODAY))
        found = queries.cover("EUR")
        assert (found.basis, found.bank_on, found.owed, found.cash, found.covered) == ("bank", TODAY, 20 * ONE, 0, False)

    def test_what_was_booked_days_ago_may_be_on_its_way(self) -> None:
        desk.top_up(people.join("bruno"), 20 * ONE, NOW - timedelta(days=3), rail="bank")
        brought(statement(until=TODAY))
        assert queries.cover("EUR").covered

    def test_reckoned_by_the_bank_it_is_what_the_books_say_when_all_is_matched(self) -> None:
        bruno = people.join("bruno")
        posting = desk.top_up(bruno, 50 * ONE, NOW - timedelta(days=9), rail="bank")["posting"]
        brought(statement((YESTERDAY, 50 * ONE), (YESTERDAY, -5 * ONE), (TODAY, 3 * ONE)))
        matched([line_of(50 * ONE)], [posting])
        given: dict[str, Any] = {"now": NOW, "party": bruno, "amount": 5 * ONE, "currency": "EUR", "rail": "bank"}
        ada = people.officer("ada")
        with pytest.raises(desk_actions.NotCovered):
            actions.refund_wallet(actor=ada, key=fresh_key(), **given)  # the bank already shows five less
        with pytest.raises(wallets.BankLineDiffers):
            actions.refund_wallet(actor=ada, key=fresh_key(), bank_line=line_of(3 * ONE), **given)
        actions.refund_wallet(actor=ada, key=fresh_key(), bank_line=line_of(-5 * ONE), **given)
        found = queries.cover("EUR")
        assert (found.owed, found.cash, found.covered) == (45 * ONE, 45 * ONE, True)

    def test_the_alarm_reaches_treasurer_board_and_auditor_once_a_day(self) -> None:
        from rochdale.messages import queries as outbox

        desk.top_up(people.join("bruno"), 20 * ONE, NOW - timedelta(days=10), rail="bank")
        brought(statement(until=TODAY))
        for name in ("ada", "grace", "hana"):
            people.officer(name)
        for _ in range(2):
            done = actions.check_cover(actor=people.officer("ada"), now=NOW, key=fresh_key(), currency="EUR")
            assert (done["covered"], done["basis"]) == (False, "bank")
        told = [each for each in outbox.sent(limit=100) if each.kind == "payments.not_covered"]
        assert sorted(each.address for each in told) == ["ada@example.org", "grace@example.org", "hana@example.org"]
        assert "€20.00" in told[0].body


class TestRaces:
    def test_two_treasurers_match_the_same_line_and_one_is_told(self, own_database: Any) -> None:
        schema = str(own_database.coop.schema_name)
        with coops.inside(schema):
            bruno = people.join("bruno")
            postings = [desk.top_up(bruno, 20 * ONE, rail="bank")["posting"] for _ in range(2)]
            brought(statement((TODAY, 20 * ONE)))
            line, officers = line_of(20 * ONE), [people.officer("ada"), people.officer("finn")]
        calls = [
            partial(actions.match, actor=by, now=NOW, key=fresh_key(), lines=[line], entries=[posting])
            for by, posting in zip(officers, postings, strict=True)
        ]
        assert at_once(schema, calls).count("payments.already_matched") == 1
        with coops.inside(schema):
            assert queries.matched_twice() == []

    def test_the_same_file_brought_twice_at_once_is_kept_once(self, own_database: Any) -> None:
        schema = str(own_database.coop.schema_name)
        with coops.inside(schema):
            officers = [people.officer("ada"), people.officer("finn")]
        what = statement(*((TODAY, ONE + n) for n in range(200)))
        given: dict[str, Any] = {"now": NOW, "place": "client", "currency": "EUR", "statement": what}
        done = at_once(schema, [partial(actions.import_statement, actor=by, key=fresh_key(), **given) for by in officers])
        assert sorted(each["again"] for each in done) == [False, True]
        with coops.inside(schema):
            assert BankLine.objects.count() == 200
