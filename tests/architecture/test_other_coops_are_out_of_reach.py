"""T17, T19: a fully trusted officer of one co-op asks every address for what belongs to another.

The other co-op's numbers begin at 900,001, so none of them is by chance one of ours; the answer is a
refusal with not one byte of theirs, and nothing changes there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from rochdale.cooperatives import queries as cooperatives
from rochdale.cooperatives.testing import signed_in
from rochdale.members import testing as members
from rochdale.sectors.music import testing as music
from rochdale.shared import clock, coops, links
from rochdale.shared.postgres import roles

from . import test_every_door_is_guarded as guard

FOREIGN = ("Zebra", "Ada Byrne", "Bruno Okafor", "Carmen Ruiz", "Finn Walsh", "ada@example.org", "bruno@example.org")
FIRST = 900_001


def far_away(database: Any, schema: str) -> None:
    """Let the schema's numbers begin where nobody else's are."""
    with database.connect(roles.OWNER) as owner:
        for table, column in owner.execute(
            "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE a.attidentity <> '' AND c.relnamespace = %s::regnamespace AND c.relkind = 'r'",
            [schema],
        ).fetchall():
            owner.execute(f'ALTER TABLE {schema}."{table}" ALTER COLUMN "{column}" RESTART WITH {FIRST}')


def furnish(schema: str) -> None:
    with coops.inside(schema), clock.at(members.NOW):
        for name in ("ada", "bruno", "carmen", "finn"):
            members.join(name)
        members.apply("eve", "listener")
        music.track("Zebra Crossing", by=music.artist("Zebra"))


def ids_of(schema: str) -> dict[str, list[str]]:
    """Return ids of the other co-op alone, two of each table."""
    found: dict[str, list[str]] = {"uuid": [], "int": [], "text": []}
    with coops.inside(schema), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, t.typname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1] JOIN pg_type t ON t.oid = a.atttypid"
            " WHERE k.contype = 'p' AND k.connamespace = %s::regnamespace AND t.typname IN ('uuid', 'int8')",
            [schema],
        )
        for table, column, kind in cursor.fetchall():
            cursor.execute(f'SELECT "{column}" FROM "{table}" ORDER BY 1 DESC LIMIT 2')
            found["uuid" if kind == "uuid" else "int"] += [str(row[0]) for row in cursor.fetchall()]
    found["int"] = sorted({number for number in found["int"] if int(number) >= FIRST})
    found["text"] = found["int"] + sorted(set(found["uuid"]))
    found["uuid"] = sorted(set(found["uuid"]))
    return found


def asked(urlconf: str, ids: dict[str, list[str]]) -> Iterator[str]:
    """Every address with a place in it × the other co-op's ids."""
    for door in guard.doors(urlconf):
        if door.converters and not guard.of_a_library(door.view):
            yield from door.addresses(ids)
    for path, _method, said in guard.operations():
        if "{" in path:
            yield from (address.lstrip("/") for address in guard.calls(path, said, {**ids, "uuid": ids["text"]}))


@pytest.mark.slow
def test_an_officer_gets_nothing_of_another_co_op(own_database: Any) -> None:
    ours, theirs = own_database.coop, own_database.second_coop
    far_away(own_database, theirs.schema_name)
    furnish(theirs.schema_name)
    ids = ids_of(theirs.schema_name)
    assert len(ids["int"]) > 5
    assert len(ids["uuid"]) > 5
    with coops.inside(ours.schema_name), clock.at(members.NOW):
        members.join("grace")
        for office in ("treasurer", "secretary"):
            members.fill("grace", office)
    with coops.public():
        person = cooperatives.person(members.log_in("grace"))
    assert person is not None
    browser = signed_in(person, strong=True)
    with coops.inside(theirs.schema_name):
        before = guard.tables()

    wrong = []
    with clock.at(members.NOW):
        for address in sorted(set(asked(links.COOP_URLS, ids))):
            for method in ("get", "post"):
                answer = getattr(browser, method)(
                    f"/c/{ours.slug}/{address}",
                    data=json.dumps({}) if "api/" in address and method == "post" else {"key": str(uuid4())},
                    **({"content_type": "application/json"} if "api/" in address and method == "post" else {}),
                    headers={"Idempotency-Key": str(uuid4())},
                )
                body = b"".join(answer) if answer.streaming else answer.content
                seen = [word for word in FOREIGN if word.encode() in body]
                if seen or answer.status_code < 300 or answer.status_code >= 500:
                    wrong.append((method, address, answer.status_code, seen))
    assert wrong == []
    with coops.inside(theirs.schema_name):
        assert {name: rows for name, rows in guard.tables().items() if not name.startswith("public.")} == {
            name: rows for name, rows in before.items() if not name.startswith("public.")
        }
