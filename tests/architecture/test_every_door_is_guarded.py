"""Every way in is guarded: each action asks who may, each page says who may open it, each API
operation asks who is there. Then all of them are tried: by nobody, and by an outsider with a
log-in who belongs to no co-op; with ids nobody has and with ids of another co-op. Nothing may change."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from rochdale.cooperatives.testing import log_in_for, signed_in
from rochdale.members import testing as members
from rochdale.shared import action as acting
from rochdale.shared import clock, coops, links, module

DOORS_THEMSELVES = {"rochdale.audit.actions"}
"""What every action goes through cannot be an action."""

ONLY_CHECKS = {"rochdale.bylaws.actions.check_values", "rochdale.sectors.music.actions.is_own"}
"""They look at what is given and write nothing."""

LIBRARIES = ("allauth.", "ninja.", "django.views.", "django.contrib.", "functools")
"""Their views guard themselves: log-in pages, the API's own dispatch, choosing a language."""

ONCE_FOR_ALL = {"sessions", "django_session", "rochdale_cache", "procrastinate_jobs", "procrastinate_events", "audit_alert"}
"""Tables that any visit may touch; whoever tries ids that are not here leaves an alert."""

ROOT = Path(__file__).parents[2] / "rochdale"
BEHIND = re.compile(r"(rochdale(?:\.sectors)?\.[a-z]+)\.actions(?:\.[a-z_]+ import| import _|\.[a-z_]+ as)")

TRIES = ("11111111-1111-7111-8111-111111111111", "999999999")


# Actions


def action_modules() -> Iterator[Any]:
    """Yield the face of each module's actions; files behind a package's face are its own steps."""
    for plug in module.installed():
        if plug.part("actions") is not None:
            yield importlib.import_module(f"{plug.name}.actions")


def test_nobody_reaches_behind_the_face_of_actions() -> None:
    reached = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in ROOT.rglob("*.py")
        for line in file.read_text().splitlines()
        if (found := BEHIND.search(line)) is not None and found[1].replace(".", "/") not in file.as_posix()
    ]
    assert reached == []


def public_functions(place: Any) -> Iterator[tuple[str, Any]]:
    for name, function in vars(place).items():
        if not name.startswith("_") and inspect.isfunction(function) and function.__module__.startswith(place.__name__):
            yield name, function


def test_every_public_function_of_actions_is_an_action() -> None:
    bare = [
        f"{place.__name__}.{name}"
        for place in action_modules()
        if place.__name__ not in DOORS_THEMSELVES
        for name, function in public_functions(place)
        if not hasattr(function, "description") and f"{place.__name__}.{name}" not in ONLY_CHECKS
    ]
    assert bare == [], "these write without asking who may: make them actions, or private steps"


def test_every_action_is_named_after_its_module() -> None:
    wrong = [
        description.code
        for place in action_modules()
        for _name, function in public_functions(place)
        if (description := getattr(function, "description", None)) is not None
        and description.code.partition(".")[0] not in place.__name__.split(".")
    ]
    assert wrong == []


def test_every_action_says_in_words_who_may() -> None:
    assert [code for code, described in acting.registry.items() if not described.may.words] == []


def test_what_anybody_may_do_is_written_here() -> None:
    """An action open to everybody is rare and looked at: the list may only grow on purpose."""
    open_to_all = {
        code for code, described in acting.registry.items() if described.may.words == "everybody" and not code.startswith("test_")
    }
    assert open_to_all <= {"messages.queue_code"}


# Pages


@dataclass(frozen=True, slots=True)
class Door:
    """An address with places for ids, and the view behind it."""

    route: str
    view: Any
    converters: dict[str, Any]

    def addresses(self, ids: dict[str, list[str]]) -> Iterator[str]:
        """Yield the address with each id in its places."""
        if not self.converters:
            yield self.route
            return
        longest = max(len(ids[self.kind(each)]) for each in self.converters)
        for number in range(longest):
            address = self.route.lstrip("^")
            for name, converter in self.converters.items():
                values = ids[self.kind(name)]
                address = address.replace(f"<{_prefix_of(converter)}{name}>", values[number % len(values)])
                address = address.replace(f"<{name}>", values[number % len(values)])
            if "<" not in address:
                yield address

    def kind(self, name: str) -> str:
        converter = self.converters[name]
        return "uuid" if isinstance(converter, UUIDConverter) else "int" if isinstance(converter, IntConverter) else "text"


def _prefix_of(converter: Any) -> str:
    names = {
        "UUIDConverter": "uuid:",
        "IntConverter": "int:",
        "SlugConverter": "slug:",
        "PathConverter": "path:",
        "StringConverter": "str:",
    }
    return names.get(type(converter).__name__, "")


def doors(urlconf: str) -> list[Door]:
    return list(_walk(get_resolver(urlconf).url_patterns, "", {}))


def _walk(patterns: list[Any], before: str, converters: dict[str, Any]) -> Iterator[Door]:
    for each in patterns:
        route, more = before + str(each.pattern), {**converters, **each.pattern.converters}
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route, more)
        elif isinstance(each, URLPattern):
            yield Door(route, each.callback, more)


def of_a_library(view: Any) -> bool:
    return str(getattr(view, "__module__", "")).startswith(LIBRARIES)


@pytest.mark.parametrize("urlconf", [links.PUBLIC_URLS, links.COOP_URLS])
def test_every_page_says_who_may_open_it(urlconf: str) -> None:
    silent = sorted(
        f"{door.route} ({getattr(door.view, '__module__', '')}.{getattr(door.view, '__name__', '')})"
        for door in doors(urlconf)
        if not of_a_library(door.view) and not hasattr(door.view, "access")
    )
    assert silent == [], "put @web.everyone, @web.signed_in, @web.members_only or @web.officers(…) on these views"


def tables() -> dict[str, int]:
    """Return the number of rows of each table, in public and in the co-op of the moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname IN ('public', %s)",
            [coops.current()],
        )
        names = [row for row in cursor.fetchall() if row[1] not in ONCE_FOR_ALL]
        found = {}
        for schema, name in names:
            with coops.inside(schema):  # a co-op's role does not reach all of public
                cursor.execute(f'SELECT count(*) FROM "{schema}"."{name}"')
                found[f"{schema}.{name}"] = cursor.fetchone()[0]
    return found


def ids_of(schema: str) -> dict[str, list[str]]:
    """Return every id in a co-op's tables, by kind, besides ids nobody has."""
    found: dict[str, list[str]] = {"uuid": [TRIES[0]], "int": [TRIES[1]], "text": ["no-such-thing"]}
    with coops.inside(schema), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, t.typname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1] JOIN pg_type t ON t.oid = a.atttypid"
            " WHERE k.contype = 'p' AND k.connamespace = %s::regnamespace AND t.typname IN ('uuid', 'int8', 'int4')",
            [schema],
        )
        for table, column, kind in cursor.fetchall():
            if table == "django_migrations":
                continue
            cursor.execute(f'SELECT "{column}" FROM "{table}" LIMIT 1')
            found["uuid" if kind == "uuid" else "int"] += [str(row[0]) for row in cursor.fetchall()]
    return found


def furnish(schema: str) -> None:
    """Put people and what they did into a co-op, so that there is something foreign to ask for."""
    with coops.inside(schema), clock.at(members.NOW):
        for name in ("ada", "bruno", "carmen", "finn"):
            members.join(name)
        members.apply("eve", "listener")


@pytest.fixture
def visitors(coop: Any) -> dict[str, Client]:
    with coops.public():
        eve = log_in_for("zoe@example.org")
    return {"nobody": Client(), "outsider": signed_in(eve, strong=True)}


@pytest.mark.parametrize("who", ["nobody", "outsider"])
def test_no_page_changes_anything_for_strangers(coop: Any, second_coop: Any, visitors: dict[str, Client], who: str) -> None:
    """T17, T19, T20: every address × ids nobody has × ids of another co-op."""
    furnish(second_coop.schema_name)
    ids, before, wrong = ids_of(second_coop.schema_name), tables(), []
    for door in doors(links.COOP_URLS):
        if of_a_library(door.view) or not hasattr(door.view, "access"):
            continue
        asks_first = door.view.access not in ("everyone", "signed in")
        for address in list(door.addresses(ids))[: 2 if asks_first else None]:
            url = f"/c/{coop.slug}/{address}"
            for method in ("get", "post"):
                answer = getattr(visitors[who], method)(url, {"key": str(uuid4())} if method == "post" else None)
                kept_out = answer.status_code in (302, 303, 400, 403, 404, 405, 409, 422)
                if not kept_out and (asks_first or answer.status_code != 200):
                    wrong.append((method, url, answer.status_code))
    assert wrong == []
    coops.enter(coop.schema_name)
    assert tables() == before


@pytest.mark.parametrize("who", ["nobody", "outsider"])
def test_no_public_page_breaks_for_strangers(coop: Any, visitors: dict[str, Client], who: str) -> None:
    ids = {"uuid": [TRIES[0]], "int": [TRIES[1]], "text": ["no-such-thing"]}
    wrong = []
    for door in doors(links.PUBLIC_URLS):
        if of_a_library(door.view):
            continue
        for address in door.addresses(ids):
            answer = visitors[who].get(f"/{address}")
            if answer.status_code >= 500:
                wrong.append((address, answer.status_code))
    assert wrong == []


# The API


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    from rochdale.project import api

    schema = json.loads(json.dumps(api.build().get_openapi_schema(path_prefix="/api/v1/"), default=str))
    return [(path, method, said) for path, methods in schema["paths"].items() for method, said in methods.items()]


def calls(path: str, said: dict[str, Any], ids: dict[str, list[str]]) -> list[str]:
    """Return the address with ids in its places: one call where it has none."""
    places = [each for each in said.get("parameters", []) if each["in"] == "path"]
    if not places:
        return [path]
    numbers = {"integer": "int"}.get(places[0]["schema"].get("type", ""), "uuid")
    found = []
    for number in ids[numbers]:
        address = path
        for each in places:
            address = address.replace(f"{{{each['name']}}}", number)
        found.append(address)
    return found


def test_every_operation_of_the_api_asks_who_is_there() -> None:
    """Only reading what everybody may see goes without a log-in."""
    open_ones = [(method, path) for path, method, said in operations() if not said.get("security") and method != "get"]
    assert open_ones == []


@pytest.mark.parametrize("who", ["nobody", "outsider"])
def test_no_operation_of_the_api_changes_anything_for_strangers(
    coop: Any, second_coop: Any, visitors: dict[str, Client], who: str
) -> None:
    furnish(second_coop.schema_name)
    ids, before, wrong = ids_of(second_coop.schema_name), tables(), []
    for path, method, said in operations():
        for address in calls(path, said, ids):
            answer = getattr(visitors[who], method)(
                f"/c/{coop.slug}{address}",
                data="{}" if method != "get" else None,
                content_type="application/json",
                headers={"Idempotency-Key": str(uuid4())},
            )
            expected = {401} if who == "nobody" and said.get("security") else {200, 400, 401, 403, 404, 405, 409, 422}
            if answer.status_code not in expected or (answer.status_code == 200 and method != "get"):
                wrong.append((method, path, answer.status_code))
    assert wrong == []
    coops.enter(coop.schema_name)
    assert tables() == before
