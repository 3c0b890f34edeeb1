"""The page “Bring your books”: look first, then book what was shown."""

from __future__ import annotations

import gzip
import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as books
from rochdale.ledger import uploads
from rochdale.members import testing as people
from rochdale.members.testing_pages import Page

pytestmark = pytest.mark.usefixtures("coop")
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
PATH = "ledger/import/"
GOOD = "2015-01-24 Lyft\n  Expenses:Travel  33.92 EUR\n  Assets:Bank\n\n2015-01-25 Dues\n  Assets:Bank  50 EUR\n  Income:Dues\n"
BAD = "\n2015-01-26 Broken\n  Assets:Bank  5 EUR\n  Income:Dues  -4 EUR\n"


@pytest.fixture
def ada() -> Page:
    people.officer("ada", NOW)
    return Page("ada", NOW)


def text_of(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def upload(page: Page, data: bytes | str, *, name: str = "old.journal", **more: Any) -> HttpResponse:
    content = data.encode() if isinstance(data, str) else data
    return page.post(PATH, {"file": SimpleUploadedFile(name, content), **more})


def hidden(response: HttpResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: html.unescape(value) for name, value in found if name not in ("csrfmiddlewaretoken", "key")}


def balances() -> dict[str, int]:
    return {line.code: line.debits - line.credits for line in ledger.trial_balance()}


def test_the_treasurer_looks_and_then_books_what_was_shown(ada: Page) -> None:
    before = balances()
    assert "Look it through" in text_of(ada.get(PATH))
    seen = upload(ada, GOOD)
    said = text_of(seen)
    for words in (
        "Nothing is booked yet",
        "Book these 2 transactions",
        "assets.imported.bank",
        "all debits come to €83.92, all credits to €83.92; between them €0.00",
    ):
        assert words in said, words
    assert balances() == before
    assert ada.post(PATH, hidden(seen) | {"want": "book"}).status_code == 303
    new = {code: micro for code, micro in balances().items() if code not in before}
    assert new == {
        "assets.imported.bank": 16_080_000,
        "expenses.imported.travel": 33_920_000,
        "income.imported.dues": -50_000_000,
    }
    books.assert_books_good()
    again = text_of(upload(ada, gzip.compress(GOOD.encode()), name="old.journal.gz"))
    assert "There is nothing new to book" in again


def test_rejects_are_named_downloaded_and_can_be_left_out(ada: Page) -> None:
    seen = upload(ada, GOOD + BAD)
    assert "does not come to zero" in text_of(seen)
    assert "Book these" not in text_of(seen)
    file = ada.post(PATH, hidden(seen) | {"want": "rejects"})
    assert file["Content-Disposition"] == 'attachment; filename="old.journal.rejects.txt"'
    assert "2015-01-26 Broken" in text_of(file)
    refused = ada.post(PATH, hidden(seen) | {"want": "book"})
    assert refused.status_code == 422
    assert "assets.imported.bank" not in balances()
    assert ada.post(PATH, hidden(seen) | {"want": "book_good"}).status_code == 303
    assert balances()["assets.imported.bank"] == 16_080_000


def test_only_what_was_shown_is_booked(ada: Page) -> None:
    seen = hidden(upload(ada, GOOD))
    other = hidden(upload(ada, GOOD.replace("33.92", "3392")))
    answer = ada.post(PATH, other | {"shown": seen["shown"], "want": "book"})
    assert "not what they were when you looked" in text_of(answer)
    broken = ada.post(PATH, seen | {"content": "x" * 40, "want": "book"})
    assert broken.status_code == 422
    assert "assets.imported.bank" not in balances()


def test_what_the_file_leaves_open_is_asked_and_the_file_stays_chosen(ada: Page) -> None:
    table = "Date,Account,Amount\n03/04/2020,1200,5.00\n03/04/2020,8400,-5.00\n"
    asked = upload(ada, table, name="old.csv", currency="EUR")
    assert "may begin with the day or the month" in text_of(asked)
    assert "old.csv" in text_of(asked)
    kinds = ada.post(PATH, hidden(asked) | {"currency": "EUR", "dates": "dmy"})
    assert "Of 2 accounts the kind is not known" in text_of(kinds)
    seen = ada.post(PATH, hidden(kinds) | {"currency": "EUR", "dates": "dmy", "kinds": "1200=asset\n8400=income"})
    assert "2020-04-03" in text_of(seen)
    back = ada.post(PATH, hidden(seen) | {"want": "change"})
    assert "8400=income" in text_of(back)
    assert upload(ada, table, currency="XX").status_code == 422
    assert "the kind is asset" in text_of(upload(ada, table, kinds="1200=thing"))
    assert ada.post(PATH, {}).status_code == 422


def test_large_files_are_for_the_command(ada: Page) -> None:
    many = upload(ada, "; line\n" * (uploads.MOST_LINES + 1))
    assert many.status_code == 422
    assert "rochdale books import" in text_of(many)
    assert upload(ada, b"x" * (uploads.MOST_BYTES + 1)).status_code == 422


def test_only_the_treasurer_brings_books_in() -> None:
    people.officer("finn", NOW)
    assert Page("finn", NOW).get(PATH).status_code == 403
    assert Page("", NOW).get(PATH).status_code == 303
