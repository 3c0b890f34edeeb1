"""Pictures drawn by the server as SVG: bars from zero, a line over real days, progress to a goal.

Pure Python: numbers in, text out, no style attribute (the page's CSP refuses them); colours are
the classes o1…o8 (Okabe–Ito order) of the style sheet. The flow of money has its own file.
Each picture stands in a figure with its table, so the drawing itself is hidden from screen
readers, which read the text alternative instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from . import locales, money
from .flow import Flow, Link, flow_svg

__all__ = ["Bar", "Bars", "Flow", "Line", "Link", "bars_svg", "flow_svg", "goal_svg", "line_svg"]

WIDE = 340
ROW = 46


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: micro-units when the chart has a currency, otherwise a count."""

    label: Any
    value: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    title: Any
    bars: Sequence[Bar]
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Amounts or counts on real days, oldest first."""

    title: Any
    points: Sequence[tuple[date, int]]
    currency: str = ""


def written(value: int, currency: str, locale: str) -> str:
    """Write a chart's number for a reader."""
    return money.formatted(value, currency, locale) if currency else locales.number(value, locale)


def bars_svg(chart: Bars, *, locale: str) -> SafeString:
    """Draw horizontal bars from zero, each named and numbered in place; negative ones in the warning colour."""
    most = max((abs(bar.value) for bar in chart.bars), default=0) or 1
    parts: list[str] = []
    for place, bar in enumerate(chart.bars):
        top = place * ROW
        width = round(abs(bar.value) / most * WIDE, 1)
        kind = "o6" if bar.value < 0 else "o1"
        figure = escape(written(bar.value, chart.currency, locale))
        parts.append(
            f'<text x="0" y="{top + 16}" class="t">{escape(bar.label)}</text>'
            f'<text x="{WIDE}" y="{top + 16}" text-anchor="end" class="t n">{figure}</text>'
            f'<rect x="0" y="{top + 22}" width="{WIDE}" height="10" rx="5" class="track"/>'
            f'<rect x="0" y="{top + 22}" width="{max(width, 1.5) if bar.value else 0}" height="10" rx="5" class="{kind}"/>'
        )
    return _svg(WIDE, max(ROW, len(chart.bars) * ROW - 10), "".join(parts), "bars")


def line_svg(chart: Line, *, locale: str) -> SafeString:
    """Draw a line from a zero baseline; the first and last day and the last value are written out."""
    if not chart.points:
        return SafeString("")
    high, left, top, base = 170, 4, 24, 146
    days = [(at - chart.points[0][0]).days for at, _value in chart.points]
    span = max(days[-1], 1)
    most = max(max(value for _at, value in chart.points), 0) or 1
    least = min(min(value for _at, value in chart.points), 0)
    zero = base - (0 - least) / (most - least) * (base - top)
    spots = [
        (round(left + day / span * (WIDE - 2 * left), 1), round(base - (value - least) / (most - least) * (base - top), 1))
        for day, (_at, value) in zip(days, chart.points, strict=True)
    ]
    path = "M" + "L".join(f"{x} {y}" for x, y in spots)
    end_x, end_y = spots[-1]
    first, last = chart.points[0][0], chart.points[-1][0]
    return _svg(
        WIDE,
        high,
        f'<line x1="0" x2="{WIDE}" y1="{zero:.1f}" y2="{zero:.1f}" class="axis"/>'
        f'<path d="{path}L{end_x} {zero:.1f}L{spots[0][0]} {zero:.1f}Z" class="o1 soft"/>'
        f'<path d="{path}" class="s1"/><circle cx="{end_x}" cy="{end_y}" r="4" class="o1"/>'
        f'<text x="{WIDE}" y="{max(14, end_y - 10):.1f}" text-anchor="end" class="t n">'
        f"{escape(written(chart.points[-1][1], chart.currency, locale))}</text>"
        f'<text x="0" y="{high - 6}" class="t q">{escape(locales.day(first, locale))}</text>'
        f'<text x="{WIDE}" y="{high - 6}" text-anchor="end" class="t q">{escape(locales.day(last, locale))}</text>',
        "line",
    )


def goal_svg(done: int, total: int, label: str) -> SafeString:
    """Draw how far a goal is reached; the words beside it say the same."""
    share = 0 if total <= 0 else max(0.0, min(1.0, done / total))
    return format_html(
        '<div class="goal"><p><span>{}</span> <strong>{}%</strong></p>{}</div>',
        label,
        int(share * 100),
        _svg(
            WIDE,
            12,
            f'<rect width="{WIDE}" height="12" rx="6" class="track"/>'
            f'<rect width="{max(share * WIDE, 6 if done else 0):.1f}" height="12" rx="6" class="brand"/>',
            "goal",
        ),
    )


def _svg(width: int, height: float, inside: str, kind: str) -> SafeString:
    return SafeString(
        f'<svg class="chart {kind}" viewBox="0 0 {width} {height:g}" direction="ltr" aria-hidden="true" focusable="false">'
        f"{inside}</svg>"
    )
