"""The page “Bring your members”: look first, then enter who was shown."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from rochdale.ledger import testing as books
from rochdale.ledger import uploads
from rochdale.members import queries, testing
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page

pytestmark = pytest.mark.usefixtures("coop")
PATH = "members/import/"
MEMBERS = (
    "number,name,email,classes,joined\n17,Nuala Byrne,nuala@example.org,artist,2019-02-01\n23,Pedro Marín,,listener,2020-03-14\n"
)
SHARES = "number,date,kind,shares,amount\n17,2019-02-01,bought,10,100.00\n"


@pytest.fixture
def carmen() -> Page:
    testing.officer("carmen")
    return Page("carmen", NOW)


def text_of(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def upload(page: Page, members: str, shares: str = "", **more: Any) -> HttpResponse:
    files = {"file": SimpleUploadedFile("members.csv", members.encode())}
    if shares:
        files["shares"] = SimpleUploadedFile("shares.csv", shares.encode())
    return page.post(PATH, files | more)


def hidden(response: HttpResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: html.unescape(value) for name, value in found if name not in ("csrfmiddlewaretoken", "key")}


def test_the_secretary_looks_and_then_enters_who_was_shown(carmen: Page) -> None:
    assert "Look it through" in text_of(carmen.get(PATH))
    seen = upload(carmen, MEMBERS, SHARES)
    for words in ("Nothing is entered yet", "Enter these 2 members", "€100.00"):
        assert words in text_of(seen), words
    assert queries.member_by_number(17) is None
    assert carmen.post(PATH, hidden(seen) | {"want": "enter"}).status_code == 303
    nuala = queries.member_by_number(17)
    assert nuala is not None
    (held,) = queries.holdings([nuala.party], NOW)[nuala.party]
    assert (held.shares, held.paid) == (10, 100_000_000)
    books.assert_books_good()
    assert "There is nobody new" in text_of(upload(carmen, MEMBERS, SHARES))


def test_rejects_are_named_downloaded_and_can_be_left_out(carmen: Page) -> None:
    seen = upload(carmen, MEMBERS.replace("2020-03-14", "2020-02-31"), SHARES)
    assert "members, line 3" in text_of(seen)
    assert "Enter these" not in text_of(seen)
    file = carmen.post(PATH, hidden(seen) | {"want": "rejects_members"})
    assert file["Content-Disposition"] == 'attachment; filename="members.rejects.csv"'
    assert "Pedro" in text_of(file)
    assert carmen.post(PATH, hidden(seen) | {"want": "enter"}).status_code == 422
    assert carmen.post(PATH, hidden(seen) | {"want": "enter_good"}).status_code == 303
    assert queries.member_by_number(17) is not None
    assert queries.member_by_number(23) is None


def test_only_what_was_shown_is_entered(carmen: Page) -> None:
    seen, other = hidden(upload(carmen, MEMBERS)), hidden(upload(carmen, MEMBERS.replace("17,", "18,")))
    answer = carmen.post(PATH, other | {"shown": seen["shown"], "want": "enter"})
    assert "not what they were when you looked" in text_of(answer)
    assert carmen.post(PATH, seen | {"content": "x" * 40, "want": "enter"}).status_code == 422
    assert queries.member_by_number(18) is None


def test_what_is_open_is_asked_and_the_lists_stay_chosen(carmen: Page) -> None:
    asked = upload(carmen, MEMBERS.replace("2019-02-01", "03/04/2019").replace("2020-03-14", "05/04/2020"), SHARES)
    assert "may begin with the day or the month" in text_of(asked)
    assert "members.csv, shares.csv" in text_of(asked)
    seen = carmen.post(PATH, hidden(asked) | {"dates": "dmy", "classes": "artist=listener"})
    assert "Enter these 2 members" in text_of(seen)
    assert "artist=listener" in text_of(carmen.post(PATH, hidden(seen) | {"want": "change"}))
    assert "NAME=VALUE" in text_of(upload(carmen, MEMBERS, classes="artist"))
    assert carmen.post(PATH, {}).status_code == 422


def test_long_lists_are_for_the_command_and_others_for_the_secretary(carmen: Page) -> None:
    long = upload(carmen, MEMBERS + "\n" * (uploads.MOST_LINES + 1))
    assert "rochdale members import" in text_of(long)
    testing.officer("ada")
    assert Page("ada", NOW).get(PATH).status_code == 403
