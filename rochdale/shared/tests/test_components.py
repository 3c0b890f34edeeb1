"""Template components: what they say, to whom, and that nothing typed by people becomes markup."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from rochdale.shared import explain, frame, styleguide, tables
from rochdale.shared.locales import locale_name

EVIL = '<img src=x onerror="alert(1)">'


def rendered(text: str, **given: object) -> str:
    request = RequestFactory().get("/c/alpha/x?sort=name")
    request.coop = SimpleNamespace(name="Alpha", slug="alpha", country="IE", is_demo=False)  # type: ignore[attr-defined]  # as the middleware does
    return Template("{% load i18n ui %}" + text).render(Context({"request": request, "frame": frame.Frame(request), **given}))


def test_a_figure_with_an_address_can_be_asked():
    text = rendered('{% money 12345678 "EUR" "/why" %}')
    assert 'href="/why"' in text
    assert "€12.345678" in text


def test_a_figure_without_data_is_no_zero():
    assert "–" in rendered('{% money nothing "EUR" %}', nothing=None)
    assert "0" not in rendered('{% money nothing "EUR" %}', nothing=None)


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "€1,234.50"), ("de", "1.234,50\xa0€"), ("fr", "1\u202f234,50\xa0€"), ("hi", "€1,234.50")]
)
def test_money_follows_the_readers_language(language, expected):
    with translation.override(language):
        assert expected in rendered('{% money 1234500000 "EUR" %}')


def test_a_minus_is_a_minus():
    assert "−€0.002" in rendered('{% money -2000 "EUR" sign=True %}')
    assert "+€0.002" in rendered('{% money 2000 "EUR" sign=True %}')


def test_dates_are_the_co_ops_own():
    with timezone.override("Pacific/Auckland"):
        text = rendered("{% date at %} {% moment at %}", at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert "2 Mar 2026" in text


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [("en", "IE", "en_IE"), ("en", "", "en"), ("pt-br", "IE", "pt_BR"), ("xx", "IE", "en"), ("de", "ZZ", "de_DE")],
)
def test_the_locale_is_the_nearest_there_is(language, country, expected):
    assert locale_name(language, country) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{% pill evil evil %}",
        "{% chip evil evil evil %}",
        "{% page_head evil lead=evil eyebrow=evil %}{% endpage_head %}",
        "{% card title=evil %}{{ evil }}{% endcard %}",
        "{% stat evil note=evil %}{{ evil }}{% endstat %}",
        "{% empty evil %}{{ evil }}{% endempty %}",
        '{% notice "bad" title=evil %}{{ evil }}{% endnotice %}',
        "{% confirm evil action=evil consequences=lines cancel_url=evil %}{{ evil }}{% endconfirm %}",
        "{% show_as_table evil %}{{ evil }}{% endshow_as_table %}",
        "{% steps lines 1 %}",
        "{% timeline entries %}",
        "{% refusal evil %}",
        "{% goal 1 2 evil %}",
        "{% progress evil 1 2 evil %}",
        "{% cover evil evil %}",
        "{% data_table table %}",
        "{% explain answer %}",
    ],
)
def test_what_people_typed_never_becomes_markup(text):
    table = tables.Table(
        name="t",
        caption=EVIL,
        columns=[tables.Column("a", EVIL, main=True, sort=True), tables.Column("b", EVIL)],
        rows=[{"a": EVIL, "b": tables.Link(EVIL, EVIL)}, {"a": tables.Pill(EVIL, EVIL), "b": tables.Chip(EVIL, EVIL, EVIL)}],
        csv_url=EVIL,
    )
    answer = explain.Explanation(title=EVIL, rule=EVIL, lines=[explain.Line(EVIL, url=EVIL, number=EVIL)], privacy=EVIL)
    entries = [{"at": datetime(2026, 3, 1, tzinfo=UTC), "title": EVIL, "text": EVIL, "tone": EVIL}]
    found = rendered(text, evil=EVIL, lines=[EVIL], entries=entries, table=table, answer=answer)
    assert "<img" not in found


def test_a_table_says_what_sorts_it_and_links_the_other_way():
    table = tables.Table(
        name="",
        caption="Members",
        columns=[tables.Column("name", "Name", sort=True, main=True)],
        rows=[{"name": "Ada"}],
        order=tables.Order("name"),
    )
    text = rendered("{% data_table table %}", table=table)
    assert 'aria-sort="ascending"' in text
    assert 'href="?sort=-name#"' in text
    assert '<th scope="row">Ada</th>' in text


def test_an_empty_table_says_so_and_offers_no_file():
    table = tables.Table(
        name="t", caption="Members", columns=[tables.Column("a", "A")], rows=[], empty="Nobody yet.", csv_url="/x.csv"
    )
    text = rendered("{% data_table table %}", table=table)
    assert "Nobody yet." in text
    assert "x.csv" not in text


def test_a_wrong_field_is_tied_to_its_words():
    form = styleguide.SampleForm({"name": "", "amount": "1"})
    text = rendered("{% form_errors form %}{% field form.name %}", form=form)
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="id_name_help name_error"' in text
    assert 'id="id_name_help"' in text
    assert 'id="name_error"' in text
    assert 'href="#id_name"' in text
    assert 'role="alert"' in text


def test_each_form_gets_a_key_of_its_own():
    assert rendered("{% key_field %}") != rendered("{% key_field %}")


def test_asking_before_money_moves_says_what_will_happen():
    text = rendered(
        '{% confirm "Pay out" action="Pay" consequences=lines cancel_url="/back" %}{% endconfirm %}',
        lines=["€5 leave."],
        csrf_token="t",
    )
    assert 'name="key"' in text
    assert "csrfmiddlewaretoken" in text
    assert "€5 leave." in text
    assert "change nothing" in text


@pytest.mark.parametrize(
    ("name", "expected"), [("Ada Byrne", "AB"), ("Cher", "C"), ("", "?"), ("  ", "?"), ("宮本 茂", "宮茂"), ("“Q” Jones", "J")]
)
def test_initials_stand_for_a_name(name, expected):
    assert frame.initials(name) == expected


def test_days_need_no_time_zone():
    assert "1 Mar 2026" in rendered("{% date at %}", at=date(2026, 3, 1))
