"""A whole co-op's life is written, and then everything that is kept is searched for the people in it: nothing is in clear.

Searched: every row of every table (public and the job queue included, bytes also as text), a dump by
pg_dump, what the program logged, and PostgreSQL's own log. What is in clear on purpose is listed in DECLARED.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection

from rochdale.cooperatives import actions as cooperatives
from rochdale.cooperatives.models import Person
from rochdale.cooperatives.testing import signed_in
from rochdale.founding import testing as founding
from rochdale.founding.rules import Invited
from rochdale.members import actions as people
from rochdale.members import queries as known
from rochdale.members import testing as members
from rochdale.members.testing import NOW, fresh_key
from rochdale.payments import actions as payments
from rochdale.payments import testing as desk
from rochdale.privacy import actions as privacy
from rochdale.sectors.music import testing as music
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops, money
from rochdale.shared.actor import Actor
from rochdale.shared.postgres import testing as server

LOG_IN = "quillon.login@marrowick.example"
LOG_IN_PHONE = "+353851119991"
DECLARED = {
    LOG_IN: {"public.cooperatives_person", "public.account_emailaddress"},
    LOG_IN_PHONE: {"public.cooperatives_person"},
}
"""One signs in by these, so they are in public, in clear (docs/explanation/privacy-model.md)."""
CLEAR = {
    "a name": "Quillon Zephyrine",
    "a name told at the desk": "Tamsin Vexley",
    "a postal address": "77 Sarsaparilla Crescent",
    "an e-mail address": "quillon.contact@marrowick.example",
    "a phone": "353857654321",
    "a phone told at the desk": "353851112229",
    "an organisation": "Obsidian Heron Cartel",
    "the words of a refusal": "the harpsichord was out of tune",
    "the words of an appeal": "my harpsichord is a clavichord",
    "what an outsider looked for": "curious about every ferret owner",
    "what an officer asked for": "the parcel of marzipan came back",
    "the reference of a payment": "thanks for the pangolin",
    "a listener in a file": "velvetpangolin",
    "a founder's address": "ninefounder@marrowick.example",
    "a typed PIN's name": "Wrong Name Entirely Kumquat",
}


@dataclass
class Life:
    """The filled database and what was logged while it was filled."""

    database: Any
    logged: str


@pytest.fixture
def life(own_database: Any, caplog: pytest.LogCaptureFixture) -> Iterator[Life]:
    with caplog.at_level(logging.DEBUG), clock.at(NOW):
        with coops.public():
            person = UUID(
                cooperatives.register_person(actor=actors.operator("test"), now=NOW, key="q", email=LOG_IN, phone=LOG_IN_PHONE)
            )
        with coops.inside(own_database.coop.schema_name):
            members.settle(NOW - timedelta(days=60))
            _members_and_applications(person)
            _desk_and_files()
            _looks()
        _pages()
        founding.begin(NOW, founders=[*founding.PEOPLE.values(), Invited(CLEAR["a founder's address"], ("worker",))])
        _provoke(own_database)
        yield Life(own_database, "\n".join(record.getMessage() + str(record.exc_info or "") for record in _ours(caplog)))


def _ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return what a host would log: Django's debug lines of statements are only there because this test asks for all."""
    return [record for record in caplog.records if record.name != "django.db.backends"]


def _members_and_applications(person: UUID) -> None:
    quillon = Actor(kind="person", via="page", person=person, sure_at=NOW)
    register = {"name": CLEAR["a name"], "address": CLEAR["a postal address"]}
    contact = {"email": CLEAR["an e-mail address"], "phone": "+" + CLEAR["a phone"]}
    made = people.apply(actor=quillon, now=NOW, key=fresh_key(), class_code="listener", register=register, contact=contact)
    grace, hana = members.officer("grace"), members.officer("hana")
    people.refuse_application(
        actor=grace, now=NOW, key=fresh_key(), application=made["application"], reason_code="details_not_proved",
        words=CLEAR["the words of a refusal"],
    )  # fmt: skip
    quillon = Actor(kind="person", via="page", person=person, party=known.party_of(person), sure_at=NOW)
    people.appeal_refusal(
        actor=quillon, now=NOW, key=fresh_key(), application=made["application"], words=CLEAR["the words of an appeal"]
    )
    people.decide_appeal(actor=hana, now=NOW, key=fresh_key(), application=made["application"], upheld=True)


def _desk_and_files() -> None:
    sheet, carmen = members.sheet(), members.officer("carmen")
    people.register_at_desk(
        actor=carmen, now=NOW, key=fresh_key(), register={"name": CLEAR["a name told at the desk"]},
        contact={"phone": "+" + CLEAR["a phone told at the desk"]}, pin_hash=sheet.pin_hash,
        code_hashes=list(sheet.code_hashes), class_code="supporter",
    )  # fmt: skip
    ada = members.join("ada")
    people.make_organisation(
        actor=carmen, now=NOW, key=fresh_key(), representative=ada, register={"name": CLEAR["an organisation"]}
    )
    desk.open_till(NOW)
    payments.top_up(
        actor=members.officer("ada"), now=NOW, key=fresh_key(), party=members.join("bruno"), amount=5 * money.ONE, currency="EUR",
        rail="bank", reference=CLEAR["the reference of a payment"],
    )  # fmt: skip
    music.imported([music.line(who=CLEAR["a listener in a file"])], now=NOW)


def _looks() -> None:
    members.known("eve")
    people.inspect_register(actor=members.actor("eve"), now=NOW, key=fresh_key(), purpose=CLEAR["what an outsider looked for"])
    request = privacy.ask_access(
        actor=members.officer("ada"), now=NOW, key=fresh_key(), party=members.known("bruno"), retention_class="contact",
        reason=CLEAR["what an officer asked for"],
    )  # fmt: skip
    privacy.open_access(actor=members.officer("grace"), now=NOW, key=fresh_key(), request=request)


def _pages() -> None:
    """Search and type as people do: what is in an address or a form must not be logged or kept either."""
    with coops.public():
        browser = signed_in(Person.objects.get(email="grace@example.org"), strong=True)
    assert browser.get("/c/alpha/members/register/", {"q": CLEAR["a name"]}).status_code == 200
    wrong = {"name": CLEAR["a typed PIN's name"], "class_code": "no such class", "key": fresh_key()}
    assert browser.post("/c/alpha/members/desk/register/", wrong).status_code < 500
    assert browser.get("/c/alpha/nowhere/", {"name": CLEAR["a name"]}).status_code == 404


def _provoke(own_database: Any) -> None:
    """Make the database refuse statements with names in them: its log must repeat none."""
    twice = (
        'INSERT INTO account_emailaddress (email, verified, "primary", user_id) '
        "SELECT %s, true, false, user_id FROM account_emailaddress, generate_series(1, 2) LIMIT 2"
    )
    with pytest.raises(IntegrityError), coops.public(), connection.cursor() as cursor:
        cursor.execute(twice, [CLEAR["an e-mail address"]])
    with own_database.connect() as app, pytest.raises(psycopg.Error):
        app.execute(f"SELECT * FROM no_such_table WHERE name = '{CLEAR['a name']}'")
    with own_database.connect() as app, pytest.raises(psycopg.Error):
        app.execute("SELECT 1/0 FROM (SELECT %s::text) AS t", [CLEAR["a name"]])


def found_in(text: str) -> set[str]:
    """Return which of the clear texts are in a text, as they are or written as hexadecimal bytes."""
    lower = text.lower()
    return {what for what, clear in CLEAR.items() if clear.lower() in lower or clear.encode().hex() in lower}


@pytest.mark.slow
def test_nothing_personal_is_kept_in_clear(life: Life) -> None:
    found: dict[str, set[str]] = {}
    declared: dict[str, set[str]] = {clear: set() for clear in DECLARED}
    rows = 0
    for place, text in _rows_of_all_tables(life.database):
        rows += 1
        for what in found_in(text):
            found.setdefault(what, set()).add(place)
        for clear in DECLARED:
            if clear in text.lower():
                declared[clear].add(place)
    assert rows > 300
    assert found == {}
    assert declared == DECLARED, "a log-in's address is in clear where it is declared and nowhere else"

    dump = _dump(life.database.name)
    assert "privacy_sealedrecord" in dump
    assert found_in(dump) == set()

    assert found_in(life.logged) == set()
    assert LOG_IN not in life.logged

    log = _server_log()
    assert "no_such_table" in log, "the server does log what it refuses"
    assert found_in(log) == set()


def _rows_of_all_tables(own_database: Any) -> Iterator[tuple[str, str]]:
    with server.connect("postgres", own_database.name) as root:
        tables = root.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert any(table == "procrastinate_jobs" for _schema, table in tables)
        for schema, table in tables:
            for (text,) in root.execute(f'SELECT t::text FROM "{schema}"."{table}" t'):  # type: ignore[arg-type]
                yield f"{schema}.{table}", text


def _dump(database: str) -> str:
    place = server.server.address("postgres", database)
    done = subprocess.run(
        [server.server.programs.path("pg_dump"), "-h", place["host"], "-U", "postgres", database],
        capture_output=True, check=True, env={"PGPASSFILE": place["passfile"]},
    )  # fmt: skip
    return done.stdout.decode()


def _server_log() -> str:
    return "\n".join(file.read_text(errors="replace") for file in (server.server.data / "log").glob("*.log"))


def test_the_test_would_find_something() -> None:
    assert found_in("x quillon ZEPHYRINE x") == {"a name"}
    assert found_in("\\x" + b"thanks for the pangolin".hex()) == {"the reference of a payment"}
