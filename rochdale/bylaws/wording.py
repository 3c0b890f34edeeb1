"""Values and bounds in words, for a reader who is no lawyer and no programmer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel import dates
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rochdale.shared import locales, money
from rochdale.shared.module import Bylaw

from .law import LawValue


def locale() -> str:
    """Return the reader's locale by the active language."""
    return locales.locale_name(get_language() or "en")


def value(unit: str, given: Any, currency: str) -> str:
    """Write a typed bylaw value: 30%, €12.50, 14 days, yes."""
    if given is None:
        return _("nothing")
    if unit == "percent":
        return locales.percent(Decimal(given), locale())
    if unit == "money":
        return money.formatted(given, currency, locale())
    if unit == "yes_no":
        return _("yes") if given else _("no")
    if unit in ("days", "months", "years", "seconds"):
        return _span(unit, int(given))
    if isinstance(given, Mapping):
        return "; ".join(f"{name}: {_plain(part)}" for name, part in given.items())
    return _plain(given)


def meaning(rule: Bylaw, typed: Any, currency: str) -> str:
    """Write what a typed value means for the reader, in one sentence; amounts are named with their currency."""
    return str(rule.means(value("money", typed, currency) if rule.unit == "money" else typed))


def bound(law: LawValue) -> str:
    """Write what a row of law asks for: at least 7, at most €150,000, not allowed."""
    said = law_value(law.unit, law.value)
    if law.binding == "delegated" and law.value is None:
        return _("to be said in the bylaws")
    if law.unit == "bool":
        return _("required") if law.value else _("not allowed")
    if isinstance(law.value, Mapping) and law.kind != "forbidden":
        return _("at least: {said}").format(said=said) if law.unit == "surplus" and law.kind == "min" else said
    return {
        "min": _("at least {said}"),
        "max": _("at most {said}"),
        "exact": _("exactly: {said}"),
        "enum": _("only: {said}"),
        "required": _("required: {said}"),
        "forbidden": _("forbidden: {said}"),
    }[law.kind].format(said=said)


def law_value(unit: str, given: Any) -> str:
    """Write a pack row's value in its unit."""
    if given is None:
        return _("to be said in the bylaws")
    if unit.startswith("currency:"):
        return money.formatted(int(Decimal(given) * money.ONE), unit.partition(":")[2], locale())
    if unit == "pct":
        return locales.percent(Decimal(given), locale())
    if unit in ("days", "months", "years") and isinstance(given, int):
        return _span(unit, given)
    if isinstance(given, bool):
        return _("yes") if given else _("no")
    if unit == "surplus":
        return _of_surplus(given)
    if unit == "formula" and isinstance(given, Mapping) and "rate" in given:
        return _rate(given)
    if isinstance(given, Mapping) and {"who", "names", "holdings"} <= set(given):
        return _who_sees(given)
    return _plain(given)


def _of_surplus(given: Mapping[str, Any]) -> str:
    """Write a share of the surplus: how much, of what, on which base, until when, and in which order it is taken."""
    of = {
        "surplus": _("of the year's surplus"),
        "co_op_surplus": _("of the surplus from business with members"),
        "non_co_op_profit": _("of the profit from business with others"),
    }[given["of"]]
    base = {
        "net": _("net"),
        "after_losses": _("after earlier losses"),
        "after_losses_before_tax": _("after earlier losses and before tax"),
        "remainder": _("of what the steps before have left"),
    }[given["base"]]
    said = f"{locales.percent(Decimal(str(given['pct'])), locale())} {of}, {base}"
    until = given["until"]
    if until is not None:
        aim, currency = until["reserve_reaches"], until.get("currency", "")
        reached = money.formatted(int(Decimal(aim) * money.ONE), currency, locale()) if currency else _plain(aim)
        said = _("{said}, until the reserve reaches {aim}").format(said=said, aim=reached)
    return _("{said} (step {n})").format(said=said, n=given["order"])


def _who_sees(given: Mapping[str, Any]) -> str:
    """Write who may look at the register: anybody or members, names alone or holdings too, and on what terms."""
    anybody = given["who"] == "anyone"
    if given["holdings"]:
        said = _("anybody sees names and holdings") if anybody else _("members see names and holdings")
    else:
        said = _("anybody sees names, not holdings") if anybody else _("members see names, not what others hold")
    rest = {name: part for name, part in given.items() if name not in ("who", "names", "holdings")}
    return f"{said}; {_plain(rest)}" if rest else said


def _rate(given: Mapping[str, Any]) -> str:
    said = _("{rate} plus {points} points").format(rate=_plain(given["rate"]), points=_plain(given.get("plus_points", 0)))
    rest = {name: part for name, part in given.items() if name not in ("rate", "plus_points")}
    return f"{said}; {_plain(rest)}" if rest else said


def status(law_status: str) -> str:
    """Write how sure the pack is of a row."""
    return {
        "VERIFIED": _("read in the law's text"),
        "SECONDARY": _("read in a secondary source"),
        "BACKGROUND": _("not confirmed"),
    }[law_status]


def _span(unit: str, count: int) -> str:
    return {
        "days": ngettext("{n} day", "{n} days", count),
        "months": ngettext("{n} month", "{n} months", count),
        "years": ngettext("{n} year", "{n} years", count),
        "seconds": ngettext("{n} second", "{n} seconds", count),
    }[unit].format(n=count)


def _plain(given: Any) -> str:
    if isinstance(given, bool):
        return _("yes") if given else _("no")
    if isinstance(given, int):
        return locales.number(given, locale())
    if isinstance(given, list | tuple):
        return ", ".join(_plain(part) for part in given)
    if isinstance(given, Mapping):
        return "; ".join(_named(str(name), part) for name, part in given.items())
    return str(given).replace("_", " ")


def _named(name: str, part: Any) -> str:
    """Write a part of a rule with its name: the end of the name says its unit (each_min_pct: 40 is “each min: 40%”)."""
    plain, _line, unit = name.rpartition("_")
    if plain and isinstance(part, int) and not isinstance(part, bool):
        if unit == "pct":
            return f"{plain.replace('_', ' ')}: {locales.percent(Decimal(part), locale())}"
        if unit == "eur":
            return f"{plain.replace('_', ' ')}: {money.formatted(part * money.ONE, 'EUR', locale())}"
        if unit in ("days", "months", "years"):
            return f"{plain.replace('_', ' ')}: {_span(unit, part)}"
    said = f"({_plain(part)})" if isinstance(part, Mapping) else _plain(part)
    return f"{name.replace('_', ' ')}: {said}"


def change(kind: str) -> str:
    """Write how a rule of law differs between two days or two texts."""
    return {
        "new": _("new"),
        "gone": _("no longer there"),
        "value": _("says something else"),
        "source": _("same rule, another text"),
    }[kind]


def month(number: int) -> str:
    """Write the name of a month, 1 for January."""
    return str(dates.get_month_names("wide", locale=locale())[number])
