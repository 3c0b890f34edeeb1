"""One odd cent and one odd micro: the same on the page, in the table's file, in the API and in beancount's own sums."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from rochdale.bylaws import testing as bylaws
from rochdale.ledger import export
from rochdale.ledger import testing as ledger
from rochdale.shared import clock, coops

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEAN_CHECK = Path(sys.executable).with_name("bean-check")


@pytest.mark.parametrize(("micro", "written"), [(10_000, "0.01"), (1, "0.000001"), (1_010_001, "1.010001")])
def test_an_odd_amount_is_found_everywhere(coop, client, tmp_path, micro, written):
    bylaws.adopt(NOW)
    with clock.at(NOW), ledger.declared():
        bank, wallet = ledger.opened("assets.test.bank"), ledger.opened("liabilities.test.wallet", party=uuid4())
        sales = ledger.opened("income.test.sales")
        ledger.posted((bank, wallet, 50_000_000), kind="test.top_up")
        ledger.posted((wallet, sales, micro), kind="test.sale")
        page = client.get("/c/alpha/books/").content.decode()
        table = client.get("/c/alpha/books/2026/income.csv").content.decode()
        statements = client.get("/c/alpha/api/v1/openbooks/2026").json()
        book = io.StringIO()
        with coops.inside(coop.schema_name):  # each request leaves in public
            export.write("beancount", book)

    assert f">€{written}</a>" in page
    assert Decimal(re.search(r"income\.test\.sales,([0-9.]+)", table)[1]) == Decimal(written)  # type: ignore[index]  # the line is there
    assert statements["income"][0]["micro"] == micro
    file = tmp_path / "alpha.beancount"
    file.write_text(book.getvalue())
    checked = subprocess.run([BEAN_CHECK, file], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    said = re.search(r"balance Income:Test:Sales +(-?[0-9.]+)", book.getvalue())
    assert said is not None
    assert Decimal(said[1]) == -Decimal(written)  # income stands on the credit side
