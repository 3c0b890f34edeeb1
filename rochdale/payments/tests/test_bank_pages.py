"""The treasurer's bank and months by pages, over the API and from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from typer.testing import CliRunner

from rochdale.ledger import queries as ledger
from rochdale.members import queries as members
from rochdale.members import testing as people
from rochdale.members.testing_pages import Page
from rochdale.members.tests.test_api import call
from rochdale.payments import commands, queries
from rochdale.payments import testing as desk
from rochdale.payments.tests.test_months import APRIL, CAST, MARCH, closed_march, ready
from rochdale.shared import clock, coops
from rochdale.shared.money import ONE
from rochdale.shared.postgres import setup

pytestmark = pytest.mark.usefixtures("coop")
CSV = (
    "date,amount,balance,counterparty,reference\n2026-03-10,20.00,20.00,B. Okafor,wallet {number}\n2026-03-31,-2.00,18.00,,fee\n"
)


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def bruno() -> Any:
    for name in CAST:
        people.join(name, MARCH)
    return people.known("bruno")


def upload(page: Page, content: str | bytes, **more: str) -> HttpResponse:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("march.csv", data, content_type="text/csv")
    return page.post("money/bank/statements/", {"place": "client", "profile": "generic", "file": file, **more})


def test_a_statement_is_brought_in_matched_and_the_rest_is_booked(bruno: Any) -> None:
    number = members.number_of(bruno)
    desk.top_up(bruno, 20 * ONE, MARCH, rail="bank")
    ada = Page("ada", APRIL)
    assert "No statement was brought in yet" in text_of(ada.get("money/bank/"))
    assert upload(ada, CSV.format(number=number)).status_code == 303
    shown = text_of(ada.get("money/bank/?place=client"))
    assert "the reference names the member or receipt" in shown
    assert "ties out" in text_of(ada.get("money/bank/statements/"))
    (choice,) = queries.worklist("client", "EUR", APRIL).choices
    data = {"place": "client", "lines": str(choice.lines[0].id), "entries": str(choice.entries[0].posting), "score": "90"}
    assert ada.post("money/bank/match/", data).status_code == 303
    again = ada.post("money/bank/match/", data)
    assert (again.status_code, "is matched already" in text_of(again)) == (422, True)
    fee = desk.line_of(-2 * ONE)
    assert "It is wallet money that was paid back" in text_of(ada.get(f"money/bank/lines/{fee}/?number={number}"))
    assert ada.post(f"money/bank/lines/{fee}/", {"how": "suspense"}).status_code == 200
    assert ada.post(f"money/bank/lines/{fee}/", {"how": "fee"}).status_code == 303
    assert "Bank and books say the same" in text_of(ada.get("money/bank/"))
    assert "Reconciled balance" in text_of(ada.get("money/bank/how/client/"))
    match = queries.matches("client", "EUR")[0].id
    assert "No money moves" in text_of(ada.get(f"money/bank/matches/{match}/"))
    assert ada.post(f"money/bank/matches/{match}/", {"reason_code": "mistake"}).status_code == 303
    assert ada.get(f"money/bank/matches/{match}/").status_code == 404
    assert "Reckoned from the bank" in text_of(ada.get("money/cover/"))
    assert ada.get("money/cover/history.csv").status_code == 200


def test_a_members_money_is_topped_up_from_its_line(bruno: Any) -> None:
    number = members.number_of(bruno)
    ada = Page("ada", APRIL)
    upload(ada, CSV.format(number=number))
    line = desk.line_of(20 * ONE)
    assert f"Top up the wallet of member {number}" in text_of(ada.get(f"money/bank/lines/{line}/?number={number}"))
    asked = f"money/desk/members/{number}/move/?kind=top_up&amount=20&rail=bank&bank_line={line}"
    assert "With the bank" in text_of(ada.get(asked))
    data = {"kind": "top_up", "amount": "20", "rail": "bank", "bank_line": str(line)}
    assert ada.post(f"money/desk/members/{number}/move/", data).status_code == 303
    assert queries.wallet(bruno, "EUR").balance == 20 * ONE
    assert queries.matches("client", "EUR")[0].why == "top_up"


def test_bad_files_are_refused_on_the_page_and_nothing_is_kept(bruno: Any) -> None:
    ada = Page("ada", APRIL)
    for content in (b"\x00\x01", b"hello", b"date,amount\n2026-03-02,=1\n", b"x" * 8_000_001):
        refused = upload(ada, content)
        assert (refused.status_code, "Nothing" in text_of(refused)) == (422, True)
    assert upload(ada, "").status_code == 200, "an empty file is said beside its field"
    assert queries.statements("client", "EUR") == []


def test_a_month_is_closed_by_pages(bruno: Any) -> None:
    ready()
    ada, hana = Page("ada", APRIL), Page("hana", APRIL)
    assert "ready to be closed" in text_of(ada.get("money/months/"))
    assert "Say that this month is ready?" in text_of(ada.get("money/months/2026-03/"))
    assert "Another month comes first" in text_of(ada.get("money/months/2026-04/"))
    assert ada.get("money/months/2026-13/").status_code == 404
    assert ada.post("money/months/2026-03/").status_code == 303
    assert "The auditor or the board closes it" in text_of(ada.get("money/months/2026-03/"))
    assert "never opened again" in text_of(hana.get("money/months/2026-03/"))
    assert hana.post("money/months/2026-03/", {"decision": "close"}).status_code == 303
    assert ada.get("money/months/2026-03/").status_code == 303
    report = text_of(ada.get("money/months/2026-03/report/"))
    assert "Closed by" in report
    assert "Hana Sato" in report
    assert "20" in text_of(ada.get("money/months/2026-03/trial-balance.csv"))
    assert Page("bruno", APRIL).get("money/months/").status_code == 403


def test_a_closed_month_is_corrected_by_pages(bruno: Any) -> None:
    closed_march()
    ada = Page("ada", APRIL)
    assert "Nothing was corrected" in text_of(ada.get("money/adjustments/"))
    data = {
        "month": "2026-03", "debit": "expenses.bank_fees", "credit": "assets.bank.own", "amount": "4",
        "reason_code": "left_out", "reason": "The fee of March",
    }  # fmt: skip
    assert "Nothing is booked before two others approve" in text_of(ada.get("money/adjustments/new/"))
    assert ada.post("money/adjustments/new/", data).status_code == 303
    (found,) = queries.adjustments(waiting=True)
    assert "Others decide" in text_of(ada.get(f"money/adjustments/{found.id}/"))
    for name in ("grace", "hana"):
        assert "The fee of March" in text_of(Page(name, APRIL).get(f"money/adjustments/{found.id}/"))
        assert Page(name, APRIL).post(f"money/adjustments/{found.id}/", {"decision": "close"}).status_code == 303
    assert "Adjusted later" in text_of(ada.get("money/months/2026-03/report/"))


def test_a_count_is_confirmed_by_a_second_person_on_its_page(bruno: Any) -> None:
    day = desk.open_till(MARCH)
    ada, finn = Page("ada", MARCH), Page("finn", MARCH)
    assert ada.get(f"money/desk/counts/{day}/").status_code == 404
    ada.post("money/desk/day/", {"counted": "0"})
    assert "Counts of the till" in text_of(finn.get("money/months/"))
    assert ada.post(f"money/desk/counts/{day}/").status_code == 422
    assert finn.post(f"money/desk/counts/{day}/").status_code == 303
    assert "two people counted" in text_of(ada.get(f"money/desk/counts/{day}/"))


def test_all_of_it_over_the_api(bruno: Any) -> None:
    number = members.number_of(bruno)
    posting = desk.top_up(bruno, 20 * ONE, MARCH, rail="bank")["posting"]
    ada = Page("ada", APRIL)
    body = {"place": "client", "content": CSV.format(number=number)}
    status, done = call(ada, "post", "money/bank-statements", body)
    assert (status, done["new"], done["off_by"]) == (200, 2, 0)
    assert call(ada, "post", "money/bank-statements", body)[1]["again"] is True
    assert call(ada, "post", "money/bank-statements", body | {"content": "x"})[0] == 422
    _status, found = call(ada, "get", "money/bank/client")
    assert found["books"] - found["outstanding"] + found["unmatched"] == found["said"] == found["bank"]
    line = found["choices"][0]["lines"][0]["id"]
    status, match = call(ada, "post", "money/bank-matches", {"lines": [line], "entries": [posting]})
    assert status == 200
    assert call(ada, "post", f"money/bank-matches/{match['match']}/undo", {"reason_code": "mistake"})[0] == 200
    assert call(ada, "post", "money/bank-matches", {"lines": [line], "entries": [posting]})[0] == 200
    fee = desk.line_of(-2 * ONE)
    reason = {"how": "suspense", "reason_code": "bank_asked"}
    assert call(ada, "post", f"money/bank-lines/{fee}/booking", reason)[0] == 200
    assert call(ada, "post", f"money/bank-lines/{fee}/placing", {"how": "fee"})[0] == 200
    points = call(ada, "get", "money/months/2026-03")[1]["points"]
    assert "payments.reconciled" in {point["code"] for point in points}
    assert call(ada, "post", "money/month-proposals", {"month": "2026-03"})[1]["code"] == "payments.month_not_ready"
    assert call(Page("bruno", APRIL), "get", "money/bank/client")[0] == 403
    assert call(Page("", APRIL), "get", "money/reconciled")[1]["until"] is None


def test_months_and_corrections_over_the_api(bruno: Any) -> None:
    ready()
    proposal = call(Page("ada", APRIL), "post", "money/month-proposals", {"month": "2026-03"})[1]["proposal"]
    hana = Page("hana", APRIL)
    assert call(hana, "post", f"money/month-proposals/{proposal}/decision", {"close": True})[1]["state"] == "closed"
    assert call(Page("", APRIL), "get", "money/reconciled")[1]["until"] == "2026-03-31"
    body = {
        "month": "2026-03", "currency": "EUR", "reason_code": "left_out", "reason": "A fee",
        "legs": [{"debit": "expenses.bank_fees", "credit": "assets.bank.own", "amount": ONE}],
    }  # fmt: skip
    number = call(Page("ada", APRIL), "post", "money/adjustments", body)[1]["adjustment"]
    path = f"money/adjustments/{number}/decision"
    assert call(Page("grace", APRIL), "post", path, {"approve": True})[1]["state"] == "waits"
    assert call(hana, "post", path, {"approve": True})[1]["state"] == "posted"


def test_the_commands_bring_a_file_and_show_the_checklist(bruno: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "prepare", lambda **given: None)
    file = tmp_path / "march.csv"
    file.write_text(CSV.format(number=1))

    def run(*given: Any) -> Any:
        with clock.at(APRIL):
            return CliRunner().invoke(*given)

    done = run(commands.app, ["import-statement", str(file), "--coop", "alpha", "--until", "2026-03-31"])
    assert (done.exit_code, "2 lines, 2 new" in done.output) == (0, True), done.output
    assert "nothing was kept twice" in run(commands.app, ["import-statement", str(file), "--coop", "alpha"]).output
    coops.enter(coops.schema_of("alpha"))
    shown = run(commands.app, ["checklist", "--coop", "alpha"])
    assert (shown.exit_code, "to do" in shown.output) == (1, True)
    assert isinstance(run(commands.app, ["import-statement", "nowhere.csv", "--coop", "alpha"]).exception, commands.NoSuchFile)
    assert isinstance(run(commands.app, ["checklist", "--coop", "moon"]).exception, commands.NoSuchCoop)
    assert ledger.closed_periods() == []


def test_everybody_sees_up_to_where_the_books_were_held_against_the_bank(bruno: Any) -> None:
    visitor = Page("", APRIL)
    assert "Not yet held against the bank" in text_of(visitor.get("books/"))
    ready()
    shown = text_of(visitor.get("books/"))
    assert "Reconciled with the bank up to" in shown
    assert "31 Mar 2026" in shown
