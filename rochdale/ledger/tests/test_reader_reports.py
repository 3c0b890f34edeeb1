"""Books as reports and exports write them: titles, totals, currencies written once, virtual lines, other columns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rochdale.ledger import reader

from .test_reader import booked, read, reasons

QUICKBOOKS_ONLINE = """\
Sunflower Co-op,,,,,,,
Journal,,,,,,,
"January - March, 2022",,,,,,,

Date,Transaction Type,Num,Name,Memo/Description,Account,Debit,Credit
01/15/2022,Invoice,1001,ACME,Consulting,Accounts receivable,"1,500.00",
,,,,Consulting,Sales,,"1,500.00"
,,,,,,"$1,500.00","$1,500.00"
,,,,,,,
01/20/2022,Payment,,ACME,,Checking,"1,500.00",
,,,,,Accounts receivable,,"1,500.00"
,,,,,,"$1,500.00","$1,500.00"
TOTAL,,,,,,"$3,000.00","$3,000.00"
"""


def notes(found: list[reader.Found]) -> str:
    return " ".join(each.says for each in found if isinstance(each, reader.Note))


def test_titles_above_the_columns_and_rows_of_totals_are_left_aside_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, "journal.csv", QUICKBOOKS_ONLINE, currency="USD")
    assert booked(found) == [
        ("2022-01-15", [("Accounts receivable", "1500", "USD"), ("Sales", "-1500", "USD")]),
        ("2022-01-20", [("Checking", "1500", "USD"), ("Accounts receivable", "-1500", "USD")]),
    ]
    assert reasons(found) == []
    assert "stand on line 5" in notes(found)
    assert "3 rows that only add up others" in notes(found)
    trial = 'Account,Debit,Credit\nCash at bank,"12,345.67",\nMember shares,,"12,345.67"\nTotal,"12,345.67","12,345.67"\n'
    opening = read(tmp_path, "tb.csv", trial, form="opening", currency="USD", opening_on=date(2022, 12, 31))
    assert [lines[0][:2] for _on, lines in booked(opening)] == [("Cash at bank", "12345.67"), ("Member shares", "-12345.67")]
    assert "“Total” were left aside" in notes(opening)


def test_a_currency_written_once_holds_for_the_transaction(tmp_path: Path) -> None:
    text = (
        "Date,Transaction ID,Description,Commodity/Currency,Full Account Name,Amount Num.\r\n"
        '01/15/2021,aa,Opening,CURRENCY::USD,Assets:Checking,"1,200.00"\r\n,,,,Equity:Opening,"-1,200.00"\r\n'
    )
    assert booked(read(tmp_path, "gnucash.csv", text)) == [
        ("2021-01-15", [("Assets:Checking", "1200", "USD"), ("Equity:Opening", "-1200", "USD")])
    ]


def test_a_day_that_could_be_two_is_never_guessed(tmp_path: Path) -> None:
    found = read(tmp_path, "x.journal", "03/04/2023 Rent\n  Expenses:Rent  5 EUR\n  Assets:Bank\n")
    assert "may begin with the day or the month" in reasons(found)[0]
    assert (
        booked(read(tmp_path, "x.journal", "03/04/2023 R\n  Expenses:R  5 EUR\n  Assets:B\n", dates="mdy"))[0][0] == "2023-03-04"
    )


def test_virtual_lines_are_left_aside_as_ledger_does_for_real(tmp_path: Path) -> None:
    text = (
        "2023-01-10 Grant\n  Assets:Bank  1000 EUR\n  Income:Grants\n  (Budget:Tools)  300 EUR\n  [Funds:A]  9 EUR\n  [Funds:B]\n"
    )
    found = read(tmp_path, "v.journal", text + "2023-01-11 Plan\n  (Budget:Tools)  3 EUR\n")
    assert booked(found) == [("2023-01-10", [("Assets:Bank", "1000", "EUR"), ("Income:Grants", "-1000", "EUR")])]
    assert reasons(found) == []
    assert "Virtual lines" in notes(found)
    assert "without any real line" in notes(found)


def test_a_banks_list_is_told_from_books(tmp_path: Path) -> None:
    with pytest.raises(reader.UnreadableFile, match="bank's list of payments"):
        read(tmp_path, "bank.csv", "Buchungstag;Verwendungszweck;Betrag;Saldo\n31.01.2023;Strom;-45,30;954,70\n", currency="EUR")


def test_open_collective_with_commas_other_words_and_no_net_amount(tmp_path: Path) -> None:
    text = (
        "effectiveDate;id;description;kind;isReverse;amount;paymentProcessorFee;hostFee;currency;accountSlug\n"
        "15/01/2021;a1;Gift;Contribution;;1.100,50;-3,20;-10,000;EUR;garden\n"
        "16/01/2021;a2;Back;CONTRIBUTION;REVERSE;-1.100,50;3,20;10,00;EUR;garden\n"
        "17/01/2021;a3;Tip;Platform tip debt;;-1,00;0;0;EUR;garden\n"
    )
    found = read(tmp_path, "oc.csv", text)
    assert [lines for _on, lines in booked(found)][:2] == [
        [
            ("Assets:Open Collective:garden", "1087.3", "EUR"),
            ("Income:Contributions", "-1100.5", "EUR"),
            ("Expenses:Fees:Payments", "3.2", "EUR"),
            ("Expenses:Fees:Host", "10", "EUR"),
        ],
        [
            ("Assets:Open Collective:garden", "-1087.3", "EUR"),
            ("Income:Contributions", "1100.5", "EUR"),
            ("Expenses:Fees:Payments", "-3.2", "EUR"),
            ("Expenses:Fees:Host", "-10", "EUR"),
        ],
    ]
    assert "no column for the net amount" in notes(found)
    assert reasons(found) == []
