"""Pictures: every amount is written, nothing can be smuggled in, colours can be told apart."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rochdale.shared import charts, covers
from rochdale.shared.flow import Flow, Link, flow_svg

CSS = (Path(__file__).parent.parent / "static" / "shared" / "rochdale.css").read_text()
ICONS = (Path(__file__).parent.parent / "static" / "shared" / "icons.svg").read_text()

LINKS = [
    Link("in", "wallet", "Top-ups", "Wallets", 100_000_001),
    Link("wallet", "artist", "Wallets", "Artists", 70_000_000, "/why"),
    Link("wallet", "coop", "Wallets", "The co-op", 30_000_001),
    Link("coop", "rent", "The co-op", "Rent", 1),
]


@pytest.mark.parametrize("wide", [True, False])
def test_the_flow_is_well_formed_and_says_every_amount(wide):
    text = flow_svg(Flow("t", "EUR", LINKS), locale="en", wide=wide)
    drawn = ElementTree.fromstring(text)
    words = "".join(drawn.itertext())
    for amount in ("€100.000001", "€70.00", "€30.000001", "€0.000001"):
        assert amount in words
    assert "style=" not in text


def test_a_single_micro_can_be_seen():
    text = flow_svg(Flow("t", "EUR", LINKS), locale="en", wide=True)
    thinnest = min(float(height) for height in re.findall(r'<rect [^>]*height="([0-9.]+)"', text))
    assert thinnest >= 2.0


@pytest.mark.parametrize(
    "links",
    [
        [],
        [Link("a", "a", "A", "A", 5)],
        [Link("a", "b", "A", "B", 0)],
        [Link("a", "b", "A", "B", -5)],
    ],
)
def test_where_nothing_moved_there_is_no_picture(links):
    assert flow_svg(Flow("t", "EUR", links), locale="en", wide=True) == ""


def test_money_that_circles_can_be_drawn():
    circle = [Link("a", "b", "A", "B", 5), Link("b", "c", "B", "C", 5), Link("c", "a", "C", "A", 5)]
    assert flow_svg(Flow("t", "EUR", circle), locale="en", wide=True).startswith("<svg")


def test_names_cannot_smuggle_markup():
    evil = '<script>alert("x")</script>'
    flow = flow_svg(Flow(evil, "EUR", [Link("a", "b", evil, evil, 5, '"><script>')]), locale="en", wide=True)
    bars = charts.bars_svg(charts.Bars(evil, [charts.Bar(evil, 5)]), locale="en")
    goal = charts.goal_svg(1, 2, evil)
    assert "<script" not in flow + bars + goal


@pytest.mark.parametrize("values", [[5], [0, 0], [-3, 4], [10, 5, 0, -5]])
def test_bars_and_lines_take_any_numbers(values):
    ElementTree.fromstring(charts.bars_svg(charts.Bars("t", [charts.Bar("x", value) for value in values]), locale="en"))
    points = [(date(2026, 1, place + 1), value) for place, value in enumerate(values)]
    ElementTree.fromstring(charts.line_svg(charts.Line("t", points, "EUR"), locale="en"))


def test_an_empty_line_is_nothing():
    assert charts.line_svg(charts.Line("t", []), locale="en") == ""


@pytest.mark.parametrize(("done", "total", "words"), [(0, 0, "0"), (1, 3, "33"), (5, 4, "100"), (-1, 4, "0")])
def test_a_goal_stays_between_nothing_and_all(done, total, words):
    assert f"<strong>{words}%" in charts.goal_svg(done, total, "x")


@pytest.mark.parametrize("kit", ["music", "lending", "stays", "produce", "no such kit", ""])
def test_every_kit_has_a_cover_and_each_seed_its_own(kit):
    first, again, other = covers.drawing(kit, "a"), covers.drawing(kit, "a"), covers.drawing(kit, "b")
    ElementTree.fromstring(first)
    assert first == again
    assert first != other


def _tokens(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", CSS, re.S)[:2]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", light if scheme == "light" else dark))


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_ON = [
    (text, ground)
    for ground in ("paper", "surface", "sunk")
    for text in ("ink", "quiet", "brand", "brand-deep", "accent", "info", "ok", "warn", "bad")
]
TEXT_ON += [
    ("on-brand", "brand"),
    ("on-brand", "brand-deep"),
    ("brand-deep", "brand-tint"),
    ("ink", "gold-tint"),
    ("surface", "bad"),
]
TEXT_ON += [(text, f"{tone}-tint") for tone in ("info", "ok", "warn", "bad") for text in ("ink", tone)] + [("ink", "brand-tint")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(scheme, text, ground):
    tokens = _tokens(scheme)
    assert contrast(tokens[text], tokens[ground]) >= 4.5, f"{text} on {ground} in {scheme}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_fields_and_the_focus_ring_can_be_seen(scheme):
    tokens = _tokens(scheme)
    for shape in ("edge", "info"):
        for ground in ("paper", "surface"):
            assert contrast(tokens[shape], tokens[ground]) >= 3


def test_the_style_sheet_knows_no_left_or_right():
    rules = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
    assert not re.findall(
        r"(?:margin|padding|border|inset)-(?:left|right)|[{;]\s*(?:left|right)\s*:|text-align:\s*(?:left|right)", rules
    )


def test_every_icon_is_well_formed_and_named_once():
    names = re.findall(r'<symbol id="([a-z]+)"', ICONS)
    ElementTree.fromstring(ICONS)
    assert len(names) == len(set(names))


def test_every_menu_has_an_icon_there_is():
    from rochdale.shared import module

    names = set(re.findall(r'<symbol id="([a-z]+)"', ICONS))
    used = {item.icon for plug in module.installed() for item in plug.menu() if item.icon}
    assert used <= names, f"no such icon: {sorted(used - names)}"
