"""What every ledger test stands on: declared accounts and kinds, rules in force, and good books afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rochdale.ledger import testing


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    with testing.declared():
        yield


@pytest.fixture
def books(coop: Any) -> Iterator[Any]:
    """Run inside a co-op, and check every truth about the books at the end."""
    yield coop
    testing.assert_books_good()
