"""Which column is which: by the names programs and treasurers give them, by a profile, or as the command says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .found import UnreadableFile

NAMES: dict[str, tuple[str, ...]] = {
    "transaction": (
        "transaction",
        "transactionid",
        "txnid",
        "txnidx",
        "trans",
        "transno",
        "transactionnumber",
        "journalid",
        "journalno",
        "journalnumber",
        "journalnum",
        "entry",
        "entryid",
        "entryno",
        "entrynumber",
        "belegnummer",
        "buchungsnummer",
        "ecriturenum",
        "asiento",
        "voucher",
        "voucherno",
        "posting",
    ),
    "date": (
        "date",
        "datetime",
        "postingdate",
        "transactiondate",
        "entrydate",
        "journaldate",
        "happenedat",
        "effectivedate",
        "day",
        "datum",
        "buchungsdatum",
        "buchungstag",
        "belegdatum",
        "ecrituredate",
        "fecha",
        "data",
    ),
    "account": (
        "fullaccountname",
        "accountfullname",
        "accountpath",
        "account",
        "accountname",
        "accountcode",
        "ledgeraccount",
        "glaccount",
        "split",
        "konto",
        "kontoname",
        "kontobezeichnung",
        "compte",
        "comptelib",
        "compteno",
        "comptenum",
        "cuenta",
        "conto",
        "rekening",
    ),
    "debit_account": ("debitaccount", "accountdebit", "sollkonto", "comptedebit", "cuentadebe", "from", "debitaccountname"),
    "credit_account": ("creditaccount", "accountcredit", "habenkonto", "comptecredit", "cuentahaber", "to", "creditaccountname"),
    "amount": (
        "amount",
        "amountnum",
        "valuenum",
        "value",
        "netamount",
        "total",
        "betrag",
        "umsatz",
        "montant",
        "importe",
        "importo",
        "bedrag",
    ),
    "debit": ("debit", "debitamount", "debitusd", "debiteur", "dr", "soll", "sollbetrag", "debe", "dare", "debet"),
    "credit": ("credit", "creditamount", "cr", "haben", "habenbetrag", "haber", "avere"),
    "currency": (
        "currency",
        "commoditycurrency",
        "currencycode",
        "commodity",
        "waehrung",
        "wahrung",
        "devise",
        "idevise",
        "moneda",
        "valuta",
    ),
    "payee": (
        "payee",
        "name",
        "contact",
        "counterparty",
        "vendor",
        "customer",
        "empfaenger",
        "empfanger",
        "beneficiaire",
        "tiers",
    ),
    "text": (
        "description",
        "narration",
        "memo",
        "memodescription",
        "note",
        "notes",
        "details",
        "comment",
        "buchungstext",
        "verwendungszweck",
        "text",
        "libelle",
        "ecriturelib",
        "concepto",
        "descrizione",
    ),
    "kind": ("accounttype", "type", "accountkind", "kontoart"),
    "balance": ("balance", "closingbalance", "openingbalance", "saldo", "solde"),
}
"""Names are compared in small letters without accents, blanks and signs; the first of a list that a file has is taken."""

PROFILES: dict[str, dict[str, str]] = {
    "hledger": {
        "transaction": "txnidx",
        "date": "date",
        "text": "description",
        "account": "account",
        "amount": "amount",
        "currency": "commodity",
    },
    "gnucash": {
        "transaction": "Transaction ID",
        "date": "Date",
        "text": "Description",
        "account": "Full Account Name",
        "amount": "Amount Num.",
        "currency": "Commodity/Currency",
    },
    "quickbooks": {
        "transaction": "Trans #",
        "date": "Date",
        "payee": "Name",
        "text": "Memo",
        "account": "Account",
        "debit": "Debit",
        "credit": "Credit",
    },
    "fec": {
        "transaction": "EcritureNum",
        "date": "EcritureDate",
        "account": "CompteNum",
        "text": "EcritureLib",
        "debit": "Debit",
        "credit": "Credit",
        "currency": "Idevise",
    },
    "rochdale": {
        "transaction": "posting",
        "date": "happened_at",
        "debit_account": "debit",
        "credit_account": "credit",
        "amount": "amount",
        "currency": "currency",
        "text": "kind",
    },
}
"""Columns of what well-known programs write; columns a file does not have are left out."""
NEEDED = ("date", "account", "amount")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each thing stands in a row. `currency` is one for the whole file where a column's name says it."""

    places: Mapping[str, int]
    unused: tuple[str, ...]
    currency: str = ""

    def __contains__(self, what: str) -> bool:
        return what in self.places

    def of(self, cells: Sequence[str], what: str) -> str:
        """Return a cell of a row, empty where there is none."""
        place = self.places.get(what)
        return cells[place] if place is not None and place < len(cells) else ""

    def said(self, names: Sequence[str]) -> str:
        """Return which column was taken for what, for the report."""
        return ", ".join(f"{what} ← “{names[place]}”" for what, place in self.places.items())


def plain(name: str) -> str:
    """Return a column's name as it is compared."""
    apart = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))
    return re.sub(r"[^a-z0-9]", "", apart.lower())


def recognise(
    names: Sequence[str], given: Mapping[str, str], *, profile: str = "", wanted: Sequence[str] = tuple(NAMES), file: str
) -> Columns:
    """Return which column is which. Refuses columns named in vain, and a profile nobody knows."""
    if profile and profile not in PROFILES:
        why = _("there is no profile “{profile}”; there are {known}.").format(profile=profile[:30], known=", ".join(PROFILES))
        raise UnreadableFile(file=file, why=why)
    bare = [plain(name) for name in names]
    places: dict[str, int] = {}
    currency = ""
    asked = {what: theirs for what, theirs in PROFILES.get(profile, {}).items() if plain(theirs) in bare} | dict(given)
    for what, theirs in asked.items():
        if what not in NAMES or plain(theirs) not in bare:
            why = _("it has no column “{theirs}” for {what}; it has {names}.")
            raise UnreadableFile(file=file, why=why.format(theirs=theirs[:40], what=what, names=", ".join(names)[:300]))
        places[what] = bare.index(plain(theirs))
    for what in (each for each in NAMES if each in wanted and not (profile and each in ("debit", "credit"))):
        for alias in NAMES[what] if what not in places else ():
            if alias in bare and bare.index(alias) not in places.values():
                places[what] = bare.index(alias)
                break
    for what in ("amount", "balance"):
        suffixed = [
            place
            for place, name in enumerate(names)
            if re.fullmatch(rf"{what}[ _-]?\(?[A-Za-z]{{3}}\)?", name.strip(), re.IGNORECASE)
        ]
        if what in wanted and what not in places and suffixed:
            places[what] = suffixed[0]
            currency = re.sub(r"[^A-Za-z]", "", names[suffixed[0]])[-3:].upper()
    return Columns(places, tuple(name for place, name in enumerate(names) if place not in places.values()), currency)
