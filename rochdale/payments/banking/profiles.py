"""Layouts of banks' CSV files: which column is which, how amounts and dates are written. Pure data.

Column names are compared without regard to case, spaces around, and accents. Written after the
layouts banks were known to offer; where a bank changed its own, `generic` or a mapping of one's
own (`date=Fecha`) reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import refused

PARTS = (
    "date", "value_date", "amount", "debit", "credit", "sign", "counterparty", "reference", "reference2", "reference3",
    "bank_id", "balance", "currency", "account", "state",
)  # fmt: skip
DAY_FIRST, MONTH_FIRST = "day first", "month first"
YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S")
DATES: dict[str, tuple[str, ...]] = {
    "year first": YEAR_FIRST,
    DAY_FIRST: ("%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y"),
    MONTH_FIRST: ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y"),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A layout. `columns` gives for each part the names it goes by; `decimal` and `dates` may be "" to be found out.

    `minus` are the words of a sign column that mean money went; `done` the words of a state column that count.
    """

    code: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    delimiter: str = ""
    decimal: str = ""
    dates: str = ""
    minus: tuple[str, ...] = ("d", "dr", "debit", "debet", "af", "-", "s", "soll")
    done: tuple[str, ...] = ()


GENERIC = Profile(
    "generic",
    "Any bank",
    {
        "date": (
            "date", "booking date", "transaction date", "posted date", "posted transactions date", "buchungstag", "buchungsdatum",
            "datum", "fecha", "fecha operacion", "data", "data operazione", "date operation", "date de l'operation", "txn date",
        ),
        "value_date": ("value date", "valutadatum", "valuta", "wertstellung", "fecha valor", "data valuta", "date de valeur"),
        "amount": ("amount", "betrag", "importe", "montant", "importo", "bedrag", "umsatz"),
        "debit": ("debit", "debit amount", "paid out", "money out", "soll", "cargo", "addebito", "withdrawal", "withdrawals"),
        "credit": ("credit", "credit amount", "paid in", "money in", "haben", "abono", "accredito", "deposit", "deposits"),
        "sign": ("debit/credit", "dr/cr", "af bij", "soll/haben"),
        "counterparty": (
            "counterparty", "name", "payee", "payer", "beneficiary", "empfaenger", "auftraggeber/empfaenger",
            "beguenstigter/zahlungspflichtiger", "beneficiario", "tegenpartij",
        ),
        "reference": (
            "reference", "description", "details", "narrative", "memo", "verwendungszweck", "concepto", "libelle", "causale",
            "omschrijving", "particulars",
        ),
        "bank_id": ("id", "transaction id", "bank reference", "ref no./cheque no.", "referencia"),
        "balance": ("balance", "running balance", "saldo", "solde", "closing balance"),
        "currency": ("currency", "waehrung", "moneda", "devise", "divisa", "munt"),
        "account": ("account", "iban", "account number", "auftragskonto"),
    },
)  # fmt: skip
PROFILES: dict[str, Profile] = {
    each.code: each
    for each in (
        GENERIC,
        Profile(
            "aib",
            "AIB (Ireland)",
            {
                "date": ("posted transactions date",), "debit": ("debit amount",), "credit": ("credit amount",),
                "reference": ("description1", "description"), "reference2": ("description2",), "reference3": ("description3",),
                "balance": ("balance",), "currency": ("posted currency",), "account": ("posted account",),
            },
            ",", ".", DAY_FIRST,
        ),
        Profile(
            "bank-of-ireland",
            "Bank of Ireland",
            {
                "date": ("date",), "reference": ("details",), "debit": ("debit",), "credit": ("credit",), "balance": ("balance",),
            },
            ",", ".", DAY_FIRST,
        ),
        Profile(
            "revolut",
            "Revolut Business or personal",
            {
                "date": ("completed date", "date completed (utc)"), "amount": ("amount",),
                "reference": ("description", "reference"),
                "counterparty": ("payer", "beneficiary name"), "bank_id": ("id",), "currency": ("currency", "payment currency"),
                "balance": ("balance",), "state": ("state",),
            },
            ",", ".", "year first", done=("completed",),
        ),
        Profile(
            "sparkasse",
            "Sparkasse (CSV-CAMT)",
            {
                "date": ("buchungstag",), "value_date": ("valutadatum",), "reference": ("verwendungszweck",),
                "counterparty": ("beguenstigter/zahlungspflichtiger",), "amount": ("betrag",), "currency": ("waehrung",),
                "account": ("auftragskonto",), "bank_id": ("kundenreferenz (end-to-end)",), "state": ("info",),
            },
            ";", ",", DAY_FIRST, done=("umsatz gebucht",),
        ),
        Profile(
            "ing-nl",
            "ING (Netherlands)",
            {
                "date": ("datum", "date"), "counterparty": ("naam / omschrijving", "name / description"),
                "account": ("rekening", "account"), "sign": ("af bij", "debit/credit"),
                "amount": ("bedrag (eur)", "amount (eur)"), "reference": ("mededelingen", "notifications"),
                "balance": ("saldo na mutatie", "resulting balance"),
            },
            "", ",", "year first",
        ),
        Profile(
            "rabobank",
            "Rabobank",
            {
                "date": ("datum",), "value_date": ("rentedatum",), "amount": ("bedrag",), "balance": ("saldo na trn",),
                "counterparty": ("naam tegenpartij",), "reference": ("omschrijving-1",), "reference2": ("omschrijving-2",),
                "bank_id": ("volgnr",), "currency": ("munt",), "account": ("iban/bban",),
            },
            ",", ",", "year first",
        ),
        Profile(
            "sbi",
            "State Bank of India",
            {
                "date": ("txn date",), "value_date": ("value date",), "reference": ("description",),
                "bank_id": ("ref no./cheque no.",), "debit": ("debit",), "credit": ("credit",), "balance": ("balance",),
            },
            "", ".", DAY_FIRST,
        ),
    )
}  # fmt: skip
"""In the order they are offered."""


def chosen(code: str, *, mapping: tuple[str, ...] = (), decimal: str = "", dates: str = "", delimiter: str = "") -> Profile:
    """Return a layout, with one's own columns (`part=column`) and ways of writing. Refuses what it does not know."""
    found = PROFILES.get(code)
    if found is None:
        raise refused.UnknownProfile(given=code[:40], known=", ".join(PROFILES))
    columns = dict(found.columns)
    for each in mapping:
        part, equals, name = each.partition("=")
        if not equals or part.strip() not in PARTS or not name.strip():
            raise refused.BadMapping(given=each[:60], parts=", ".join(PARTS))
        columns[part.strip()] = (name.strip(),)
    if dates and dates not in DATES:
        raise refused.Unclear(what="The dates", choices=", ".join(DATES))
    return replace(
        found,
        columns=columns,
        decimal=decimal or found.decimal,
        dates=dates or found.dates,
        delimiter=delimiter or found.delimiter,
    )
