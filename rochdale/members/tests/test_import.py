"""An old register comes in: numbers, days, classes, shares, and capital that agrees with the books."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as books
from rochdale.members import actions, importing, paper, queries, testing
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page
from rochdale.privacy import queries as vault
from rochdale.project import cli
from rochdale.shared import clock, coops
from rochdale.shared import module as plugs
from rochdale.shared.postgres import setup

SLUG, SCHEMA = "alpha", "coop_alpha"
MEMBERS = """\
Mitgliedsnummer;Name;Anschrift;E-Mail;Telefon;Art;Klasse;Eintritt
17;Nuala Ó Faoláin;"3 Quay St, Galway";nuala@example.org;+353 91 555 0101;person;artist;01.02.2019
23;Pedro Marín;;pedro@example.org;;person;listener+worker;14.03.2020
A-7;Hill Farm Ltd;1 Hill;;;Verein;supporter;02.01.2021
40;Rosa Bell;;nuala@example.org;;;listener;05.06.2021
"""
SHARES = """\
Mitgliedsnummer;Datum;Art;Anteile;Betrag
17;01.02.2019;gezeichnet;10;100,00
17;01.03.2019;eingezahlt;;60,00
17;01.04.2019;eingezahlt;;40,00
17;01.06.2022;withdrawn;4;40,00
23;14.03.2020;bought;5;50,00
A-7;02.01.2021;bought;100;1.000,00
"""


@pytest.fixture(autouse=True)
def _a_coop(monkeypatch: pytest.MonkeyPatch, public_db: Any, tmp_path: Path) -> Any:
    monkeypatch.setattr(setup, "prepare", lambda **options: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "180")
    (tmp_path / "members.csv").write_text(MEMBERS)
    (tmp_path / "shares.csv").write_text(SHARES)
    with coops.inside(SCHEMA):
        testing.join("ada")
    with clock.at(NOW):
        yield
    with coops.inside(SCHEMA):
        books.assert_books_good()
        broken = {
            rule.number: rows for plug in plugs.installed() for rule in plug.invariants() if (rows := list(rule.offending()))
        }
        assert broken == {}


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(["members", "import", "--coop", SLUG, *words])
    return int(end.value.code or 0)


def party_of(number: int) -> Any:
    found = queries.member_by_number(number)
    assert found is not None
    return found.party


def test_members_come_with_their_numbers_days_classes_and_shares(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("members.csv", "--shares", "shares.csv") == 0
    said = capsys.readouterr().out
    assert "4 members entered, 0 were there already" in said
    assert "Members 17 and 40 have the same email" in said
    with coops.inside(SCHEMA):
        assert [queries.member_by_number(number) is not None for number in (1, 17, 23, 40, 41)] == [True] * 5
        nuala = queries.member_by_number(17)
        assert nuala is not None
        assert (nuala.classes, nuala.effective_at) == (("artist",), datetime(2019, 2, 1, tzinfo=UTC))
        assert vault.read(nuala.party, "register") == {"name": "Nuala Ó Faoláin", "address": "3 Quay St, Galway"}
        assert vault.find("phone", "00353915550101") == [nuala.party]
        assert (queries.old_number(41), queries.old_number(17), queries.old_number(1)) == ("A-7", "17", "")
        (held,) = queries.holdings([nuala.party], NOW)[nuala.party]
        assert (held.shares, held.subscribed, held.paid) == (6, 60_000_000, 60_000_000)
        then = datetime(2019, 3, 15, tzinfo=UTC)
        (half_paid,) = queries.holdings([nuala.party], then)[nuala.party]
        assert (half_paid.shares, half_paid.paid) == (10, 60_000_000)
        assert queries.standing(party_of(23), datetime(2020, 4, 1, tzinfo=UTC)) == "listener+worker"
        account = ledger.account("equity.brought_in", "EUR")
        assert account is not None
        assert ledger.balance(account) == -1_110_000_000


def test_the_old_number_stands_in_the_register_its_copies_and_on_the_members_page() -> None:
    assert run("members.csv") == 0
    with coops.inside(SCHEMA):
        by = testing.officer("grace")
        shown = {line.number: line.old_number for line in queries.register(viewer=by, now=NOW).lines}
        assert (shown[41], shown[1]) == ("A-7", "")
        copy = queries.register_copy(NOW, NOW, "full")
        assert {line["number"]: line.get("old_number") for line in copy.lines}[41] == "A-7"
        assert "old_number" in queries.as_csv(copy).decode().splitlines()[0]
        assert "Old number" in paper.register_data(copy, coop="Alpha")["heads"]
        assert not any("old_number" in line for line in queries.register_copy(NOW, NOW, "names").lines)
    page = Page("grace", NOW)
    assert "Old number" in page.get("members/register/").content.decode()
    assert "A-7" in page.get("members/41/").content.decode()
    assert "Old number" not in page.get("members/1/").content.decode()


def test_the_next_member_gets_a_number_nobody_had() -> None:
    assert run("members.csv") == 0
    with coops.inside(SCHEMA):
        assert queries.number_of(testing.join("bruno")) == 42


def test_it_is_known_only_from_now_on() -> None:
    assert run("members.csv") == 0
    with coops.inside(SCHEMA):
        by = testing.officer("grace")
        before = datetime(2026, 3, 1, tzinfo=UTC)
        names = [line.name for line in queries.register(viewer=by, now=NOW, as_of=before).lines]
        assert "Pedro Marín" in names
        known = queries.register(viewer=by, now=NOW, as_of=before, known_at=before)
        assert "Pedro Marín" not in [line.name for line in known.lines]


def test_a_dry_run_changes_nothing_and_twice_is_once(capsys: Any) -> None:
    assert run("members.csv", "--shares", "shares.csv", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "Nothing was imported" in said
    assert "€1,110.00" in said
    with coops.inside(SCHEMA):
        assert queries.counts(NOW)["all"] == 1
    assert run("members.csv", "--shares", "shares.csv") == 0
    assert run("members.csv", "--shares", "shares.csv") == 0
    assert "0 members entered, 4 were there already" in capsys.readouterr().out
    with coops.inside(SCHEMA):
        assert queries.counts(NOW)["all"] == 5


def test_capital_comes_out_of_the_old_books_account(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "old.csv").write_text(
        "date,account,amount,currency\n2019-02-01,Assets:Bank,1110,EUR\n2019-02-01,Equity:Member shares,-1110,EUR\n"
    )
    with pytest.raises(SystemExit) as end:
        cli.main(["books", "import", "--coop", SLUG, "old.csv"])
    assert not end.value.code
    assert run("members.csv", "--shares", "shares.csv", "--against", "Equity:Member shares") == 0
    assert "which stands at €1,110.00; €0.00 would be left there" in capsys.readouterr().out
    with coops.inside(SCHEMA):
        account = ledger.account("equity.imported.member_shares", "EUR")
        assert account is not None
        assert ledger.balance(account) == 0


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1;Taken;;;;;listener;01.01.2020", "the member number 1 belongs to somebody here already"),
        ("17;Twice;;;;;listener;01.01.2020", "stands in line 2 already"),
        ("50;;;;;;listener;01.01.2020", "no name"),
        ("51;No class;;;;;baker;01.01.2020", "the class “baker” is none of"),
        ("52;Tomorrow;;;;;listener;01.01.2031", "lies in the future"),
        ("53;Never;;;;;listener;31.02.2020", "not a day of the calendar"),
        ("54;Bad mail;;nobody;;;listener;01.01.2020", "no e-mail address"),
        ("55;Bad kind;;;;ghost;listener;01.01.2020", "neither person nor organisation"),
        ("abc;No digit;;;;;listener;01.01.2020", "is no member number"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_nothing_changes(row: str, says: str, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "members.csv").write_text(MEMBERS + row + "\n")
    assert run("members.csv") == 1
    caught = capsys.readouterr()
    assert says in caught.out
    assert "[members.import_has_rejects]" in caught.err
    with coops.inside(SCHEMA):
        assert queries.counts(NOW)["all"] == 1
    assert says in (tmp_path / "members.csv.rejects.csv").read_text()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("99;01.02.2019;bought;1;10,00", "there is no member with this number"),
        ("23;01.02.2021;paid;;10,00", "more was paid than was subscribed"),
        ("23;01.02.2021;withdrawn;6;60,00", "more shares were given back than were held"),
        ("23;01.02.2021;withdrawn;1;11,00", "not what these shares were paid for"),
        ("23;01.02.2021;transfer;1;10,00", "write a transfer as the two"),
        ("23;01.02.2021;bought;3;10,00", "cannot cost this amount each"),
    ],
)
def test_a_bad_movement_takes_its_member_along_to_the_rejects(row: str, says: str, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "shares.csv").write_text(SHARES + row + "\n")
    assert run("members.csv", "--shares", "shares.csv") == 1
    assert says in capsys.readouterr().out
    with coops.inside(SCHEMA):
        assert queries.counts(NOW)["all"] == 1


def test_who_left_keeps_row_number_and_end(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "members.csv").write_text(
        "number,name,joined,left,reason,class\n5,Ann,2020-01-01,2022-07-01,died,listener\n6,Ben,2020-01-01,2023-01-01,,artist\n"
    )
    (tmp_path / "shares.csv").write_text(
        "number,date,kind,shares,amount\n6,2020-01-01,bought,2,20\n6,2023-02-01,withdrawn,2,20\n"
    )
    assert run("members.csv", "--shares", "shares.csv") == 0
    assert "Of them left since" in capsys.readouterr().out
    with coops.inside(SCHEMA):
        by = testing.officer("grace")
        assert not queries.is_effective(party_of(5), NOW)
        assert queries.is_effective(party_of(5), datetime(2021, 1, 1, tzinfo=UTC))
        assert queries.standing(party_of(6), NOW) == "non-member"
        then = queries.register(viewer=by, now=NOW, as_of=datetime(2021, 1, 1, tzinfo=UTC))
        assert [line.name for line in then.lines] == ["Ann", "Ben"]
        assert queries.counts(NOW)["artist"] == 0


def test_classes_are_translated(tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text("number,name,joined,class\n5,Ann,2020-01-01,gold\n6,Ben,2020-01-02,\n")
    assert run("members.csv", "--class", "gold=artist", "--class", "*=listener") == 0
    with coops.inside(SCHEMA):
        found = [queries.member_by_number(number) for number in (5, 6)]
        assert [each.classes for each in found if each] == [("artist",), ("listener",)]


def test_a_part_cannot_be_entered_by_anybody() -> None:
    from rochdale.shared.action import NotAllowed

    with coops.inside(SCHEMA), pytest.raises(NotAllowed):
        actions.import_members(
            actor=testing.actor("eve"), now=NOW, key="x", run=1, members=[], against="equity.brought_in", currency="EUR"
        )


@pytest.mark.slow
def test_two_thousand_members_come_in_at_a_good_pace(tmp_path: Path) -> None:
    """Ten thousand in well under a minute is the aim; a fifth of it here, with room for a busy machine."""
    many = "\n".join(f"{n},Member {n},2020-01-01,m{n}@example.org,listener" for n in range(10, 2010))
    (tmp_path / "m.csv").write_text(f"number,name,joined,email,class\n{many}\n")
    paid = "\n".join(f"{n},2020-01-01,bought,2,20.00" for n in range(10, 2010))
    (tmp_path / "s.csv").write_text(f"number,date,kind,shares,amount\n{paid}\n")
    began = time.process_time()  # what this program itself computes: a busy machine does not count
    assert run("m.csv", "--shares", "s.csv") == 0
    took = time.process_time() - began
    with coops.inside(SCHEMA):
        assert queries.shares_total(NOW)["paid"] >= 40_000_000_000
    assert took < 12, f"{took:.1f} s for 2,000 members; {Decimal(took) * 5:.0f} s for 10,000"


def test_importing_refuses_files_without_the_needed_columns(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "x.csv").write_text("who,when\nAnn,2020-01-01\n")
    assert run("x.csv") == 1
    assert "it has no column for number, name, joined" in capsys.readouterr().err
    assert importing.PART == 500
