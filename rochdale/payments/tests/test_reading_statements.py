"""Reading banks' CSV files: layouts, ways of writing, and files that are bad."""

from __future__ import annotations

from datetime import date

import pytest

from rochdale.payments.banking import form, profiles, refused, tables
from rochdale.shared.money import ONE
from rochdale.shared.refusals import Refusal

CENT = ONE // 100
NOTHING = tables.Said()

AIB_HEADER = (
    "Posted Account, Posted Transactions Date, Description1, Description2, Description3, Debit Amount, Credit Amount,"
    "Balance,Posted Currency,Transaction Type\n"
)
AIB = (
    AIB_HEADER
    + """\
"93-35","02/03/2026","GRACE LIM","wallet 7","",,"20.00","1,020.00",EUR,"Credit"
"93-35","05/03/2026","FEE-QTR","","","4.50",,"1,015.50",EUR,"Debit"
"""
)
BOI = """Date,Details,Debit,Credit,Balance
03/03/2026,POS LATER,5.00,,15.00
02/03/2026,WALLET 7,,20.00,20.00
"""
REVOLUT = """Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
TOPUP,Current,2026-03-02 09:00:00,2026-03-02 09:01:00,From Grace,20.00,0.00,EUR,COMPLETED,20.00
CARD,Current,2026-03-03 09:00:00,,Pending,-5.00,0.00,EUR,PENDING,
"""
SPARKASSE = (
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Kundenreferenz (End-to-End)";'
    '"Beguenstigter/Zahlungspflichtiger";"Betrag";"Waehrung";"Info"\n'
    '"DE1234";"03.03.26";"03.03.26";"GUTSCHRIFT";"Wallet 12 Müller";"E2E-1";"Jörg Müller";"1.234,56";"EUR";"Umsatz gebucht"\n'
    '"DE1234";"02.03.26";"02.03.26";"ENTGELT";"Kontoführung";"";"";"-4,90";"EUR";"Umsatz gebucht"\n'
    '"DE1234";"04.03.26";"04.03.26";"KARTE";"noch nicht";"";"";"-1,00";"EUR";"Umsatz vorgemerkt"\n'
)
ING = (
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen";'
    '"Saldo na mutatie"\n'
    '"20260303";"Kosten";"NL01";"";"DV";"Af";"2,00";"Diversen";"maart";"18,00"\n'
    '"20260302";"G. Lim";"NL01";"NL99";"GT";"Bij";"20,00";"Online";"wallet 7";"20,00"\n'
)
RABO = (
    '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN",'
    '"Naam tegenpartij","Omschrijving-1","Omschrijving-2"\n'
    '"NL01","EUR","RABO","0001","2026-03-02","2026-03-02","+20,00","+20,00","NL99","G. Lim","wallet 7","dank"\n'
)
SBI = (
    "Account Name\t: X\nSome\tline\n\nTxn Date\tValue Date\tDescription\tRef No./Cheque No.\tDebit\tCredit\tBalance\n"
    "2 Mar 2026\t2 Mar 2026\tBY TRANSFER-UPI\tUTR1\t\t1,23,456.00\t1,23,456.00\n"
)


def read(text: str | bytes, code: str = "generic", *, currency: str = "EUR", said: tables.Said = NOTHING, **more: str):
    content = text.encode() if isinstance(text, str) else text
    mapping = tuple(more.pop("mapping", "").split("|")) if "mapping" in more else ()
    return tables.read(content, profiles.chosen(code, mapping=mapping, **more), currency=currency, said=said)


@pytest.mark.parametrize(
    ("text", "code", "currency", "amounts", "opening", "closing"),
    [
        (AIB, "aib", "EUR", [2000, -450], 100_000, 101_550),
        (BOI, "bank-of-ireland", "EUR", [2000, -500], 0, 1500),
        (REVOLUT, "revolut", "EUR", [2000], 0, 2000),
        (SPARKASSE, "sparkasse", "EUR", [-490, 123_456], None, None),
        (ING, "ing-nl", "EUR", [2000, -200], 0, 1800),
        (RABO, "rabobank", "EUR", [2000], 0, 2000),
        (SBI, "sbi", "INR", [12_345_600], 0, 12_345_600),
        (AIB, "generic", "EUR", [2000, -450], 100_000, 101_550),
        (SBI, "generic", "INR", [12_345_600], 0, 12_345_600),
    ],
    ids=lambda given: given if isinstance(given, str) and len(given) < 20 else "",
)
def test_each_layout_is_read_oldest_first(text, code, currency, amounts, opening, closing) -> None:
    dates = "day first" if code == "generic" and text == AIB else ""
    found = read(text, code, currency=currency, dates=dates)
    assert [entry.amount for entry in found.entries] == [amount * CENT for amount in amounts]
    assert (found.opening, found.closing) == tuple(None if each is None else each * CENT for each in (opening, closing))
    assert found.off_by == (None if opening is None else 0)


def test_latin_1_and_its_umlauts() -> None:
    found = read(SPARKASSE.encode("latin-1"), "sparkasse")
    assert (found.entries[1].counterparty, found.entries[1].reference) == ("Jörg Müller", "Wallet 12 Müller")
    assert found.entries[1].bank_id == "E2E-1"
    assert (found.from_on, found.until_on) == (date(2026, 3, 2), date(2026, 3, 3))
    assert found == read("\ufeff" + SPARKASSE, "sparkasse")
    assert found == read(SPARKASSE.encode("utf-16"), "sparkasse")


def test_columns_of_ones_own() -> None:
    found = read("Dia;Quien;Cuanto\n2026-03-02;Grace;-1.234,50\n", mapping="date=Dia|amount=Cuanto|counterparty=Quien")
    assert [(entry.amount, entry.counterparty) for entry in found.entries] == [(-123_450 * CENT, "Grace")]
    with pytest.raises(refused.BadMapping):
        read("x", mapping="amount")
    with pytest.raises(refused.UnknownProfile):
        read("x", "moon-bank")


def test_what_the_paper_says_where_the_file_does_not() -> None:
    said = tables.Said(date(2026, 3, 1), date(2026, 3, 31), 5 * ONE, 25 * ONE)
    found = read("date,amount\n2026-03-02,20.00\n", said=said)
    assert (found.until_on, found.opening, found.closing, found.off_by) == (date(2026, 3, 31), 5 * ONE, 25 * ONE, 0)
    assert found.remarks == ("balances_typed",)
    quiet = read("date,amount\n", said=tables.Said(date(2026, 3, 1), date(2026, 3, 31), ONE, ONE))
    assert quiet.entries == ()
    with pytest.raises(refused.NotAStatement, match="outside"):
        read("date,amount\n2026-04-02,20.00\n", said=said)


def test_a_running_balance_that_does_not_follow_does_not_tie_out() -> None:
    found = read("date,amount,balance\n2026-03-02,20.00,20.00\n2026-03-03,5.00,26.00\n")
    assert found.off_by == ONE


def test_two_equal_payments_of_one_day_are_two_and_the_same_ones_in_every_file() -> None:
    first = read("date,amount,reference\n2026-03-02,5.00,coffee\n2026-03-02,5.00,coffee\n2026-03-03,1.00,x\n")
    marks = form.identities(first.entries)
    assert len(set(marks)) == 3
    again = read("date,amount,reference,balance\n2026-03-02,5.00,Coffee ,5\n2026-03-02,5.00,coffee,10\n")
    assert form.identities(again.entries) == marks[:2]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "payments.not_a_statement"),
        (b"  \n \n", "payments.not_a_statement"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "payments.not_a_statement"),
        (b"date,amount\n", "payments.not_a_statement"),
        (b"date,amount\n2026-03-02,0.00\n", "payments.not_a_statement"),
        (b"x" * 8_000_001, "payments.statement_too_large"),
        (b'date,amount,reference\n2026-03-02,1.00,"' + b"x" * 200_000 + b'"\n', "payments.not_a_statement"),
        (b"date,amount\n" + b"2026-03-02,1.00\n" * 50_001, "payments.statement_too_large"),
        (b"hello,world\n1,2\n", "payments.statement_column_missing"),
        (b"date,amount,amount\n2026-03-02,1.00,2.00\n", "payments.statement_column_twice"),
        (b"date,amount\n2026-03-02,=1+1\n", "payments.statement_row_unreadable"),
        (b"date,amount\n2026-03-02,1e5\n", "payments.statement_row_unreadable"),
        (b"date,amount\n2026-03-02,1.005\n2026-03-02,1.00\n", "payments.statement_row_unreadable"),
        (b"date,amount\n2026-03-02,\n", "payments.statement_row_unreadable"),
        (b"date,amount\n2026-02-30,1.00\n", "payments.statement_row_unreadable"),
        (b"date,amount\nyesterday,1.00\n", "payments.statement_row_unreadable"),
        (b"date,amount\n02/03/2026,1.00\n", "payments.statement_unclear"),
        (b'date,amount\n2026-03-02,"1.000"\n2026-03-03,"2,000"\n', "payments.statement_unclear"),
        (b"date,amount,currency\n2026-03-02,1.00,EUR\n2026-03-02,1.00,USD\n", "payments.statement_mixed_currencies"),
        (b"date,amount,currency\n2026-03-02,1.00,ZZZ\n", "money.unknown_currency"),
    ],
    ids=lambda given: given if isinstance(given, str) else repr(given[:24]),
)
def test_bad_files_are_refused_with_the_reason(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as found:
        read(content)
    assert found.value.code == code


def test_a_formula_in_a_text_is_kept_as_text() -> None:
    found = read('date,amount,reference\n2026-03-02,1.00,"=HYPERLINK(1)"\n')
    assert found.entries[0].reference == "=HYPERLINK(1)"
