"""Old charts of accounts: of what kind an account is, what it is called here, and which accounts are people's own. Pure."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROOTS = {
    "asset": ("assets", "asset", "aktiva", "actif", "activo", "attivo", "activa", "bank", "cash"),
    "liability": ("liabilities", "liability", "debts", "debt", "passiva", "fremdkapital", "passif", "pasivo", "schulden"),
    "equity": ("equity", "capital", "eigenkapital", "capitaux", "patrimonio", "eigenvermogen"),
    "income": (
        "income",
        "revenue",
        "revenues",
        "ertrage",
        "ertraege",
        "einnahmen",
        "produits",
        "recettes",
        "ingresos",
        "ricavi",
        "opbrengsten",
    ),
    "expense": (
        "expenses",
        "expense",
        "costs",
        "aufwand",
        "aufwendungen",
        "ausgaben",
        "kosten",
        "charges",
        "depenses",
        "gastos",
        "spese",
        "costi",
    ),
}
CODE_ROOTS = {"asset": "assets", "liability": "liabilities", "equity": "equity", "income": "income", "expense": "expenses"}
KINDS = tuple(CODE_ROOTS)
IMPORTED = "imported"
"""The second word of an imported account's code: `assets.imported.chase.checking`."""
LONGEST_CODE = 80
LONGEST_NAME = 200
OF_PEOPLE = frozenset(
    {
        "reimbursement",
        "reimbursements",
        "reimbursable",
        "members",
        "member",
        "people",
        "persons",
        "employees",
        "staff advances",
        "advances",
        "volunteers",
        "contributors",
        "donors",
        "lenders",
        "borrowers",
        "mitglieder",
        "membres",
        "socios",
    }
)
"""An account of what is owed by or to one of these is a person's own, unless the treasurer says otherwise."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the treasurer's mapping file says of an old account: another account, its kind, whether it is a person's."""

    new: str = ""
    kind: str = ""
    personal: bool | None = None


def plain(text: str) -> str:
    """Return a name in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold().strip()


def kind_of(account: str, kinds: Mapping[str, str]) -> str:
    """Return an account's kind: as told for it or the longest beginning of it, else by the word at its root; "" if neither."""
    beginning = account
    while beginning:
        if beginning in kinds:
            return kinds[beginning]
        beginning = beginning.rpartition(":")[0]
    root = plain(account.partition(":")[0])
    return next((kind for kind, words in ROOTS.items() if root in words), "")


def is_personal(account: str, kind: str, *, patterns: Sequence[str], open_names: Sequence[str]) -> bool:
    """Say whether an account is a person's own: as told by patterns (`Liabilities:Loans:*`), else by the word above its name."""
    if any(fnmatch.fnmatchcase(account, pattern) for pattern in open_names):
        return False
    if any(fnmatch.fnmatchcase(account, pattern) for pattern in patterns):
        return True
    above = account.split(":")[1:-1]
    return kind in ("asset", "liability") and bool(above) and plain(above[-1]) in OF_PEOPLE


def code_of(account: str, kind: str) -> str:
    """Return the code an old account gets: `Assets:Wells Fargo:Savings` → `assets.imported.wells_fargo.savings`."""
    parts = [part for part in account.split(":") if part.strip()]
    if len(parts) > 1 and plain(parts[0]) in ROOTS[kind]:
        parts = parts[1:]
    words = [re.sub(r"[^a-z0-9]+", "_", plain(part)).strip("_") or "x" for part in parts]
    return ".".join([CODE_ROOTS[kind], IMPORTED, *words])[:LONGEST_CODE].rstrip("._")


def numbered(code: str, taken: set[str]) -> str:
    """Return the code, or with a number behind it where another old account has it already."""
    found, number = code, 2
    while found in taken:
        ending = f"_{number}"
        found, number = f"{code[: LONGEST_CODE - len(ending)]}{ending}", number + 1
    return found
