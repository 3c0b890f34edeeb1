"""Made-up content for the style guide: one of each component, with awkward names and figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from . import charts, explain, tables


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Your name", help_text="As it shall stand in the register.")
    email = forms.EmailField(label="E-mail", required=False)
    amount = forms.CharField(
        label="Amount", help_text="Digits, for example 12.50.", widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    share_class = forms.ChoiceField(
        label="I join as",
        choices=[("listener", "Listener"), ("artist", "Artist"), ("worker", "Worker")],
        widget=forms.RadioSelect,
    )
    country = forms.ChoiceField(label="Country", choices=[("IE", "Ireland"), ("GB", "United Kingdom")])
    why = forms.CharField(label="Anything we should know", required=False, widget=forms.Textarea)
    accept = forms.BooleanField(label="I have read the bylaws and accept them", help_text="You find them under More.")


def content() -> dict[str, Any]:
    """Return everything the style guide's template shows."""
    return {
        "kit": "music",
        "seed": "styleguide",
        "steps": ["Purpose", "Bylaws", "Founders", "Confirm"],
        "table": _table(),
        "nothing": tables.Table(
            name="none", caption="Nothing", columns=[tables.Column("a", "A")], rows=[], empty="No member has joined yet."
        ),
        "flow": _flow(),
        "bars": charts.Bars(
            "Plays by month", [charts.Bar("September", 1203), charts.Bar("October", 2410), charts.Bar("November", 12)]
        ),
        "line": charts.Line(
            "Cash", [(date(2026, 1, 1) + timedelta(days=30 * n), (n * n - 3) * 10_000_000) for n in range(9)], "EUR"
        ),
        "entries": [
            {
                "at": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
                "title": "The year's budget was adopted",
                "text": "31 for, 4 against, 2 abstained",
                "tone": "ok",
            },
            {
                "at": datetime(2026, 11, 2, 18, 5, tzinfo=UTC),
                "title": "Carmen Ruiz became secretary",
                "text": "For two years",
                "url": "#",
            },
        ],
        "form": SampleForm({"name": "", "email": "not an address", "amount": "12"}),
        "consequences": [
            "€40.00 leave the client account for Bruno Okafor's bank account, today.",
            "A second officer confirms first, because it is more than €20.",
            "Once the bank has it, only Bruno can send it back.",
        ],
        "explanation": _explanation(),
        "kits": ["music", "lending", "stays", "produce", "other"],
    }


def _table() -> tables.Table:
    names = ["Ada Byrne", "Bruno Okafor", "Maria Concepción de los Ángeles Fernández-Villaverde y Ortega", "Dilip Rao"]
    return tables.Table(
        name="members",
        caption="Members",
        columns=[
            tables.Column("name", "Name", main=True, sort=True),
            tables.Column("joined", "Joined", sort=True),
            tables.Column("state", "State"),
            tables.Column("share", "Part", end=True),
            tables.Column("paid", "Paid in", end=True, sort=True),
        ],
        rows=[
            {
                "name": tables.Link(name, "#"),
                "joined": date(2026, 3, place + 1),
                "state": tables.Pill("active", "ok") if place % 2 else tables.Pill("waiting", "warn"),
                "share": tables.Percent(Decimal("12.5") * place),
                "paid": tables.Money(25_000_000 * place + 2_000, "EUR", "#explained"),
            }
            for place, name in enumerate(names)
        ],
        order=tables.Order("joined"),
        page=tables.Page(2, 4, 12),
        csv_url="#",
        foot={"name": "Total", "paid": tables.Money(150_008_000, "EUR")},
    )


def _flow() -> charts.Flow:
    return charts.Flow(
        "Where this year's money came from and where it went",
        "EUR",
        [
            charts.Link("listeners", "plays", "Listeners", "Plays", 820_004_000, "#explained"),
            charts.Link("members", "capital", "Members", "Share capital", 300_000_000, "#explained"),
            charts.Link("plays", "artists", "Plays", "Artists", 480_120_010, "#explained"),
            charts.Link("plays", "coop", "Plays", "Running the co-op", 205_765_718, "#explained"),
            charts.Link("plays", "tax", "Plays", "Value added tax", 134_118_272, "#explained"),
        ],
    )


def _explanation() -> explain.Explanation:
    return explain.Explanation(
        title="What the artist earned from this play",
        rule="Of the price without tax, the artist gets seventy of a hundred. What cannot be divided goes to the artist.",
        micro=1_148,
        currency="EUR",
        lines=[
            explain.Line("Price of the first play", 2_000, "EUR"),
            explain.Line("Value added tax inside it, 23 %", -374, "EUR"),
            explain.Line("70 % of the rest", 1_138, "EUR", total=True),
        ],
        bylaw_version=3,
        bylaws=[("the artist's share", "#")],
        postings=[explain.Posted(4711, datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "Play", 1_138, "EUR", "#")],
        postings_count=1,
        as_of=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
        privacy="Who played the track is seen by that listener only.",
    )
