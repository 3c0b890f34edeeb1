"""Fixtures every test may use: a co-op, a second one, public alone, or a database of one's own.

    coop, second_coop   two founded co-ops; the test runs inside `coop`, in a transaction rolled back at its end
    public_db           the same without a co-op: the public schema
    own_database        a fresh copy of the whole database, dropped afterwards: for races, crashes and
                        browsers; nothing is rolled back, `coops.inside(own_database.coop.schema_name)` enters

All run as the app's role, on real PostgreSQL. Do not use `transaction=True`, `live_server` or
`TransactionTestCase`: their flush would empty the registry of co-ops.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from rochdale.shared import coops
from rochdale.shared.postgres import setup, testing

if TYPE_CHECKING:
    from rochdale.cooperatives.models import Coop

FOUNDED_AT = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = {"alpha": "Alpha Music", "beta": "Beta Music"}


def _found_two() -> None:
    """Put two co-ops into the template that all tests copy."""
    from rochdale.cooperatives.models import Coop

    for slug, name in NAMES.items():
        schema = coops.schema_of(slug)
        coops.found(schema)
        with coops.public():
            Coop.objects.create(
                slug=slug, schema_name=schema, name=name, state="active", is_demo=False, listed=True,
                country="IE", currency="EUR", time_zone="Europe/Dublin", languages=["en"], kit="music", created_at=FOUNDED_AT,
            )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Make what is slow on purpose fast in tests."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(scope="session")
def template_database(django_test_environment: None, django_db_blocker: Any) -> str:
    """Return the name of the template database, built if need be."""
    testing.start()
    with django_db_blocker.unblock():
        return testing.template(_found_two)


@pytest.fixture(scope="session")
def django_db_setup(template_database: str) -> Iterator[None]:
    """Give the ordinary tests of this process one copy of the template; each test is rolled back."""
    with testing.copy_of(template_database) as name, setup.connected_as(testing.settings_for(name)):
        yield


@pytest.fixture
def public_db(db: None) -> Iterator[None]:
    """Run the test in the public schema."""
    coops.enter(coops.PUBLIC)
    yield
    coops.enter(coops.PUBLIC)


@pytest.fixture
def coop(public_db: None) -> Iterator[Coop]:
    """Run the test inside the co-op Alpha Music."""
    with _inside("alpha") as found:
        yield found


@pytest.fixture
def second_coop(public_db: None) -> Coop:
    """Return the co-op Beta Music; enter it with `coops.inside(second_coop.schema_name)`."""
    return _coop("beta")


@dataclass(frozen=True)
class OwnDatabase:
    """A copy of the database for one test."""

    name: str
    coop: Coop
    second_coop: Coop

    def connect(self, role: str = "rochdale_app") -> psycopg.Connection[Any]:
        """Connect directly as one of the roles, autocommit, outside of Django."""
        return testing.connect(role, self.name)


@pytest.fixture
def own_database(template_database: str, django_db_blocker: Any) -> Iterator[OwnDatabase]:
    """Give the test a database of its own, committed to for real. Threads: `coops.inside(…)`, then close the connection."""
    with (
        django_db_blocker.unblock(),
        testing.copy_of(template_database) as name,
        setup.connected_as(testing.settings_for(name)),
    ):
        yield OwnDatabase(name, _coop("alpha"), _coop("beta"))


def _coop(slug: str) -> Coop:
    from rochdale.cooperatives.models import Coop

    with coops.public():
        return Coop.objects.get(slug=slug)


@contextmanager
def _inside(slug: str) -> Iterator[Coop]:
    found = _coop(slug)
    coops.enter(found.schema_name)
    try:
        yield found
    finally:
        coops.enter(coops.PUBLIC)
