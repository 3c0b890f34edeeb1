"""Attacks that belong to no single module. Which test shows which attack: docs/explanation/attacks.md."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation

from rochdale.cooperatives import queries as cooperatives
from rochdale.cooperatives.testing import signed_in
from rochdale.ledger import actions as ledger
from rochdale.ledger import invariants
from rochdale.ledger import rules as books
from rochdale.ledger.testing import BOOKS, NOW, declared, inside, opened, posted
from rochdale.members import testing as members
from rochdale.sectors.music import testing as music
from rochdale.shared import action as acting
from rochdale.shared import clock, coops, links
from rochdale.shared.postgres import testing as server

from . import test_every_door_is_guarded as guard

# T11: somebody with all rights on the database


@pytest.fixture
def old_books(own_database: Any) -> Iterator[Any]:
    """Twenty sales from a wallet, the first ten of them in a closed set; yields the superuser's connection."""
    with declared(), coops.inside(own_database.coop.schema_name):
        bank, wallet, sales = (
            opened("assets.test.bank"),
            opened("liabilities.test.wallet", party=uuid4()),
            opened("income.test.sales"),
        )
        posted((bank, wallet, 1_000), kind="test.top_up")
        for number in range(20):
            posted((wallet, sales, 7), key=f"sale:{number}")
            if number == 9:
                with inside():
                    ledger.make_checkpoint(actor=BOOKS, now=NOW, key="c", whole=True, at_least=1)
        assert invariants.check_all() == {}
    with server.server.connect(database=own_database.name) as root:
        root.execute(f"SET search_path TO {own_database.coop.schema_name}")
        root.execute("SET session_replication_role = replica")
        yield root


ALL_OF_THE_LAST_FIVE = (
    "DELETE FROM ledger_transfer WHERE posting_id IN (SELECT id FROM ledger_posting ORDER BY id DESC LIMIT 5)",
    "DELETE FROM ledger_posting WHERE id IN (SELECT id FROM ledger_posting ORDER BY id DESC LIMIT 5)",
)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (("UPDATE ledger_transfer SET amount = 6 WHERE posting_id = (SELECT min(id) + 3 FROM ledger_posting)",), {"L2", "L7"}),
        (("DELETE FROM ledger_transfer WHERE posting_id = (SELECT max(id) FROM ledger_posting)",), {"L2", "L5"}),
        (ALL_OF_THE_LAST_FIVE, {"L2"}),
        (("UPDATE ledger_guardedbalance SET balance = balance + 1",), {"L2"}),
        (("UPDATE ledger_posting SET bylaws_version = 0 WHERE id = (SELECT min(id) FROM ledger_posting)",), {"L8"}),
    ],
)
def test_t11_a_superuser_who_edits_the_books_is_found_by_the_checks(
    own_database: Any, old_books: Any, statements: tuple[str, ...], found: set[str]
) -> None:
    for words in statements:
        assert old_books.execute(words).rowcount > 0
    with coops.inside(own_database.coop.schema_name):
        assert set(invariants.check_all()) >= found


# T12: what is hashed is hashed alike everywhere

MEMO = "caf\u00e9 cafe\u0301 🎵 \u202eabc\u202c"
POSTING = books.NewPosting("k", "test.sale", (books.Leg(1, 2, 7, "price"),), NOW, source=MEMO)


@pytest.mark.parametrize("language", ["en", "de", "hi", "ar"])
def test_t12_the_hash_of_a_memo_does_not_depend_on_language_or_release(language: str) -> None:
    """Pinned: a release that changes these values would refuse every repeated key."""
    with translation.override(language):
        assert books.body_hash(POSTING).hex() == POSTING_HASH
        assert acting.body_of({"words": MEMO, "amount": 7}) == ACTION_BODY


POSTING_HASH = "3b9fea94cd97a6cc7d4826a89387fd67b68fd08e415144c6186992af558bc68d"
ACTION_BODY = r'{"amount":7,"words":"caf\u00e9 cafe\u0301 \ud83c\udfb5 \u202eabc\u202c"}'


# T19, T21: lists, searches and exports of one's own co-op, asked for what is not there to be had

NASTY = (
    "'; DROP TABLE members_member; --",
    "1) OR 1=1 --",
    "(SELECT password FROM cooperatives_person LIMIT 1)",
    "\x00",
    "%s %(x)s {0} {{7*7}}",
    "9" * 40,
)
NAMES = (
    "q",
    "sort",
    "page",
    "currency",
    "source",
    "target",
    "as_of",
    "known_on",
    "action",
    "before",
    "number",
    "class",
    "limit",
    "at",
)
FOREIGN = ("Zebra", "zebra@example.org")


@pytest.fixture
def officer(coop: Any, second_coop: Any) -> Iterator[Client]:
    """Grace Lim, trusted with every office of Alpha Music; Beta Music has an artist named Zebra."""
    members.settle(members.NOW - timedelta(days=30))
    members.join("grace")
    for office in ("treasurer", "secretary"):
        members.fill("grace", office)
    music.top_up(members.known("grace"), "5", members.NOW)
    music.track("=cmd()", by=music.artist("@SUM(A1)", members.NOW), now=members.NOW)
    with coops.inside(second_coop.schema_name):
        members.settle(members.NOW - timedelta(days=30))
        music.track("Zebra Crossing", by=music.artist("Zebra", members.NOW), now=members.NOW)
    with coops.public():
        person = cooperatives.person(members.log_in("grace"))
    assert person is not None
    with clock.at(members.NOW):
        browser = signed_in(person, strong=True)
        browser.raise_request_exception = False
        yield browser


def lists() -> list[str]:
    """Every address of a co-op without a place in it that a library does not answer, and the API's reads."""
    pages = [door.route for door in guard.doors(links.COOP_URLS) if not door.converters and not guard.of_a_library(door.view)]
    reads = [path.lstrip("/") for path, method, _said in guard.operations() if method == "get" and "{" not in path]
    return sorted({page for page in pages if not page.startswith("^")} | set(reads))


def test_t21_nothing_typed_into_an_address_reaches_a_statement(coop: Any, officer: Client) -> None:
    coops.enter(coop.schema_name)
    before, wrong = guard.tables(), []
    for address in lists():
        for text in NASTY:
            answer = officer.get(f"/c/{coop.slug}/{address}", dict.fromkeys(NAMES, text))
            if answer.status_code >= 500:
                wrong.append((address, text, answer.status_code))
    assert wrong == []
    coops.enter(coop.schema_name)
    assert guard.tables() == before


def test_t19_lists_searches_and_exports_hold_nothing_of_another_co_op(coop: Any, officer: Client) -> None:
    seen, opened_pages = [], 0
    for address in lists():
        for given in ({}, {"q": "zebra"}):
            answer = officer.get(f"/c/{coop.slug}/{address}", given)
            body = (b"".join(answer) if answer.streaming else answer.content).replace(b'value="zebra"', b"")
            opened_pages += answer.status_code == 200
            seen += [(address, word) for word in FOREIGN if word.encode() in body]
    assert seen == []
    assert opened_pages > 30, "the officer really gets in"


def test_t21_no_cell_of_an_export_begins_a_formula(coop: Any, officer: Client) -> None:
    exports = [address for address in lists() if address.endswith(".csv")]
    assert exports
    for address in exports:
        answer = officer.get(f"/c/{coop.slug}/{address}")
        if answer.status_code != 200:
            continue
        cells = [cell.strip('"') for line in answer.content.decode().splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))], address


def test_t21_names_in_an_imported_file_are_kept_as_they_are(coop: Any) -> None:
    members.settle(music.NOW - timedelta(days=30))
    name = "Robert'); DROP TABLE music_track; -- %s {0}"
    music.imported([music.line(artist=name, track=name)])
    found = music.Track.objects.get()
    assert (found.title, found.artist.name) == (name, name)
