"""The flow of money as a picture: bands from where it came to where it went, as wide as the amounts.

Places are put into columns by the links themselves: what only gives stands first, what only
receives stands last, the rest between. Drawn twice, for wide screens (names beside) and for
phones (names above), because text inside a drawing does not wrap by itself.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

from . import money


@dataclass(frozen=True, slots=True)
class Link:
    """Money that went from one place to another: micro-units, above zero, and where it is explained."""

    source: str
    target: str
    source_title: Any
    target_title: Any
    micro: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A picture's links in one currency, and its title (the figure's caption)."""

    title: Any
    currency: str
    links: Sequence[Link]


@dataclass(slots=True)
class _Node:
    code: str
    title: str
    column: int
    total: int
    y: float = 0
    height: float = 0
    out_at: float = 0
    in_at: float = 0


@dataclass(frozen=True, slots=True)
class _Frame:
    """The measures of one drawing, in its own units."""

    width: int
    body: int
    gap: int
    side: int
    bar: int
    wrap: int


WIDE = _Frame(width=760, body=280, gap=26, side=168, bar=12, wrap=22)
NARROW = _Frame(width=340, body=240, gap=58, side=0, bar=10, wrap=19)
LINE = 17
DEEPEST = 3
"""Money passes at most so many places; longer ways are drawn as if they ended there."""
SHORTEST = 2.0
"""A band is never thinner than this, so that a single cent can be seen."""


def flow_svg(picture: Flow, *, locale: str, wide: bool) -> SafeString:
    """Draw the flow; refuses nothing: links of zero or less are left out."""
    links = [link for link in picture.links if link.micro > 0 and link.source != link.target]
    if not links:
        return SafeString("")
    frame = WIDE if wide else NARROW
    if not wide:
        links = _shortened(links)
    nodes = _nodes(links)
    height = _place(nodes, links, frame)
    colours = {code: f"o{place % 7 + 1}" for place, code in enumerate(dict.fromkeys(link.target for link in links))}
    scale = _scale(nodes, frame)
    starts, ends = _joints(links, nodes, scale)
    bands = [
        _band(link, nodes, frame, thick=max(link.micro * scale, SHORTEST), y0=y0, y1=y1, colour=colours[link.target])
        for link, y0, y1 in zip(links, starts, ends, strict=True)
    ]
    marks = [_mark(node, nodes, frame, picture.currency, locale) for node in nodes.values()]
    return SafeString(
        f'<svg class="chart flow" viewBox="0 0 {frame.width} {height:.0f}" direction="ltr" '
        'aria-hidden="true" focusable="false">'
        f"{''.join(bands)}{''.join(marks)}</svg>"
    )


def _nodes(links: Sequence[Link]) -> dict[str, _Node]:
    titles: dict[str, str] = {}
    given: dict[str, int] = {}
    received: dict[str, int] = {}
    for link in links:
        titles.setdefault(link.source, str(link.source_title))
        titles.setdefault(link.target, str(link.target_title))
        given[link.source] = given.get(link.source, 0) + link.micro
        received[link.target] = received.get(link.target, 0) + link.micro
    columns = _columns(links, titles)
    totals = {code: max(given.get(code, 0), received.get(code, 0)) for code in titles}
    order = sorted(titles, key=lambda code: (columns[code], -totals[code]))
    return {code: _Node(code, titles[code], columns[code], totals[code]) for code in order}


def _shortened(links: Sequence[Link]) -> list[Link]:
    """Leave out where money came from, where that makes room: the place it came into shows the same sum."""
    columns = _columns(links, dict.fromkeys((code for link in links for code in (link.source, link.target)), ""))
    if max(columns.values()) < DEEPEST:
        return list(links)
    gives = {link.source for link in links}
    receives = {link.target for link in links}
    return [link for link in links if link.source in receives or link.target not in gives]


def _columns(links: Sequence[Link], codes: dict[str, str]) -> dict[str, int]:
    """Give each place its column: one more than the furthest that feeds it (money that circles counts once)."""
    columns = dict.fromkeys(codes, 0)
    for _round in range(len(codes)):
        moved = False
        for link in links:
            if columns[link.target] <= columns[link.source] < DEEPEST:
                columns[link.target] = columns[link.source] + 1
                moved = True
        if not moved:
            break
    gives = {link.source for link in links}
    last = max(columns.values())
    return {code: last if code not in gives else min(column, max(last - 1, 0)) for code, column in columns.items()}


def _joints(links: Sequence[Link], nodes: dict[str, _Node], scale: float) -> tuple[list[float], list[float]]:
    """Return where each band leaves its source and meets its target, in the order that crosses least."""
    starts, ends = [0.0] * len(links), [0.0] * len(links)
    for place in sorted(range(len(links)), key=lambda i: (nodes[links[i].target].column, nodes[links[i].target].y)):
        source = nodes[links[place].source]
        starts[place] = source.out_at
        source.out_at += links[place].micro * scale
    for place in sorted(range(len(links)), key=lambda i: (-nodes[links[i].source].column, nodes[links[i].source].y)):
        target = nodes[links[place].target]
        ends[place] = target.in_at
        target.in_at += links[place].micro * scale
    return starts, ends


def _scale(nodes: dict[str, _Node], frame: _Frame) -> float:
    columns: dict[int, int] = {}
    for node in nodes.values():
        columns[node.column] = columns.get(node.column, 0) + node.total
    return frame.body / max(columns.values())


def _place(nodes: dict[str, _Node], links: Sequence[Link], frame: _Frame) -> float:
    """Put the places below each other in their columns, near what feeds them, and return the drawing's height."""
    scale = _scale(nodes, frame)
    last = max(node.column for node in nodes.values())
    narrow = frame.side == 0
    ends: list[float] = []
    for column in range(last + 1):
        y = 44.0 if narrow or 0 < column < last else 14.0
        if narrow and column in (0, last) and last > 1:
            y += 44
        for node in sorted(
            (each for each in nodes.values() if each.column == column), key=lambda each: _pull(each, nodes, links)
        ):
            node.height = max(node.total * scale, SHORTEST)
            least = 4 * LINE if not narrow and len(node.title) > 2 * frame.wrap else 3 * LINE if not narrow else 0
            node.y = node.out_at = node.in_at = y + max(0.0, (least - node.height) / 2)
            y = max(node.y + node.height, y + least) + frame.gap
        ends.append(y - frame.gap)
    return max(ends) + 14


def _pull(node: _Node, nodes: dict[str, _Node], links: Sequence[Link]) -> tuple[float, int]:
    """Return where a place's money comes from, as the middle of its sources, and its size against ties."""
    feeding = [(nodes[link.source], link.micro) for link in links if link.target == node.code]
    weight = sum(micro for _source, micro in feeding)
    middle = sum((source.y + source.height / 2) * micro for source, micro in feeding) / weight if weight else 0.0
    return (middle, -node.total)


def _x(column: int, nodes: dict[str, _Node], frame: _Frame) -> float:
    last = max(max(node.column for node in nodes.values()), 1)
    inner = frame.width - 2 * frame.side - frame.bar
    return frame.side + inner * column / last


def _band(link: Link, nodes: dict[str, _Node], frame: _Frame, *, thick: float, y0: float, y1: float, colour: str) -> str:
    source, target = nodes[link.source], nodes[link.target]
    x0, x1 = _x(source.column, nodes, frame) + frame.bar, _x(target.column, nodes, frame)
    mid = (x0 + x1) / 2
    path = (
        f"M{x0:.1f} {y0:.1f}C{mid:.1f} {y0:.1f} {mid:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        f"v{thick:.1f}C{mid:.1f} {y1 + thick:.1f} {mid:.1f} {y0 + thick:.1f} {x0:.1f} {y0 + thick:.1f}Z"
    )
    band = f'<path d="{path}" class="band {colour}"/>'
    return f'<a href="{escape(link.url)}" tabindex="-1">{band}</a>' if link.url else band


def _mark(node: _Node, nodes: dict[str, _Node], frame: _Frame, currency: str, locale: str) -> str:
    last = max(each.column for each in nodes.values())
    x = _x(node.column, nodes, frame)
    bar = f'<rect x="{x:.1f}" y="{node.y:.1f}" width="{frame.bar}" height="{node.height:.1f}" rx="3" class="post"/>'
    figure = money.formatted(node.total, currency, locale)
    middle = 0 < node.column < last
    if frame.side == 0 or middle:
        anchor, at = ("middle", x + frame.bar / 2) if middle else ("start", x) if node.column == 0 else ("end", x + frame.bar)
        return bar + _text(at, node.y - 8 - LINE, [textwrap.shorten(node.title, frame.wrap + 8, placeholder="…")], figure, anchor)
    lines = textwrap.wrap(node.title, frame.wrap, break_on_hyphens=False, max_lines=3, placeholder=" …")
    anchor, at = ("end", x - 10) if node.column == 0 else ("start", x + frame.bar + 10)
    top = node.y + node.height / 2 - (len(lines) + 1) * LINE / 2 + LINE - 4
    return bar + _text(at, top, lines, figure, anchor)


def _text(x: float, y: float, lines: Sequence[str], figure: str, anchor: str) -> str:
    rows = [f'<tspan x="{x:.1f}" y="{y + place * LINE:.1f}">{escape(line)}</tspan>' for place, line in enumerate(lines)]
    rows.append(f'<tspan x="{x:.1f}" y="{y + len(lines) * LINE:.1f}" class="n">{escape(figure)}</tspan>')
    return f'<text text-anchor="{anchor}" class="t">{"".join(rows)}</text>'
