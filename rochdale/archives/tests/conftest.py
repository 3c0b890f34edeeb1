"""Alpha Music after some months: its archive and its host's backup, made once for all tests; and an empty second host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rochdale.shared.postgres import setup
from rochdale.shared.postgres import testing as server
from rochdale.shared.testing_browser import browser, browser_page, live_site, open_page

from . import stage

__all__ = ["alive", "browser", "browser_page", "live_site", "open_page", "second_host", "source"]


@pytest.fixture
def alive(own_database: Any) -> Iterator[Any]:
    """Give a database in which Alpha Music has members, money, plays and a closed set of postings."""
    stage.live("coop_alpha")
    yield own_database


@pytest.fixture(scope="session")
def source(template_database: str, django_db_blocker: Any) -> stage.Source:
    """Return what was taken from a host on which Alpha Music lives."""
    with (
        django_db_blocker.unblock(),
        server.copy_of(template_database) as name,
        setup.connected_as(server.settings_for(name)),
    ):
        stage.live("coop_alpha")
        return stage.taken(name)


@pytest.fixture
def second_host(template_database: str, django_db_blocker: Any) -> Iterator[str]:
    """Be the owner of another database, in which there is no co-op yet; its name."""
    with django_db_blocker.unblock(), stage.second_host(template_database) as name:
        yield name
