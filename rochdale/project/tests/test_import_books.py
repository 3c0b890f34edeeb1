"""`rochdale books import`: what it says, what it books, and what it refuses."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rochdale.bylaws import testing as bylaws
from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as books
from rochdale.privacy import queries as vault
from rochdale.project import cli
from rochdale.shared import clock, coops

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
SLUG, SCHEMA = "alpha", "coop_alpha"
JOURNAL = """\
; the year of the allotment
commodity $1,000.00
account Assets:Bank

2015-01-24 * (17) Lyft | to the meeting  ; receipt: here
    Expenses:Travel            $33.92
    Liabilities:Reimbursement:Maria Sanchez

2015/02/01=2015/02/03 ! Carmelina's
\tExpenses:Food  1,000.50 USD
\tAssets:Bank

2015.02.02 Maria Sanchez
    Liabilities:Reimbursement:Maria Sanchez   $30.00
    Assets:Bank   $-30.00 = -1,030.50 USD
"""


@pytest.fixture(autouse=True)
def _a_coop(monkeypatch: pytest.MonkeyPatch, public_db: Any, tmp_path: Path) -> Any:
    monkeypatch.setattr(cli, "database", lambda **options: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "180")
    with coops.inside(SCHEMA):
        bylaws.adopt(NOW)
    with clock.at(NOW):
        yield
    with coops.inside(SCHEMA):
        books.assert_books_good()


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(["books", "import", "--coop", SLUG, *words])
    return int(end.value.code or 0)


def balances() -> dict[str, int]:
    with coops.inside(SCHEMA):
        return {line.code: line.debits - line.credits for line in ledger.trial_balance()}


def test_a_journal_comes_in_with_its_days_accounts_and_sealed_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.journal").write_text(JOURNAL)
    before = balances()
    assert run("old.journal") == 0
    said = capsys.readouterr().out
    assert "3 transactions booked, 0 were there already" in said
    assert "all 4 account sums are exactly those of the file" in said
    new = {code: micro for code, micro in balances().items() if code not in before}
    assert new == {
        "assets.imported.bank": -1_030_500_000,
        "expenses.imported.food": 1_000_500_000,
        "expenses.imported.travel": 33_920_000,
        "liabilities.imported.reimbursement": -3_920_000,
    }
    with coops.inside(SCHEMA):
        first = ledger.postings_of(kinds=["ledger.imported"])[-1]
        assert (first.happened_at, first.recorded_at) == (datetime(2015, 1, 24, 12, tzinfo=UTC), NOW)
        told = ledger.old_text(first.id)
        assert told is not None
        assert (told.payee, told.text, told.line) == ("Lyft", "17 to the meeting", 5)
        assert first.party is not None
        assert vault.names([first.party]) == {first.party: "Maria Sanchez"}


def test_a_dry_run_says_all_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.journal").write_text(JOURNAL)
    before = balances()
    assert run("old.journal", "--dry-run") == 0
    said = capsys.readouterr().out
    for words in ("2015-01-24", "2015-02-02", "assets.imported.bank", "Maria Sanchez", "“$” was read as USD", "-$1,030.50"):
        assert words in said, words
    assert "Nothing was imported: this was a dry run." in said
    assert balances() == before


def test_the_report_fits_a_narrow_window_and_its_totals_can_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "old.journal").write_text("2020-01-01 x\n  Assets:Bank:Checking of the allotment  5 EUR\n  Assets:Cash\n")
    assert run("old.journal", "--dry-run") == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert "Assets:Bank:Checking" in said  # and no picture of a bank between the words
    assert "…" not in said
    told = " ".join(said.split())
    assert "1 entries were read: 1 can be taken, 0 move nothing, 0 are rejected." in told
    assert "In EUR all debits come to €5.00, all credits to €5.00; between them €0.00." in told


def test_the_same_file_again_books_nothing_twice_and_two_equal_lines_are_two(tmp_path: Path, capsys: Any) -> None:
    twice = "date,account,amount,currency\n" + "2020-03-01,Assets:Cash,-3.50,EUR\n2020-03-01,Expenses:Coffee,3.50,EUR\n" * 2
    (tmp_path / "coffee.csv").write_text(twice)
    assert run("coffee.csv") == 0
    assert "2 transactions booked" in capsys.readouterr().out
    assert run("coffee.csv") == 0
    assert "0 transactions booked, 2 were there already" in capsys.readouterr().out
    assert balances()["expenses.imported.coffee"] == 7_000_000
    assert run("coffee.csv", "--apart", "second till") == 0
    assert balances()["expenses.imported.coffee"] == 14_000_000


def test_rejects_stop_everything_until_they_are_skipped_and_can_be_mended_alone(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "j.csv").write_text(
        "n;Datum;Konto;Betrag;Text\n1;24.01.2020;Assets:Bank;-1.234,50;Miete\n1;24.01.2020;Expenses:Rent;1.234,50;Miete\n"
        "2;31.02.2020;Assets:Bank;-5,00;=cmd|x\n2;31.02.2020;Expenses:Rent;5,00;x\n"
    )
    how = ("--column", "transaction=n", "--currency", "EUR")
    assert run("j.csv", *how) == 1
    assert "[ledger.import_has_rejects]" in capsys.readouterr().err
    assert "assets.imported.bank" not in balances()
    assert run("j.csv", *how, "--skip-rejects") == 0
    assert balances()["assets.imported.bank"] == -1_234_500_000
    rejects = tmp_path / "j.csv.rejects.csv"
    text = rejects.read_text()
    assert "“31.02.2020” is not a day of the calendar" in text
    assert "'=cmd|x" in text
    rejects.write_text(text.replace("31.02.2020", "29.02.2020"))
    assert run(rejects.name, *how) == 0
    assert balances()["assets.imported.bank"] == -1_239_500_000


def test_expected_balances_are_compared_before_anything_is_booked(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "old.journal").write_text(JOURNAL)
    (tmp_path / "expected.csv").write_text("account,balance_usd\nAssets:Bank,-1030.50\nExpenses:Food,1000.51\nExpenses:Fun,1\n")
    assert run("old.journal", "--expect", "expected.csv") == 1
    caught = capsys.readouterr()
    assert "Expenses:Food" in caught.out
    assert "no such account" in caught.out
    assert "4 balances are not those of expected.csv" in caught.err
    assert "assets.imported.bank" not in balances()


def test_old_accounts_can_become_the_co_ops_own(tmp_path: Path) -> None:
    (tmp_path / "opening.csv").write_text("account,balance\nBank,100\nShares,-60\nPlatform costs,-40\n")
    (tmp_path / "map.csv").write_text(
        "old,new,kind\nBank,assets.bank.own,\nShares,Equity:Old shares,\nPlatform costs,,liability\n"
    )
    before = balances()
    assert run("opening.csv", "--format", "opening", "--date", "2025-12-31", "--currency", "EUR", "--map", "map.csv") == 0
    after = balances()
    assert after["assets.bank.own"] - before.get("assets.bank.own", 0) == 100_000_000
    assert after["equity.imported.old_shares"] == -60_000_000
    assert after["liabilities.imported.platform_costs"] == -40_000_000
    assert after["equity.imported.opening_balances"] == 0


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "date,account,amount\n2020-01-01,Assets:A,5\n2020-01-01,Assets:B,-5\n", "no currency"),
        ("b.csv", "date,account,amount,currency\n03/04/2020,Assets:A,5.00,EUR\n", "--dates dmy or --dates mdy"),
        ("c.csv", 'date,account,amount,currency\n2020-01-01,Assets:A,"1,234",EUR\n', "--decimal"),
        ("d.csv", "date,account,amount,currency\n2020-01-01,A,5,EUR\n2020-01-01,B,-5,EUR\n", "--kind"),
        ("e.csv", "when,what\n1,2\n", "it has no column for date, account, amount"),
        ("f.csv", 'date,account,amount,currency\n2020-01-01,"Assets:A,5,EUR\n', "quotes"),
        ("g.journal", "2020-01-01 x\n  Assets:A  EUR 0.0000001\n  Assets:B\n", "finer than a millionth"),
        ("h.journal", "2031-01-01 x\n  Assets:A  EUR 5\n  Assets:B\n", "lies in the future"),
        ("i.journal", "2020-01-01 x\n  (Assets:A)  EUR 5\n  Assets:B\n", "at least two lines"),
        ("j.journal", "2020-01-01 x\n  Assets:A  10 ACME {EUR 5}\n  Assets:B\n", "securities"),
        ("k.journal", "2020-01-01 x\n  Assets:A  10 ACME\n  Assets:B\n", "not a currency we know"),
        ("l.journal", "include other.journal\n", "another file is included"),
        ("m.journal", "2020-01-01 x\n  Assets:A  EUR 5\n  Assets:B  EUR -4\n", "does not come to zero: 1 EUR too much"),
        ("n.journal", "2020-01-01 x\n  Assets:A  EUR 5 @ USD 1.10\n  Assets:B  USD -5.50\n", "--conversion"),
        ("o.beancount", "2020-01-01 pad Assets:A Equity:Opening\n", "pad"),
        ("p.beancount", '2020-01-01 * "x"\n  Assets:A  (5+5) EUR\n  Assets:B\n', "computed"),
        ("q.csv", "\0\0PK", "bytes that no text has"),
        ("r.csv", "x" * 300_000, "no end"),
        ("s.csv", "", "it is empty"),
        ("t.journal", "2020-01-01 x\n  Assets:A  EUR 5\n  Assets:B  = EUR 7\n", "a balance is set"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_nothing_changes(name: str, text: str, says: str, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / name).write_text(text)
    before = balances()
    assert run(name) == 1
    caught = capsys.readouterr()
    assert says in " ".join((caught.out + caught.err).split())
    assert balances() == before


def test_damaged_and_endless_packed_files_are_refused(tmp_path: Path, capsys: Any) -> None:
    whole = gzip.compress(JOURNAL.encode())
    (tmp_path / "cut.journal.gz").write_bytes(whole[:-20])
    assert run("cut.journal.gz") == 1
    assert "cut off or damaged" in " ".join(capsys.readouterr().err.split())
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"1,2,3\n" * 5_000_000))
    assert run("bomb.csv.gz") == 1
    assert "unpacks to more" in " ".join(capsys.readouterr().err.split())


def test_closed_times_refuse(tmp_path: Path, capsys: Any) -> None:
    from rochdale.ledger import actions

    with coops.inside(SCHEMA), books.inside():
        actions.close_period(
            actor=books.BOOKS,
            now=NOW,
            key="close",
            starts_at=datetime(2015, 1, 1, tzinfo=UTC),
            ends_at=datetime(2015, 2, 1, tzinfo=UTC),
        )
    (tmp_path / "old.journal").write_text(JOURNAL)
    assert run("old.journal") == 1
    assert "the books of 2015-01-24 are closed here" in capsys.readouterr().out


def test_latin_letters_are_said(tmp_path: Path, capsys: Any) -> None:
    text = "date,account,amount,currency\n2020-01-01,Assets:Café,5,EUR\n2020-01-01,Income:Été,-5,EUR\n"
    (tmp_path / "l.csv").write_bytes(text.encode("latin-1"))
    assert run("l.csv") == 0
    assert "not UTF-8" in capsys.readouterr().out
    assert balances()["assets.imported.cafe"] == 5_000_000


def test_the_mapping_file_of_the_how_to_works(tmp_path: Path) -> None:
    (tmp_path / "old.journal").write_text("2020-01-01 loan\n  Assets:Old bank  EUR 50\n  1700 Loans:Maria\n")
    (tmp_path / "map.csv").write_text(
        "old,new,kind,personal\nAssets:Old bank,assets.bank.own,,\n1700 Loans:Maria,Liabilities:Loans:Maria,liability,yes\n"
    )
    before = balances().get("assets.bank.own", 0)
    assert run("old.journal", "--map", "map.csv") == 0
    assert balances()["assets.bank.own"] - before == 50_000_000
    assert balances()["liabilities.imported.loans"] == -50_000_000
    with coops.inside(SCHEMA):
        known = ledger.imported_accounts(["1700 Loans:Maria"])["1700 Loans:Maria"]
        assert known.title == "Liabilities:Loans"
        assert known.party is not None
        assert vault.names([known.party]) == {known.party: "Maria"}


def test_only_the_offices_of_the_books_read_the_old_words(tmp_path: Path) -> None:
    from rochdale.cooperatives import queries as cooperatives
    from rochdale.cooperatives.testing import signed_in
    from rochdale.members import testing as members

    (tmp_path / "old.journal").write_text("2020-01-01 Baker | bread\n  Expenses:Bread  EUR 5\n  Assets:Bank\n")
    assert run("old.journal") == 0
    with coops.inside(SCHEMA):
        members.settle(NOW)
        number = ledger.postings_of(kinds=["ledger.imported"])[0].id
        members.join("ada", NOW)
        members.join("bruno", NOW)
        people = {name: cooperatives.person(members.log_in(name, NOW)) for name in ("ada", "bruno")}
    seen = {}
    for name, person in people.items():
        assert person is not None
        answer = signed_in(person, strong=True).get(f"/c/{SLUG}/ledger/postings/{number}/")
        seen[name] = (answer.status_code, "Baker" in answer.content.decode())
    assert seen == {"ada": (200, True), "bruno": (404, False)}
