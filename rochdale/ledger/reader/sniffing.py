"""How a file writes numbers and days, worked out from a sample of it; what stays open is asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from .found import UnreadableFile

SAMPLE = 5_000
_COMMA = re.compile(r"(^0,\d+|,\d{1,2}|,\d{4,}|\.\d{3},\d+|[\u00a0\u202f ']\d{3},\d+)$")
_POINT = re.compile(r"(^0\.\d+|\.\d{1,2}|\.\d{4,}|,\d{3}\.\d+|[\u00a0\u202f ']\d{3}\.\d+)$")
_OPEN = re.compile(r"\d{1,3}[.,]\d{3}$")
_SEVERAL = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+$")
_LAST = re.compile(r"\d{1,2}([-/.])(\d{1,2})[-/.](\d{2}|\d{4})\.?$")


def decimal_mark(numbers: Iterable[str], *, file: str) -> str:
    """Return "." or ",": what stands before the decimals in these numbers (digits only, no signs).

    Refuses a file that writes both, and one that leaves it open (`1,234` could be either).
    """
    comma = point = open_ones = ""
    for each in numbers:
        text = each.strip()
        several = _SEVERAL.search(text)
        if several:
            comma, point = (comma or text, point) if several[1] == "." else (comma, point or text)
        elif _COMMA.search(text):
            comma = comma or text
        elif _POINT.search(text):
            point = point or text
        elif _OPEN.fullmatch(text):
            open_ones = open_ones or text
    if comma and point:
        why = _("it writes both {one} and {other}: say which mark stands before decimals with --decimal.")
        raise UnreadableFile(file=file, why=why.format(one=comma[:20], other=point[:20]))
    if open_ones and not (comma or point):
        why = _("{one} may be a thousand or a fraction: say which mark stands before decimals with --decimal.")
        raise UnreadableFile(file=file, why=why.format(one=open_ones))
    return "," if comma else "."


def date_order(days: Iterable[str], *, file: str) -> str:
    """Return `ymd`, `dmy` or `mdy`. Refuses a file in which `03/04/2015` could be March or April."""
    day_first = month_first = open_ones = short = ""
    for each in days:
        found = _LAST.fullmatch(each.strip())
        if not found:
            continue
        first, second = each.strip().split(found[1])[0], found[2]
        if len(found[3]) == 2:
            short = short or each.strip()
        elif found[1] == "." or int(first) > 12:
            day_first = day_first or each.strip()
        elif int(second) > 12:
            month_first = month_first or each.strip()
        elif first != second:
            open_ones = open_ones or each.strip()
    if short:
        raise UnreadableFile(
            file=file, why=_("{day} has a short year: say the order with --dates dmy, mdy or ymd.").format(day=short)
        )
    if day_first and month_first:
        why = _("it writes both {one} and {other}: say the order of its days with --dates.")
        raise UnreadableFile(file=file, why=why.format(one=day_first, other=month_first))
    if open_ones and not (day_first or month_first):
        why = _("{day} may begin with the day or the month: say it with --dates dmy or --dates mdy.")
        raise UnreadableFile(file=file, why=why.format(day=open_ones))
    return "dmy" if day_first else "mdy" if month_first else "ymd"
