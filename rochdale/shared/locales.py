"""How the reader writes numbers and dates: their language, in the co-op's country."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError, dates, numbers
from django.utils import timezone, translation


@lru_cache(maxsize=256)
def locale_name(language: str, country: str = "") -> str:
    """Return the locale babel knows for a language code and a country code: en + IE → en_IE."""
    base = language.replace("-", "_")
    for name in (f"{base}_{country.upper()}" if country and "_" not in base else base, base, base.split("_")[0], "en"):
        try:
            return str(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return "en"


def locale_of(request: Any) -> str:
    """Return the locale for a request: the active language, in the co-op's country."""
    coop = getattr(request, "coop", None)
    return locale_name(translation.get_language() or "en", str(getattr(coop, "country", "") or ""))


def day(value: date, locale: str, form: str = "medium") -> str:
    """Write a day for a reader; a moment is taken in the active time zone."""
    local = timezone.localtime(value).date() if isinstance(value, datetime) and timezone.is_aware(value) else value
    return str(dates.format_date(local, format=form, locale=locale))


def moment(value: datetime, locale: str) -> str:
    """Write a moment for a reader, in the active time zone."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    on_day = dates.format_date(local.date(), format="medium", locale=locale)
    return f"{on_day}, {dates.format_time(local.timetz(), format='short', locale=locale)}"


def since(value: datetime, now: datetime, locale: str) -> str:
    """Write how long ago a moment was: 3 hours ago."""
    return str(dates.format_timedelta(value - now, add_direction=True, locale=locale))


def number(value: int | Decimal, locale: str) -> str:
    """Write a number with the reader's grouping and decimal mark."""
    return str(numbers.format_decimal(value, locale=locale))


def percent(value: Decimal, locale: str) -> str:
    """Write a percentage; 30 means thirty of a hundred."""
    return str(numbers.format_percent(value / 100, format="#,##0.##%", locale=locale))


def country(code: str, locale: str) -> str:
    """Write a country's name in the reader's language; the code itself where babel knows none."""
    return str(Locale.parse(locale).territories.get(code.upper(), code))
