"""What a founding may choose, and what modules may declare."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rochdale.bylaws import actions, commands, declarations, packs, queries, registry, wording
from rochdale.bylaws import testing as bylaws
from rochdale.shared import module
from rochdale.shared.refusals import Refusal

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTH = "bylaws.year_start_month"
BOTH = list(bylaws.PACKS)


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Declare bylaws of the test's own, and nothing else."""

    def plug(*own: module.Bylaw) -> None:
        kept = {rule.key: registry.Declared(rule, "Tests", "tests") for rule in own}
        monkeypatch.setattr(registry, "declared", lambda: kept)
        monkeypatch.setattr(registry, "_found", {key: each.rule for key, each in kept.items()})

    return plug


def bylaw(unit: Any, default: Any, **more: Any) -> module.Bylaw:
    return module.Bylaw("test.rule", unit, "A rule", "Help", default, lambda value: f"it is {value}", **more)


def test_every_pack_is_offered_legal_forms_first() -> None:
    kinds = [pack.kind for pack in queries.packs()]
    assert kinds == sorted(kinds, reverse=True)
    assert queries.pack("ie").country == "IE"
    assert queries.pack_hashes(BOTH) == {name: packs.pins()[name] for name in BOTH}


def test_the_law_says_how_many_founders() -> None:
    irish = queries.founders_minimum(["ie"], at=NOW)
    assert (irish.value, irish.source) == (7, "Industrial and Provident Societies Act 1893 s.5")
    assert queries.founders_minimum(["uk"], at=NOW).value == 3
    long_ago = datetime(1893, 1, 1, tzinfo=UTC)
    assert queries.founders_minimum(["ie"], at=long_ago).value == 7


def test_what_nobody_confirmed_is_put_before_the_founders_in_words() -> None:
    rows = {row.key: row for row in queries.rows_to_accept(BOTH, at=NOW)}
    assert set(rows) == {"members.min", "wallet.kind", "wallet.cap", "wallet.refund", "escrow.holder", "wallet.notify_above"}
    assert rows["wallet.cap"].value == "€150.00"
    assert rows["wallet.kind"].value == "limited network"
    assert "not read" in rows["members.min"].note.lower()


def test_an_amount_is_offered_in_the_unit_people_type(plugged: Any) -> None:
    plugged(bylaw("money", 50 * 10**6, law="wallet.cap", minimum=10**6))
    (offered,) = queries.rules_to_choose(BOTH, values={}, currency="EUR", at=NOW)
    assert (offered.value, offered.least, offered.most) == (Decimal(50), Decimal(1), Decimal(150))
    assert "at most €150.00" in offered.law_in_words
    assert queries.in_words("test.rule", "12.50", currency="EUR") == "it is €12.50"


def test_values_given_are_shown_and_choices_the_law_takes_away_are_not_offered(plugged: Any) -> None:
    plugged(bylaw("choice", "coop_client_account", choices=("coop_client_account", "under_the_mattress"), law="escrow.holder"))
    (offered,) = queries.rules_to_choose(BOTH, values={"test.rule": "coop_client_account"}, currency="EUR", at=NOW)
    assert offered.choices == ("coop_client_account",)
    assert queries.complaints(values={"test.rule": "under_the_mattress"}, names=BOTH, currency="EUR", at=NOW)[
        "test.rule"
    ].reason == ("out_of_bounds")


def test_a_plan_is_readable_in_chapters() -> None:
    chapters = queries.readable_plan({MONTH: 4}, BOTH, at=NOW)
    sentences = [rule.in_words for chapter in chapters for rule in chapter["rules"]]
    assert "A financial year begins on the first day of April." in sentences
    assert len(sentences) == len(registry.declared())


def test_checking_returns_the_whole_set_as_it_would_be_kept() -> None:
    checked = actions.check_values(values={MONTH: "4"}, packs=BOTH, currency="EUR", at=NOW)
    assert checked[MONTH] == 4
    assert set(checked) == set(registry.declared())
    assert actions.check_values(values=checked, packs=BOTH, currency="EUR", at=NOW) == checked
    with pytest.raises(actions.AboveMaximum):
        actions.check_values(values={MONTH: 13}, packs=BOTH, currency="EUR", at=NOW)


def test_a_word_about_an_undeclared_rule_is_refused() -> None:
    for ask in (lambda: queries.in_words("bylaws.colour", 1), lambda: queries.declared_rule("bylaws.colour")):
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.code == "bylaws.unknown_rule"


def test_what_modules_declare_is_whole() -> None:
    assert declarations.check_declarations(None) == []


@pytest.mark.parametrize(
    ("fault", "own"),
    [
        ("its default is refused (below_minimum)", bylaw("days", 0, minimum=1)),
        ("no pack has the row nothing.here", bylaw("days", 1, law="nothing.here")),
        ("counts in days, the row members.min in count", bylaw("days", 1, law="members.min")),
    ],
)
def test_a_bylaw_that_cannot_work_stops_the_program(plugged: Any, fault: str, own: module.Bylaw) -> None:
    plugged(own)
    assert any(fault in str(message.msg) for message in declarations.check_declarations(None))


def readers() -> Iterator[tuple[str, str]]:
    for each in registry.declared().values():
        yield each.rule.key, each.rule.used_by
    for plug in module.installed():
        for row in plug.law_rows():
            yield row.key, row.used_by


@pytest.mark.parametrize(("key", "reader"), sorted(set(readers())))
def test_every_reader_that_is_named_exists(key: str, reader: str) -> None:
    assert declarations.reader_exists(reader), f"{key} says {reader} reads it, which is not there"


def test_a_reader_that_is_not_there_is_seen() -> None:
    for dotted in ("rochdale.bylaws.queries.nothing", "rochdale.nowhere.f", "rochdale.bylaws", "rochdale.bylaws.queries.NOTHING"):
        assert not declarations.reader_exists(dotted)


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("percent", Decimal("12.5"), "12.5%"),
        ("money", 2_000, "€0.002"),
        ("days", 1, "1 day"),
        ("months", 3, "3 months"),
        ("yes_no", True, "yes"),
        ("count", 12_000, "12,000"),
        ("list", ["a", 2], "a, 2"),
        ("table", {"every": [2, 4]}, "every: 2, 4"),
        ("choice", "co_op", "co op"),
        ("text", None, "nothing"),
    ],
)
def test_a_value_in_words(unit: str, value: Any, words: str) -> None:
    assert wording.value(unit, value, "EUR") == words


def test_a_bound_in_words() -> None:
    found = queries.chosen_packs(BOTH)
    said = {
        key: wording.bound(law)
        for key in ("members.min", "wallet.cap", "share.withdrawable", "wallet.kind", "records.retention", "officer.disqualified")
        if (law := queries.law_among(found, key, NOW.date()))
    }
    assert said == {
        "members.min": "at least 7",
        "wallet.cap": "at most €150.00",
        "share.withdrawable": "not allowed",
        "wallet.kind": "only: limited network",
        "records.retention": "at least 6 years",
        "officer.disqualified": "forbidden: undischarged bankrupt, convicted of fraud or dishonesty",
    }
    british = queries.law_among(queries.chosen_packs(["uk"]), "gm.notice", NOW.date())
    assert british is not None
    assert wording.bound(british) == "to be said in the bylaws"


def test_the_command_lists_packs_and_fails_on_an_edited_one(monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner()
    good = run.invoke(commands.app, ["packs"])
    assert good.exit_code == 0
    assert "ie" in good.output
    monkeypatch.setattr(packs, "pins", lambda folder: {})
    assert run.invoke(commands.app, ["packs"]).exit_code == 1


def test_the_command_pins_a_release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(packs, "pin", lambda: {"ie": "a" * 64})
    assert "a" * 64 in CliRunner().invoke(commands.app, ["pin-packs"]).output


@pytest.mark.parametrize(
    ("names", "currency"),
    [(["ie"], "EUR"), (BOTH, "EUR"), (["uk"], "GBP"), (["uk", "activity-wallet-uk"], "GBP")],
)
def test_all_defaults_are_legal_under_every_shipped_law(names: list[str], currency: str) -> None:
    """A founding that decides nothing of its own must be possible in each country we ship."""
    assert set(actions.check_values(values={}, packs=names, currency=currency, at=NOW)) == set(registry.declared())
