"""Money into a wallet at the desk."""

from __future__ import annotations

import pytest

from rochdale.ledger import queries as ledger
from rochdale.members import testing as people
from rochdale.payments import queries
from rochdale.payments import testing as desk
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")


def test_cash_at_the_desk_goes_on_the_wallet() -> None:
    bruno = people.join("bruno")
    done = desk.top_up(bruno, 20 * ONE)
    assert done["state"] == "done"
    wallet = queries.wallet(bruno, "EUR")
    assert (wallet.balance, wallet.available) == (20 * ONE, 20 * ONE)
    assert queries.in_till("EUR") == 20 * ONE
    assert queries.cover("EUR").covered
    found = queries.movement(done["receipt"])
    assert found is not None and (found.name, found.number, found.amount) == ("Bruno Okafor", 1, 20 * ONE)
    posting = ledger.posting(done["posting"])
    assert posting is not None and posting.standing == "artist"
