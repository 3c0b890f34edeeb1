"""Cover drawings, one kind per kit, varied by a seed so that no two co-ops look the same.

Drawn from numbers only; colours are classes of the style sheet (c1 brand, c2 accent, c3 gold,
c4 sky, c5 leaf, c0 ground), so they follow light, dark and the co-op's own brand.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

WIDTH, HEIGHT = 480, 160


def drawing(kit: str, seed: str) -> str:
    """Return the kit's cover as SVG text; an unknown kit gets the common one (hands round a table)."""
    dice = hashlib.sha256(f"{kit}:{seed}".encode()).digest()
    inside = KITS.get(kit, _common)(dice)
    return (
        f'<svg class="cover" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid slice" '
        'aria-hidden="true" focusable="false">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" class="c0"/>{inside}</svg>'
    )


def _music(dice: bytes) -> str:
    """A record half risen like a sun over a song's wave."""
    x = 90 + dice[0] % 300
    rings = "".join(f'<circle cx="{x}" cy="128" r="{r}" class="{kind}"/>' for r, kind in ((92, "c2"), (30, "c0"), (9, "c0")))
    grooves = "".join(f'<circle cx="{x}" cy="128" r="{r}" class="groove"/>' for r in (80, 68, 56, 44))
    bars = []
    for place in range(32):
        tall = 8 + (dice[place % 32] % 64) * (0.35 + 0.65 * math.sin(math.pi * (place + 1) / 33))
        kind = "c1" if place % 3 else "c5"
        bars.append(f'<rect x="{place * 15 + 4}" y="{146 - tall:.0f}" width="8" height="{tall + 20:.0f}" rx="4" class="{kind}"/>')
    return rings + grooves + "".join(bars)


def _lending(dice: bytes) -> str:
    """Rings that hold each other: a circle of people who lend."""
    parts = []
    for place in range(6):
        x, y = 50 + place * 76, 80 + (dice[place] % 50) - 25
        parts.append(f'<circle cx="{x}" cy="{y}" r="{46 + dice[place + 6] % 14}" class="ring r{place % 4 + 1}"/>')
        parts.append(f'<circle cx="{x}" cy="{y}" r="9" class="c{place % 3 + 1}"/>')
    return "".join(parts)


def _stays(dice: bytes) -> str:
    """A street at evening, some windows lit."""
    parts = [f'<circle cx="{380 + dice[1] % 60}" cy="46" r="24" class="c3"/>']
    x = -6
    for place in range(9):
        width, tall = 46 + dice[place] % 22, 50 + dice[place + 9] % 58
        top = HEIGHT - tall
        kind = ("c1", "c5", "c2", "c4")[dice[place] % 4]
        parts.append(f'<path d="M{x} {HEIGHT}V{top}L{x + width / 2:g} {top - 20}L{x + width} {top}V{HEIGHT}Z" class="{kind}"/>')
        for window in range(2):
            lit = "c3" if dice[place + window + 3] % 3 == 0 else "c0"
            parts.append(f'<rect x="{x + 9 + window * 18}" y="{top + 14}" width="10" height="14" rx="2" class="{lit}"/>')
        x += width + 4
    return "".join(parts)


def _produce(dice: bytes) -> str:
    """Fields running to the hills under the sun."""
    parts = [f'<circle cx="{100 + dice[0] % 280}" cy="62" r="30" class="c3"/>']
    parts.append('<path d="M0 96C90 56 150 92 240 80S400 60 480 92V160H0Z" class="c5"/>')
    for place in range(9):
        at = -80 + place * 80
        top, kind = 220 + (place - 4) * 16, "c1" if place % 2 else "c2"
        parts.append(f'<path d="M{top} 92L{at} 160H{at + 40}L{top + 6} 92Z" class="{kind}"/>')
    return "".join(parts)


def _common(dice: bytes) -> str:
    """Many shapes round one table."""
    parts = ['<ellipse cx="240" cy="150" rx="170" ry="46" class="c1"/>']
    for place in range(9):
        angle = math.pi * (place + 0.5) / 9
        x, y = 240 - 200 * math.cos(angle), 140 - 78 * math.sin(angle)
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{14 + dice[place] % 9}" class="c{dice[place + 9] % 4 + 2}"/>')
    return "".join(parts)


KITS: dict[str, Callable[[bytes], str]] = {"music": _music, "lending": _lending, "stays": _stays, "produce": _produce}
