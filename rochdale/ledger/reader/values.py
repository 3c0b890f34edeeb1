"""One cell into one value: numbers with either decimal mark, currencies by code or sign, days in many forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from rochdale.shared import money
from rochdale.shared.refusals import Refusal

from .found import BadLine

SYMBOLS = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "C$": "CAD", "A$": "AUD", "NZ$": "NZD", "R$": "BRL",
    "₩": "KRW", "₪": "ILS", "₦": "NGN", "₱": "PHP", "₫": "VND", "₴": "UAH", "zł": "PLN", "Kč": "CZK", "CHF.": "CHF",
}  # fmt: skip
"""Signs that stand for one currency. `$` is many countries': the report says how it was read."""
AMBIGUOUS = frozenset({"$"})
_GROUPERS = " \u00a0\u202f'’"
_AMOUNT = re.compile(
    r"""(?P<s1>[+\-−])?\s*(?P<c1>"[^"]+"|[^\d\s"+\-−.,;@{}()=']+)?\s*(?P<s2>[+\-−])?\s*
    (?P<n>\d[\d.,'’\u00a0\u202f\ ]*|[.,]\d+)\s*(?P<c2>"[^"]+"|[^\d\s"+\-−.,;@{}()=']+)?\s*(?P<s3>[\-−])?""",
    re.VERBOSE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPOKEN = re.compile(
    r"(?:(?P<d1>\d{1,2})[ .-]+(?P<m1>[A-Za-z]{3,9})\.?[ ,.-]+|(?P<m2>[A-Za-z]{3,9})\.? (?P<d2>\d{1,2}),? )(?P<y>\d{4})"
)
_NUMBERS = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})\.?")


def shown(text: str) -> str:
    """Return a cell as a reason may quote it: short, and without what no screen can show."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:40])


def micro(number: Decimal) -> int:
    """Return an exact number in micro-units. Refuses what is finer than a millionth, or too large to be meant."""
    scaled = number.scaleb(money.SCALE)
    whole = int(scaled)
    if whole != scaled:
        raise BadLine(_("{number} is finer than a millionth, which the books cannot keep").format(number=shown(str(number))))
    if abs(whole) > money.LARGEST:
        raise BadLine(_("{number} is too large to be meant").format(number=shown(str(number))))
    return whole


def number(text: str, mark: str) -> Decimal:
    """Read digits whose decimals stand behind `mark` ("." or ","); thousands may be grouped. Refuses anything else."""
    bare = text.strip()
    if len(bare) > 40:
        raise BadLine(_("“{text}” is not a number").format(text=shown(text)))
    whole, _point, decimals = bare.partition(mark)
    grouped = re.split(f"[{re.escape(',' if mark == '.' else '.')}{_GROUPERS}]", whole)
    sound = len(grouped) == 1 or (
        1 <= len(grouped[0]) <= 3 and len(grouped[-1]) == 3 and all(len(part) in (2, 3) for part in grouped[1:])
    )
    digits = "".join(grouped)
    if not sound or not (digits or decimals) or not (digits + decimals).isdecimal() or not (digits + decimals).isascii():
        raise BadLine(_("“{text}” is not a number with “{mark}” before its decimals").format(text=shown(text), mark=mark))
    return Decimal(f"{digits or 0}.{decimals}" if decimals else digits)


def amount(text: str, mark: str) -> tuple[Decimal, str]:
    """Read an amount with its sign and the currency as written (perhaps empty): `-$5`, `$-5`, `USD 5`, `5,00 €`, `(5.00)`."""
    bare = text.strip()
    negative = bare.startswith("(") and bare.endswith(")")
    found = _AMOUNT.fullmatch(bare[1:-1].strip() if negative else bare)
    if found is None or (found["c1"] and found["c2"]):
        raise BadLine(_("“{text}” is not an amount").format(text=shown(text)))
    signs = [sign for sign in (found["s1"], found["s2"], found["s3"]) if sign]
    if len(signs) + negative > 1:
        raise BadLine(_("“{text}” has more than one sign").format(text=shown(text)))
    value = number(found["n"], mark)
    minus = negative or (signs and signs[0] != "+")
    return (-value if minus else value), (found["c1"] or found["c2"] or "").strip('"')


def currency(written: str, symbols: Mapping[str, str]) -> str:
    """Return the code of a currency as a file writes it. Refuses what is no money (shares, hours, points)."""
    chosen = symbols.get(written) or SYMBOLS.get(written) or written
    try:
        return money.currency_code(chosen)
    except Refusal:
        why = _(
            "“{written}” is not a currency we know; only money can be imported (--symbol '{written}=EUR' says what a sign means)"
        )
        raise BadLine(why.format(written=shown(written))) from None


def day(text: str, order: str = "ymd") -> date:
    """Read a day: `2015-01-24`, `2015/1/24`, `20150124`, `24.01.2015`, `24 Jan 2015`; `order` settles what is left open."""
    bare = text.strip()
    if found := _NUMBERS.fullmatch(bare):
        first, second, third = found.groups()
        if len(first) == 4:
            return _date(first, second, third, text)
        if len(third) not in (2, 4) or order not in ("dmy", "mdy", "ymd"):
            raise BadLine(_("“{text}” is not a day we can read").format(text=shown(text)))
        if len(third) == 2 and order == "ymd":
            return _date(f"20{first}", second, third, text)
        if order == "ymd" and "." not in bare and first != second:
            why = _("“{text}” may begin with the day or the month: say it with --dates dmy or --dates mdy")
            raise BadLine(why.format(text=shown(text)))
        year = third if len(third) == 4 else f"20{third}"
        return _date(year, first, second, text) if order == "mdy" else _date(year, second, first, text)
    if re.fullmatch(r"\d{8}", bare) and bare.isascii():
        return _date(bare[:4], bare[4:6], bare[6:], text)
    if spoken := _SPOKEN.fullmatch(bare):
        month = (spoken["m1"] or spoken["m2"])[:3].lower()
        if month in _MONTHS:
            return _date(spoken["y"], str(_MONTHS.index(month) + 1), spoken["d1"] or spoken["d2"], text)
    raise BadLine(_("“{text}” is not a day we can read").format(text=shown(text)))


def moment(text: str, order: str = "ymd") -> tuple[date, datetime | None]:
    """Read a day, or a moment with its day: `2026-07-07T16:13:02`, perhaps with a zone; without, the co-op's is meant."""
    bare = text.strip()
    if len(bare) > 10 and re.match(r"\d{4}-\d\d-\d\d[T ]", bare):
        try:
            found = datetime.fromisoformat(bare.replace("Z", "+00:00").replace(" UTC", "+00:00"))
        except ValueError:
            raise BadLine(_("“{text}” is not a time we can read").format(text=shown(text))) from None
        return found.date(), found
    return day(bare, order), None


def _date(year: str, month: str, of_month: str, text: str) -> date:
    try:
        found = date(int(year), int(month), int(of_month))
    except ValueError:
        raise BadLine(_("“{text}” is not a day of the calendar").format(text=shown(text))) from None
    if not 1800 <= found.year <= 2999:
        raise BadLine(_("“{text}” is not a year of any books").format(text=shown(text)))
    return found
