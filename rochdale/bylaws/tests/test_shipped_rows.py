"""What every shipped row must have, and the country facts that code and lawyers lean on."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rochdale.bylaws import catalogue, law, packs, wording
from rochdale.bylaws.packs import shipped

from .test_packs import content, row

TODAY = date(2026, 11, 23)
ALL = packs.names()
FORMS = {name for name in ALL if shipped(name).kind == "legal_form"}
EVERY_ROW = [(name, key) for name in ALL for key in shipped(name).rows]


def says(name: str, key: str, on: date = TODAY) -> law.LawValue | None:
    return law.law_at([shipped(name)], key, on)


def value(name: str, key: str, on: date = TODAY) -> Any:
    found = says(name, key, on)
    return found.value if found else None


def test_eleven_legal_forms_are_here() -> None:
    assert {"de", "es", "eu-sce", "fr-scic", "ie", "in-mscs", "in-prodco", "it", "ke", "uk", "us"} == FORMS
    assert len(EVERY_ROW) > 270


def test_every_value_has_a_day_a_source_and_a_status_and_reads_in_words() -> None:
    for name, key in EVERY_ROW:
        found = shipped(name).rows[key]
        for dated in found.values:
            assert dated.source
            assert dated.status in ("VERIFIED", "SECONDARY", "BACKGROUND")
            assert dated.valid_from.year >= 1890
            words = wording.bound(law.law_of(shipped(name), found, dated))
            assert words
            assert "{" not in words, f"{name}/{key} is shown as data, not in words: {words}"


def test_the_catalogue_names_and_explains_every_key_once_and_no_other() -> None:
    assert {key for _name, key in EVERY_ROW} == set(catalogue.KEYS)
    for name, key in EVERY_ROW:
        assert shipped(name).rows[key].title == catalogue.title(key), f"{name}/{key}"
        assert catalogue.explanation(key).endswith(".")


def test_a_key_that_the_catalogue_does_not_have_is_refused(tmp_path: Any) -> None:
    import yaml

    strange = row(key="members.colour")
    whole = content(strange)
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "pack.yaml").write_text(yaml.safe_dump(whole["pack"]))
    (tmp_path / "test" / "members.colour.yaml").write_text(yaml.safe_dump(strange))
    with pytest.raises(packs.PackError) as refused:
        packs.pin(tmp_path)
    assert refused.value.reason == "unknown_key"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"unit": "ratio", "values": {"2014-08-01": {"value": "0.33", "source": "s", "status": "VERIFIED"}}}, "fraction"),
        ({"unit": "ratio", "values": {"2014-08-01": {"value": "1/0", "source": "s", "status": "VERIFIED"}}}, "fraction"),
        ({"unit": "surplus", "values": {"2014-08-01": {"value": 20, "source": "s", "status": "VERIFIED"}}}, "of, base"),
        *(
            (
                {
                    "unit": "surplus",
                    "values": {
                        "2014-08-01": {
                            "value": {"of": "surplus", "base": "net", "order": 1, "pct": 20, "until": None, **wrong},
                            "source": "s",
                            "status": "VERIFIED",
                        }
                    },
                },
                why,
            )
            for wrong, why in (
                ({"of": "turnover"}, "surplus_of"),
                ({"base": "gross"}, "surplus_base"),
                ({"order": 0}, "order"),
                ({"pct": "many"}, "pct"),
                ({"until": "soon"}, "until"),
                ({"extra": 1}, "of, base"),
            )
        ),
    ],
)
def test_a_fraction_or_a_share_of_surplus_that_is_not_exact_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(packs.PackError, match=why):
        packs.parse(content(row(**changed)))


@given(place=st.integers(0, len(EVERY_ROW) - 1), on=st.dates(date(1890, 1, 1), date(2035, 1, 1)))
def test_the_law_of_a_day_is_the_latest_value_that_began(place: int, on: date) -> None:
    name, key = EVERY_ROW[place]
    begun = [dated for dated in shipped(name).rows[key].values if dated.valid_from <= on]
    found = says(name, key, on)
    if not begun:
        assert found is None
    else:
        latest = max(begun, key=lambda dated: dated.valid_from)
        assert found is not None
        assert (found.value, found.source, found.valid_from) == (latest.value, latest.source, latest.valid_from)


def test_parts_are_exact() -> None:
    third, fifth = says("es", "share.max_per_member.capital_part"), says("ke", "share.max_per_member.capital_part")
    assert third is not None
    assert fifth is not None
    assert (third.fraction, fifth.fraction) == (Fraction(1, 3), Fraction(1, 5))
    assert law.strictest([third, fifth]) == fifth
    quarter = says("es", "share.entry.min_paid")
    assert quarter is not None
    assert quarter.fraction == Fraction(1, 4)


@pytest.mark.parametrize(
    ("pack", "key", "expected", "status"),
    [
        ("es", "admission.decision", 3, "VERIFIED"),
        ("es", "admission.silence", ["admitted"], "VERIFIED"),
        ("es", "exit.refund.years", 5, "VERIFIED"),
        ("es", "exit.refund.min_part_a_year", "1/5", "VERIFIED"),
        ("es", "records.retention", 6, "VERIFIED"),
        ("it", "share.max_per_member", 100000, "VERIFIED"),
        ("it", "vote.wait", 90, "VERIFIED"),
        ("it", "vote.investors.max", "1/3", "BACKGROUND"),
        ("it", "records.retention", 10, "BACKGROUND"),
        ("de", "exit.notice", 3, "VERIFIED"),
        ("de", "exit.refund.months", 6, "VERIFIED"),
        ("de", "register.retention.after_exit", 3, "VERIFIED"),
        ("fr-scic", "members.categories.min", 3, "SECONDARY"),
        ("fr-scic", "public_bodies.capital_max", 50, "SECONDARY"),
        ("fr-scic", "records.retention", 10, "BACKGROUND"),
        ("eu-sce", "capital.min", 30000, "SECONDARY"),
        ("eu-sce", "members.min", 5, "VERIFIED"),
        ("in-mscs", "donation.max", 5, "VERIFIED"),
        ("in-mscs", "members.min", 100, "BACKGROUND"),
        ("in-prodco", "donation.max", 3, "VERIFIED"),
        ("in-prodco", "records.retention", 8, "BACKGROUND"),
        ("ke", "member.min_age", 18, "VERIFIED"),
        ("ke", "members.min", 10, "SECONDARY"),
        ("ke", "records.retention", 7, "BACKGROUND"),
        ("us", "report.form_1099patr", 10, "VERIFIED"),
        ("us", "patronage.qualified.cash", 20, "BACKGROUND"),
        ("activity-p2p-in", "p2p.first_loss", False, "SECONDARY"),
        ("activity-p2p-in", "p2p.escrow.settlement", 1, "SECONDARY"),
    ],
)
def test_the_facts_as_they_were_researched(pack: str, key: str, expected: Any, status: str) -> None:
    found = says(pack, key)
    assert found is not None
    assert (found.value, found.status) == (expected, status)


def test_who_sees_the_register_by_country() -> None:
    assert value("ie", "register.visibility")["who"] == "anyone"
    assert value("ie", "register.visibility")["holdings"] is True
    for name in FORMS - {"ie"}:
        visible = value(name, "register.visibility")
        assert (visible["who"], visible["names"], visible["holdings"]) == ("members", True, False), name
    assert "legitimate interest" in value("de", "register.visibility")["third_parties"]


def test_an_indian_rule_with_a_later_clause_begins_on_its_own_day() -> None:
    assert value("activity-p2p-in", "p2p.escrow", date(2024, 8, 16)) is not None
    assert value("activity-p2p-in", "p2p.escrow.settlement", date(2024, 11, 14)) is None
    assert value("activity-p2p-in", "p2p.escrow.settlement", date(2024, 11, 15)) == 1
