"""Reading a bank's CSV file into the one form. Pure; refuses with the row, and never guesses at money."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from rochdale.shared import money
from rochdale.shared.refusals import Refusal

from . import refused
from .form import Entry, Statement
from .profiles import DATES, PARTS, Profile

MOST_BYTES = 8_000_000
MOST_ROWS = 50_000
MOST_SIGNS = 2_000
"""The longest text of a cell that is kept; banks write at most a few hundred."""
HEADER_WITHIN = 40
"""Banks put the account, the holder and dates above the header; it is looked for in so many rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file by part, with its number as an editor shows it."""

    number: int
    cells: dict[str, str]

    def get(self, part: str) -> str:
        return self.cells.get(part, "").strip()


@dataclass(frozen=True, slots=True)
class Said:
    """What the treasurer says of a file that does not say it itself: the days downloaded, the balances on the paper."""

    from_on: date | None = None
    until_on: date | None = None
    opening: int | None = None
    closing: int | None = None


def read(content: bytes, profile: Profile, *, currency: str, said: Said = Said()) -> Statement:  # frozen
    """Return the statement in a CSV file.

    Refuses what is no text or too large, columns that are missing or stand twice, rows that cannot be
    read, more than one currency, and dates or amounts that could mean two things. A file without lines is a
    statement only where its days are said.
    """
    header, rows = _rows(_text(content), profile)
    rows = [row for row in rows if row.get("date")]
    if profile.done and "state" in header:
        rows = [row for row in rows if row.get("state").casefold() in profile.done]
    its_currency = _currency(rows, otherwise=currency)
    decimal = profile.decimal or _decimal(rows)
    days = _days(rows, profile) if rows else []
    amounts = [_amount(row, profile, decimal, its_currency) for row in rows]
    balances = [_number(row, "balance", decimal, its_currency) if row.get("balance") else None for row in rows]
    order = range(len(rows)) if _oldest_first(days, amounts, balances) else range(len(rows) - 1, -1, -1)
    in_order = [place for place in order if amounts[place]]
    from_on, until_on = _stretch([days[place] for place in in_order], said)
    opening, closing, remark = _balances(in_order, amounts, balances, said)
    return Statement(
        currency=its_currency,
        from_on=from_on,
        until_on=until_on,
        entries=tuple(_entry(rows[place], days[place], amounts[place], profile) for place in in_order),
        opening=opening,
        closing=closing,
        account_name=rows[0].get("account")[:60] if rows else "",
        remarks=tuple(each for each in (remark, "zero_lines" if len(in_order) < len(rows) else "") if each),
    )


def _stretch(days: Sequence[date], said: Said) -> tuple[date, date]:
    """Return the days a statement covers: those said, or of the first and last line. Refuses lines outside what was said."""
    if not days and (said.from_on is None or said.until_on is None):
        raise refused.NotAStatement(why="it holds no line that moves money, and its days were not said")
    from_on = said.from_on or min(days)
    until_on = said.until_on or max(days)
    if from_on > until_on or any(not from_on <= day <= until_on for day in days):
        raise refused.NotAStatement(why=f"it has lines outside {from_on.isoformat()} to {until_on.isoformat()}")
    return from_on, until_on


def _balances(
    in_order: Sequence[int], amounts: Sequence[int], balances: Sequence[int | None], said: Said
) -> tuple[int | None, int | None, str]:
    """Return opening, closing, and where they are from: what was said comes before the file's running balance."""
    if said.opening is not None or said.closing is not None:
        return said.opening, said.closing, "balances_typed"
    if not in_order:
        return None, None, ""
    first, last = balances[in_order[0]], balances[in_order[-1]]
    if first is None or last is None:
        return None, None, ""
    return first - amounts[in_order[0]], last, "balances_from_lines"


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise refused.TooMuch(most=f"{MOST_BYTES // 1_000_000} MB")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise refused.NotAStatement(why="it is not a text file")
    if not content.strip():
        raise refused.NotAStatement(why="it is empty")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(text: str, profile: Profile) -> tuple[frozenset[str], list[Row]]:
    delimiter = profile.delimiter or _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    places: dict[str, int] = {}
    best: tuple[set[str], list[str]] = (set(PARTS), [])
    rows: list[Row] = []
    try:
        for cells in reader:
            if not places:
                found, missing = _places(cells, profile)
                if not missing:
                    _refuse_twice(cells, found)
                    places = found
                elif len(missing) < len(best[0]) or not best[1]:
                    best = (missing, cells)
                if not places and reader.line_num > HEADER_WITHIN:
                    break
                continue
            if len(rows) >= MOST_ROWS:
                raise refused.TooMuch(most=f"{MOST_ROWS} rows")
            by_part = {part: cells[place][:MOST_SIGNS] for part, place in places.items() if place < len(cells)}
            rows.append(Row(reader.line_num, by_part))
    except csv.Error as error:
        raise refused.NotAStatement(why=f"row {reader.line_num} is no row of a table ({error})") from None
    if not places:
        named = ", ".join(each.strip()[:30] for each in best[1] if each.strip())[:300] or "–"
        raise refused.ColumnMissing(profile=profile.code, missing=", ".join(sorted(best[0])), found=named)
    return frozenset(places), rows


def _delimiter(text: str) -> str:
    head = text[:4000]
    return max(";,\t|", key=head.count)


def _places(cells: Sequence[str], profile: Profile) -> tuple[dict[str, int], set[str]]:
    """Return where each part stands in a header, and which needed parts are not there."""
    names = [_bare(cell) for cell in cells]
    found: dict[str, int] = {}
    for part, known in profile.columns.items():
        place = next((names.index(_bare(name)) for name in known if _bare(name) in names), None)
        if place is not None:
            found[part] = place
    missing = {"date"} - set(found)
    if "amount" not in found and not {"debit", "credit"} <= set(found):
        missing |= {"amount"}
    return found, missing


def _refuse_twice(cells: Sequence[str], found: dict[str, int]) -> None:
    names = [_bare(cell) for cell in cells]
    for place in found.values():
        if names.count(names[place]) > 1:
            raise refused.ColumnTwice(column=cells[place].strip()[:60])


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip().strip('"'))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().split())


def _currency(rows: Sequence[Row], *, otherwise: str) -> str:
    found = sorted({row.get("currency").upper() for row in rows} - {""})
    if len(found) > 1:
        raise refused.MixedCurrencies(found=", ".join(each[:10] for each in found[:5]))
    return money.currency_code(found[0] if found else otherwise)


_COMMA, _POINT = re.compile(r",\d{1,2}$"), re.compile(r"\.\d{1,2}$")


def _decimal(rows: Sequence[Row]) -> str:
    """Find out how decimals are written; refuses a file in which every amount could be read both ways."""
    texts = [_unsigned(row.get(part)) for row in rows for part in ("amount", "debit", "credit", "balance")]
    comma = any(_COMMA.search(text) for text in texts)
    point = any(_POINT.search(text) for text in texts)
    if comma != point:
        return "," if comma else "."
    if not comma and not any("," in text or "." in text for text in texts):
        return "."
    raise refused.Unclear(what="The amounts", choices="decimal comma, decimal point")


def _unsigned(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f'’()+\-A-Za-z€£$₹]", "", text)


def _number(row: Row, part: str, decimal: str, currency: str) -> int:
    given = row.get(part)
    text = re.sub(r"[\s\u00a0\u202f'’€£$₹]", "", given).replace("−", "-")
    minus = text.startswith("-") or text.endswith("-") or (text.startswith("(") and text.endswith(")"))
    text = text.strip("+-()")
    text = text.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?|\.\d{1,6}", text):
        raise refused.RowUnreadable(row=row.number, given=given[:40], wanted="an amount")
    try:
        micro = money.from_decimal(Decimal(text), currency)
    except Refusal:
        raise refused.RowUnreadable(row=row.number, given=given[:40], wanted="an amount") from None
    if money.payable(micro, currency) != micro:
        raise refused.RowUnreadable(row=row.number, given=given[:40], wanted=f"an amount of {currency}")
    return -micro if minus else micro


def _amount(row: Row, profile: Profile, decimal: str, currency: str) -> int:
    """Return the signed amount: of one column, of one with a word beside it, or of a column each way."""
    if row.get("amount"):
        amount = _number(row, "amount", decimal, currency)
        sign = row.get("sign").casefold()
        return -abs(amount) if sign and sign in profile.minus else amount
    came = abs(_number(row, "credit", decimal, currency)) if row.get("credit") else 0
    went = abs(_number(row, "debit", decimal, currency)) if row.get("debit") else 0
    if not row.get("credit") and not row.get("debit"):
        raise refused.RowUnreadable(row=row.number, given="", wanted="an amount")
    return came - went


def _days(rows: Sequence[Row], profile: Profile) -> list[date]:
    """Read every date by one way of writing; refuses where day and month could be told in two ways."""
    choices = [profile.dates] if profile.dates else list(DATES)
    good: dict[str, list[date]] = {}
    worst: Row = rows[0]
    for choice in choices:
        days: list[date] = []
        for row in rows:
            day = _day(row.get("date"), DATES[choice])
            if day is None:
                worst = row
                break
            days.append(day)
        else:
            good[choice] = days
    if not good:
        raise refused.RowUnreadable(row=worst.number, given=worst.get("date")[:40], wanted="a date")
    if len({tuple(days) for days in good.values()}) > 1:
        raise refused.Unclear(what="The dates", choices=", ".join(good))
    return next(iter(good.values()))


def _day(text: str, forms: Sequence[str]) -> date | None:
    for form in forms:
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007  # a bank's day has no zone
        except ValueError:
            continue
        return found if found.year >= 1900 else None
    return None


def _oldest_first(days: Sequence[date], amounts: Sequence[int], balances: Sequence[int | None]) -> bool:
    """Say in which order the file runs; where all is of one day the balances tell."""
    if not days or days[0] != days[-1]:
        return not days or days[0] < days[-1]
    backwards = [
        later is not None and earlier is not None and later == earlier + amount
        for later, earlier, amount in zip(balances, balances[1:], amounts, strict=False)
    ]
    return not (backwards and all(backwards))


def _entry(row: Row, day: date, amount: int, profile: Profile) -> Entry:
    texts = [row.get(part) for part in ("reference", "reference2", "reference3")]
    choices = [profile.dates] if profile.dates else list(DATES)
    return Entry(
        booked_on=day,
        amount=amount,
        value_on=_day(row.get("value_date"), [form for choice in choices for form in DATES[choice]]),
        counterparty=_clean(row.get("counterparty")),
        reference=_clean(" ".join(text for text in texts if text)),
        bank_id=_clean(row.get("bank_id"))[:80],
    )


def _clean(text: str) -> str:
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())[:500]
