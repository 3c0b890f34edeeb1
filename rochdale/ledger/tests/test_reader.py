"""Other people's books, as text: every common way to write them, read without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rochdale.ledger import reader
from rochdale.ledger.reader import charts, sniffing, values

EUR = reader.Options(currency="EUR")


def read(tmp_path: Path, name: str, text: str, **how: object) -> list[reader.Found]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    source = reader.inspect(tmp_path / name)
    form = str(how.pop("form", "")) or reader.form_of(source)
    return list(reader.read(source, reader.Options(form=form, **how)))  # type: ignore[arg-type]  # as each test says


def booked(found: list[reader.Found]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (each.on.isoformat(), [(line.account, f"{Decimal(line.amount) / 10**6:f}", line.currency) for line in each.lines])
        for each in found
        if isinstance(each, reader.Transaction)
    ]


def reasons(found: list[reader.Found]) -> list[str]:
    return [each.reason for each in found if isinstance(each, reader.Reject)]


@pytest.mark.parametrize(
    ("text", "mark", "value", "written"),
    [
        ("$1,234.56", ".", "1234.56", "$"),
        ("-$5", ".", "-5", "$"),
        ("$-5", ".", "-5", "$"),
        ("USD 5", ".", "5", "USD"),
        ("5 EUR", ".", "5", "EUR"),
        ("1.234,56", ",", "1234.56", ""),
        ("1 234,56 €", ",", "1234.56", "€"),
        ("1'234.50 CHF", ".", "1234.50", "CHF"),
        ("1,00,000.00", ".", "100000.00", ""),
        ("(5.00)", ".", "-5.00", ""),
        ("5.00-", ".", "-5.00", ""),
        ("−5", ".", "-5", ""),
        ("+5", ".", "5", ""),
        (".50", ".", "0.50", ""),
        ('"EUR" 5', ".", "5", "EUR"),
    ],
)
def test_amounts_are_read_in_the_ways_people_write_them(text: str, mark: str, value: str, written: str) -> None:
    assert values.amount(text, mark) == (Decimal(value), written)


@pytest.mark.parametrize(
    "text", ["", "--5", "-$-5", "5 5", "1,2,3", "12,34.5", "NaN", "1e5", "(-5)", "USD 5 EUR", "0x10", "٥", "=1+1"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(reader.BadLine):
        values.amount(text, ".")


@pytest.mark.parametrize(
    ("text", "order", "found"),
    [
        ("2015-01-24", "ymd", date(2015, 1, 24)),
        ("2015/1/4", "ymd", date(2015, 1, 4)),
        ("2015.01.24", "dmy", date(2015, 1, 24)),
        ("20150124", "ymd", date(2015, 1, 24)),
        ("24.01.2015", "dmy", date(2015, 1, 24)),
        ("01/24/2015", "mdy", date(2015, 1, 24)),
        ("24/01/15", "dmy", date(2015, 1, 24)),
        ("24 Jan 2015", "ymd", date(2015, 1, 24)),
        ("January 24, 2015", "ymd", date(2015, 1, 24)),
    ],
)
def test_days_are_read_in_the_ways_people_write_them(text: str, order: str, found: date) -> None:
    assert values.day(text, order) == found


@pytest.mark.parametrize("text", ["", "31.02.2015", "2015-13-01", "yesterday", "1/2", "99999999", "0001-01-01"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(reader.BadLine):
        values.day(text, "dmy")


def test_the_decimal_mark_is_worked_out_or_asked() -> None:
    assert sniffing.decimal_mark(["1.234,56", "7"], file="x") == ","
    assert sniffing.decimal_mark(["1,234.56", "7"], file="x") == "."
    assert sniffing.decimal_mark(["1,234", "7.50"], file="x") == "."
    assert sniffing.decimal_mark(["1.234.567"], file="x") == ","
    assert sniffing.decimal_mark(["0.001", "1.234"], file="x") == "."  # no thousand begins with nothing
    for open_ones in (["1,234"], ["1.234"], ["1,50", "1.50"]):
        with pytest.raises(reader.UnreadableFile, match="--decimal"):
            sniffing.decimal_mark(open_ones, file="x")


def test_a_journal_in_the_ways_of_ledger_and_hledger(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.journal",
        """\
; comment
# another
* an outline heading
D $1,000.00
Y2016
commodity $
   format $1,000.00
account Assets:Bank
   note ours
P 2016/01/01 EUR $1.10
alias bank = Assets:Bank
comment
2016/01/01 not this
  a  1
end comment
apply account Club
01/24=01/26 * (INV 7) Payee | note ; tag:x, b:y
    ; a comment line
    * Expenses:Some thing\t$5    ; more
    bank
end apply account
~ monthly
    Expenses:Rent   $5
    Assets:Bank
2016-02-01 ! no amounts with the sign
  Expenses:A    5
  Expenses:B   -$2.00
  Assets:Bank
2016-02-02 price in the same currency
  Expenses:A   5 @ $1
  Assets:Bank  $-5 = $-13.00
""",
    )
    assert booked(found) == [
        ("2016-01-24", [("Club:Expenses:Some thing", "5", "USD"), ("Club:bank", "-5", "USD")]),
        ("2016-02-01", [("Expenses:A", "5", "USD"), ("Expenses:B", "-2", "USD"), ("Assets:Bank", "-3", "USD")]),
        ("2016-02-02", [("Expenses:A", "5", "USD"), ("Assets:Bank", "-5", "USD")]),
    ]
    assert reasons(found) == []
    first = next(each for each in found if isinstance(each, reader.Transaction))
    assert (first.payee, first.text) == ("Payee", "INV 7 note")
    notes = " ".join(each.says for each in found if isinstance(each, reader.Note))
    for words in ("“$” was read as USD", "Periodic", "Market prices"):
        assert words in notes


def test_a_journal_with_decimal_commas_and_a_sign_told(tmp_path: Path) -> None:
    found = read(tmp_path, "a.journal", "2020-01-01 x\n  Assets:A  1.234,56 $\n  Assets:B\n", symbols={"$": "CAD"})
    assert booked(found) == [("2020-01-01", [("Assets:A", "1234.56", "CAD"), ("Assets:B", "-1234.56", "CAD")])]


def test_currencies_are_exchanged_over_the_account_that_is_named(tmp_path: Path) -> None:
    text = "2020-01-01 x\n  Assets:A  EUR 10 @ USD 1.1\n  Assets:B  USD -11\n"
    assert "--conversion" in reasons(read(tmp_path, "a.journal", text))[0]
    found = read(tmp_path, "a.journal", text, conversion="Equity:Conversions")
    assert booked(found) == [
        (
            "2020-01-01",
            [
                ("Assets:A", "10", "EUR"),
                ("Assets:B", "-11", "USD"),
                ("Equity:Conversions", "-10", "EUR"),
                ("Equity:Conversions", "11", "USD"),
            ],
        )
    ]


def test_a_bad_transaction_is_refused_alone_with_its_line(tmp_path: Path) -> None:
    found = read(
        tmp_path, "a.journal", "2020-01-01 good\n  A:B  EUR 5\n  A:C\n\n2020-01-02 bad\n  A:B\n  A:C\nnonsense\n= auto\n  x  1\n"
    )
    assert len(booked(found)) == 1
    assert [each.line for each in found if isinstance(each, reader.Reject)] == [5, 8, 9]


def test_beancount_with_all_its_directives(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.beancount",
        """\
option "title" "The club"
option "operating_currency" "EUR"
plugin "beancount.plugins.auto_accounts"
plugin "club.magic"
* heading
2020-01-01 open Assets:Bank EUR "STRICT"
2020-01-01 commodity EUR
  name: "Euro"
2020-01-01 note Assets:Bank "hello"
pushtag #year
2020-01-02 * "The \\"Shop\\"" "Milk
and honey" #food ^link
  receipt: "17"
  Expenses:Food  1,234.50 EUR ; comment
    item: "milk"
  ! Assets:Bank
2020-01-03 txn "Only words"
  Expenses:Food:Milk   5 EUR @@ 5 EUR
  Assets:Bank  -5.00 EUR
2020-01-04 balance Expenses:Food  1239.50 EUR
2020-01-05 price USD 0.9 EUR
2020-01-06 * "Lots"
  Assets:Shares  5 ACME {10 EUR}
  Assets:Bank
""",
    )
    assert booked(found) == [
        ("2020-01-02", [("Expenses:Food", "1234.5", "EUR"), ("Assets:Bank", "-1234.5", "EUR")]),
        ("2020-01-03", [("Expenses:Food:Milk", "5", "EUR"), ("Assets:Bank", "-5", "EUR")]),
    ]
    first = next(each for each in found if isinstance(each, reader.Transaction))
    assert (first.payee, first.text.split()) == ('The "Shop"', ["Milk", "and", "honey"])
    assert ["securities" in reason for reason in reasons(found)] == [True]
    assert any("club.magic" in each.says for each in found if isinstance(each, reader.Note))
    stated = [each for each in found if isinstance(each, reader.Stated)]
    assert [(each.account, each.amount, each.below) for each in stated] == [("Expenses:Food", 1_239_500_000, True)]


def test_tables_with_columns_in_other_orders_and_tongues(tmp_path: Path) -> None:
    for name, text in {
        "german.csv": "Betrag;Konto;Datum;Buchungstext;Buchungsnummer;Währung\n-5,00;Aktiva:Kasse;24.01.2015;Milch;1;EUR\n5,00;Aufwand:Essen;24.01.2015;Milch;1;EUR\n",  # noqa: E501  # a file as it is
        "columns.tsv": "Debit\tCredit\tAccount\tDate\tJournal No.\tCurrency\n\t5.00\tAktiva:Kasse\t2015-01-24\t1\tEUR\n5.00\t\tAufwand:Essen\t2015-01-24\t1\tEUR\n",  # noqa: E501  # a file as it is
        "two.csv": "Date,Debit account,Credit account,Amount,Currency\n2015-01-24,Aufwand:Essen,Aktiva:Kasse,5.00,EUR\n",
        "excel.csv": "sep=;\nTrans #;Date;Account;Amount (EUR)\n1;01/24/2015;Aktiva:Kasse;(5.00)\n;;Aufwand:Essen;5.00\n",
    }.items():
        found = read(tmp_path, name, text)
        assert reasons(found) == [], name
        ((on, lines),) = booked(found)
        assert (on, {line[0]: (Decimal(line[1]), line[2]) for line in lines}) == (
            "2015-01-24",
            {"Aktiva:Kasse": (Decimal(-5), "EUR"), "Aufwand:Essen": (Decimal(5), "EUR")},
        ), name


def test_a_report_by_account_is_joined_again(tmp_path: Path) -> None:
    text = "id,date,account,amount,currency\n1,2020-01-01,A:X,5,EUR\n2,2020-01-02,A:X,6,EUR\n1,2020-01-01,A:Y,-5,EUR\n2,2020-01-02,A:Y,-6,EUR\n"  # noqa: E501  # a file as it is
    found = read(tmp_path, "gl.csv", text, columns={"transaction": "id"})
    assert [lines for _on, lines in booked(found)] == [
        [("A:X", "5", "EUR"), ("A:Y", "-5", "EUR")],
        [("A:X", "6", "EUR"), ("A:Y", "-6", "EUR")],
    ]


def test_without_numbers_a_transaction_ends_where_it_comes_to_zero(tmp_path: Path) -> None:
    text = "date,account,amount,currency\n2020-01-01,A:X,5,EUR\n2020-01-01,A:Y,-5,EUR\n2020-01-01,A:X,6,EUR\n2020-01-01,A:Y,-4,EUR\n2020-01-02,A:X,1,EUR\n2020-01-02,A:Y,-1,EUR\n"  # noqa: E501  # a file as it is
    found = read(tmp_path, "x.csv", text)
    assert [on for on, _lines in booked(found)] == ["2020-01-01", "2020-01-02"]
    assert len(reasons(found)) == 1


def test_signs_can_mean_the_other_side(tmp_path: Path) -> None:
    found = read(tmp_path, "x.csv", "date,account,amount,currency\n2020-01-01,A:X,5,EUR\n2020-01-01,A:Y,-5,EUR\n", signs="credit")
    assert booked(found)[0][1] == [("A:X", "-5", "EUR"), ("A:Y", "5", "EUR")]
    opening = "account,balance\nAssets:Bank,10\nLiabilities:Loan,4\nEquity:Own,6\n"
    found = read(tmp_path, "o.csv", opening, form="opening", signs="normal", currency="EUR", opening_on=date(2020, 1, 1))
    assert reasons(found) == []
    assert [lines[0] for _on, lines in booked(found)] == [
        ("Assets:Bank", "10", "EUR"),
        ("Liabilities:Loan", "-4", "EUR"),
        ("Equity:Own", "-6", "EUR"),
    ]
    found = read(tmp_path, "o.csv", opening, form="opening", currency="EUR", opening_on=date(2020, 1, 1))
    assert "--signs normal" in reasons(found)[0]


@pytest.mark.parametrize(
    "text",
    [
        "datetime,shortId,description,type,kind,amount,paymentProcessorFee,netAmount,currency\n"
        "2020-01-01T10:00:00,a1,Gift,CREDIT,CONTRIBUTION,10.0,-0.59,8.41,USD\n",
        "Transaction Description,User Name,Transaction Date,Collective Currency,Amount,Host Fee,Platform Fee,Payment Processor Fee,Net Amount\n"  # noqa: E501  # a file as it is
        "Gift,somebody,2020-01-01,USD,10,-0.50,-0.50,-0.59,8.41\n",
        "Effective Date & Time,Transaction ID,Description,Credit/Debit,Kind,Amount Single Column,Host Fee,Payment Processor Fee,Net Amount,Currency\n"  # noqa: E501  # a file as it is
        "2020-01-01T10:00:00Z,a1,Gift,CREDIT,Contribution,10,-1.00,-0.59,8.41,USD\n",
        "Effective Date & Time,Transaction ID,Description,Credit/Debit,Kind,Is Refund,Currency,Amount Credited,Amount Debited,Net Amount\n"  # noqa: E501  # a file as it is
        "2020-01-01T10:00:00Z,a1,Gift,CREDIT,Contribution,No,USD,10,,8.41\n",
    ],
)  # fmt: skip
def test_open_collective_exports_of_several_versions(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, "oc.csv", text)
    assert reasons(found) == []
    ((_on, lines),) = booked(found)
    sums: dict[str, Decimal] = {}
    for account, amount, _currency in lines:
        sums[account.split(":")[0]] = sums.get(account.split(":")[0], Decimal(0)) + Decimal(amount)
    assert sums == {"Assets": Decimal("8.41"), "Income": Decimal(-10), "Expenses": Decimal("1.59")}


def test_charts_tell_kinds_codes_and_people() -> None:
    assert charts.kind_of("Assets:Chase:Checking", {}) == "asset"
    assert charts.kind_of("Erträge:Spenden", {}) == "income"
    assert charts.kind_of("1200", {}) == ""
    assert charts.kind_of("4000:Sales", {"4000": "income"}) == "income"
    assert charts.code_of("Assets:Wells Fargo:Savings", "asset") == "assets.imported.wells_fargo.savings"
    assert charts.numbered("a.imported.b", {"a.imported.b"}) == "a.imported.b_2"
    told = {"patterns": ["Liabilities:Loans:*"], "open_names": ["Liabilities:Reimbursement:Petty cash"]}
    assert charts.is_personal("Liabilities:Reimbursement:Maria", "liability", **told)
    assert charts.is_personal("Liabilities:Loans:Maria", "liability", **told)
    assert not charts.is_personal("Liabilities:Reimbursement:Petty cash", "liability", **told)
    assert not charts.is_personal("Expenses:Members:Food", "expense", **told)
