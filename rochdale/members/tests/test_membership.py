"""Entering members: numbers, classes, from when it counts, standing."""

from __future__ import annotations

import pytest

from rochdale.members import queries
from rochdale.members import testing as people
from rochdale.members.testing import NOW

pytestmark = pytest.mark.usefixtures("coop")


def test_members_get_numbers_in_order_and_standing() -> None:
    ada, bruno = people.join("ada"), people.join("bruno")
    assert queries.number_of(ada) == 1
    assert queries.number_of(bruno) == 2
    assert queries.standing(ada, NOW) == "listener"
    assert queries.standings([ada, bruno], NOW) == {ada: "listener", bruno: "artist"}
    assert queries.counts(NOW) == {"listener": 1, "artist": 1, "worker": 0, "supporter": 0, "all": 2}
