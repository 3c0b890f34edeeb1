"""Reads an old register: a table of members and a table of share movements. Refuses row by row, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from rochdale.ledger import reader
from rochdale.ledger.reader import rows, sniffing, values
from rochdale.ledger.reader.columns import plain

from .. import rules

MEMBER_COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("number", "membernumber", "memberno", "memberid", "no", "mitgliedsnummer", "nummer", "numero", "numeromembre"),
    "name": ("name", "fullname", "membername", "nom", "nombre", "nome"),
    "address": ("address", "postaladdress", "anschrift", "adresse", "direccion", "indirizzo"),
    "email": ("email", "emailaddress", "mail", "courriel", "correo"),
    "phone": ("phone", "phonenumber", "telephone", "mobile", "telefon", "telefono"),
    "language": ("language", "lang", "sprache", "langue", "idioma"),
    "kind": ("kind", "type", "art"),
    "classes": ("classes", "class", "memberclass", "category", "klasse", "categorie"),
    "joined": (
        "joined",
        "joinedon",
        "joindate",
        "admitted",
        "admittedon",
        "membersince",
        "since",
        "eintritt",
        "beitritt",
        "adhesion",
    ),
    "reason": ("reason", "leavingreason", "grund", "motif"),
    "left": ("left", "lefton", "leavedate", "ended", "until", "austritt", "sortie"),
}
SHARE_COLUMNS: dict[str, tuple[str, ...]] = {
    "number": MEMBER_COLUMNS["number"],
    "date": ("date", "effectivedate", "on", "datum", "fecha", "data"),
    "kind": ("kind", "type", "movement", "art", "genre"),
    "shares": ("shares", "count", "quantity", "anteile", "parts", "acciones"),
    "amount": ("amount", "paid", "value", "betrag", "montant", "importe"),
    "share_class": ("shareclass", "class", "klasse"),
}
MOVEMENTS = {
    "subscribed": "subscribed", "subscription": "subscribed", "issued": "subscribed", "gezeichnet": "subscribed", "paid": "paid",
    "payment": "paid", "eingezahlt": "paid", "bought": "bought", "purchase": "bought", "purchased": "bought", "gekauft": "bought",
    "withdrawn": "withdrawn", "withdrawal": "withdrawn", "repaid": "withdrawn", "redeemed": "withdrawn",
}  # fmt: skip
REASONS = {
    "": "resigned", "resigned": "resigned", "resignation": "resigned", "left": "resigned", "excluded": "excluded",
    "expelled": "excluded", "died": "died", "death": "died", "deceased": "died", "dissolved": "dissolved",
}  # fmt: skip
ORGANISATIONS = frozenset({"organisation", "organization", "company", "verein", "firma", "org"})
PEOPLE = frozenset({"", "person", "individual", "natural person", "people"})
REFERENCE = re.compile(r"(?=.*\d)[\w./ -]{1,30}")
LARGEST_NUMBER = 10_000_000
LONGEST = 200
MOST_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class OldMovement:
    """A share movement of an old register; `amount` in micro-units, None where the file leaves it to the par value."""

    line: int
    on: date
    kind: str
    shares: int
    amount: int | None
    share_class: str
    raw: str


@dataclass(frozen=True, slots=True)
class OldMember:
    """A member of an old register. `reference` is the number they had there."""

    line: int
    reference: str
    kind: str
    register: Mapping[str, str]
    contact: Mapping[str, str]
    classes: tuple[str, ...]
    joined: date
    left: date | None
    reason: str
    raw: str
    movements: list[OldMovement] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        """Return the old number where it is a whole one."""
        good = self.reference.isascii() and self.reference.isdigit() and 0 < int(self.reference) <= LARGEST_NUMBER
        return int(self.reference) if good else None


@dataclass(slots=True)
class Table:
    """A file with its columns found, and what was said about reading it."""

    source: reader.Source
    head: rows.Head
    places: dict[str, int]
    order: str
    mark: str
    notes: list[str]

    def rows(self) -> Iterator[tuple[int, dict[str, str], str]]:
        """Yield each row: its line, its cells by our names, and the row as it was."""
        for count, (number, cells) in enumerate(rows.read(self.source, self.head)):
            if count > MOST_ROWS:
                raise reader.UnreadableFile(file=self.source.name, why=_("it has more than {most} rows.").format(most=MOST_ROWS))
            yield (
                number,
                {what: cells[at] if at < len(cells) else "" for what, at in self.places.items()},
                rows.written(cells, self.head),
            )


def table(source: reader.Source, names: Mapping[str, tuple[str, ...]], needed: tuple[str, ...], options: reader.Options) -> Table:
    """Find the columns of a file, and how it writes days and numbers. Refuses one without a needed column."""
    head = rows.head(source, options.delimiter)
    bare = [plain(name) for name in head.names]
    places = {what: bare.index(alias) for what, known in names.items() for alias in reversed(known) if alias in bare}
    for what, theirs in options.columns.items():
        if what in names and plain(theirs) in bare:
            places[what] = bare.index(plain(theirs))
    missing = [what for what in needed if what not in places]
    if missing:
        why = _("it has no column for {missing}; it has {names}.")
        raise reader.UnreadableFile(
            file=source.name, why=why.format(missing=", ".join(missing), names=", ".join(head.names)[:300])
        )
    sample = [cells for _number, cells in rows.read(source, head)][: sniffing.SAMPLE]
    days = [
        cells[places[what]]
        for cells in sample
        for what in ("joined", "left", "date")
        if what in places and places[what] < len(cells)
    ]
    numbers = [cells[places["amount"]] for cells in sample if "amount" in places and places["amount"] < len(cells)]
    order = options.dates or sniffing.date_order([day for day in days if day], file=source.name)
    mark = options.decimal or sniffing.decimal_mark([number.strip("+-€$£ ") for number in numbers if number], file=source.name)
    unused = [name for at, name in enumerate(head.names) if at not in places.values() and name not in rows.REJECT_COLUMNS]
    notes = [
        source.said,
        _("Columns: {columns}.").format(columns=", ".join(f"{what} ← “{head.names[at]}”" for what, at in places.items())),
    ]
    notes += [_("Columns that were not used: {columns}.").format(columns=", ".join(unused)[:300])] if unused else []
    return Table(source, head, places, order, mark, notes)


def member(line: int, cells: Mapping[str, str], raw: str, order: str) -> OldMember:
    """Read a row of members. Refuses what the register cannot keep, with the reason."""
    reference = cells.get("number", "")
    if not REFERENCE.fullmatch(reference):
        raise reader.BadLine(
            _("“{given}” is no member number: 1 to 30 letters and digits, one digit at least").format(
                given=values.shown(reference)
            )
        )
    if not cells.get("name"):
        raise reader.BadLine(_("no name"))
    kind = cells.get("kind", "").strip().lower()
    if kind not in ORGANISATIONS | PEOPLE:
        raise reader.BadLine(_("“{given}” is neither person nor organisation").format(given=values.shown(kind)))
    for what in ("name", "address", "email", "phone", "language"):
        text = cells.get(what, "")
        if len(text) > LONGEST or not text.replace("\n", " ").isprintable():
            raise reader.BadLine(_("the {what} is too long, or holds signs that cannot be printed").format(what=what))
    if cells.get("email") and "@" not in cells["email"]:
        raise reader.BadLine(_("“{given}” is no e-mail address").format(given=values.shown(cells["email"])))
    if cells.get("phone") and sum(sign.isdigit() for sign in cells["phone"]) < 5:
        raise reader.BadLine(_("“{given}” is no phone number").format(given=values.shown(cells["phone"])))
    joined = values.day(cells.get("joined", ""), order)
    left = values.day(cells["left"], order) if cells.get("left") else None
    if left is not None and left < joined:
        raise reader.BadLine(_("left before joining"))
    reason = REASONS.get(cells.get("reason", "").strip().lower(), "")
    if left is not None and not reason:
        why = _("“{given}” is no reason for leaving; there are resigned, excluded, died and dissolved")
        raise reader.BadLine(why.format(given=values.shown(cells.get("reason", ""))))
    classes = tuple(dict.fromkeys(code.strip().lower() for code in re.split(r"[+,;/]", cells.get("classes", "")) if code.strip()))
    return OldMember(
        line,
        reference,
        "organisation" if kind in ORGANISATIONS else "person",
        {what: cells[what].strip() for what in rules.REGISTER_FIELDS if cells.get(what)},
        {what: cells[what].strip() for what in rules.CONTACT_FIELDS if cells.get(what)},
        classes,
        joined,
        left,
        reason if left is not None else "",
        raw,
    )


def movement(line: int, cells: Mapping[str, str], raw: str, order: str, mark: str) -> OldMovement:
    """Read a row of share movements. Refuses kinds we cannot book, and numbers that are none."""
    kind = MOVEMENTS.get(cells.get("kind", "").strip().lower(), "")
    if not kind:
        why = _(
            "“{given}” is not subscribed, paid, bought (both at once) or withdrawn; write a transfer as the two it consists of"
        )
        raise reader.BadLine(why.format(given=values.shown(cells.get("kind", ""))))
    text = cells.get("shares", "").strip() or ("0" if kind == "paid" else "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9) or (int(text) == 0 and kind != "paid"):
        raise reader.BadLine(_("“{given}” is not a number of shares").format(given=values.shown(text)))
    amount = None
    if cells.get("amount"):
        value, _written = values.amount(cells["amount"], mark)
        amount = values.micro(abs(value))
    if kind == "paid" and not amount:
        raise reader.BadLine(_("a payment says its amount"))
    return OldMovement(
        line, values.day(cells.get("date", ""), order), kind, int(text), amount, cells.get("share_class", "").lower(), raw
    )
