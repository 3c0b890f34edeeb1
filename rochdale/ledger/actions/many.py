"""Opening the accounts of many parties at once, for imports."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

from rochdale.ledger import catalogue
from rochdale.shared import may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

from .refused import UnknownAccountCode, WrongOwner

FIND = "SELECT party, id FROM ledger_account WHERE code = %s AND currency = %s AND party = ANY(%s::uuid[])"
OPEN = """
INSERT INTO ledger_account (code, party, currency, kind, scale, floor, client_money, opened_at)
SELECT %s, party, %s, %s, %s, %s, %s, %s FROM unnest(%s::uuid[]) AS party ON CONFLICT (code, party, currency) DO NOTHING
"""


@action("ledger.open_accounts", may=may.inside, about=("code", "currency"), recorded=False)
def open_accounts(
    *, actor: Actor, now: datetime, key: str, code: str, currency: str, parties: Collection[UUID]
) -> dict[UUID, int]:
    """Open a declared personal account for each party that has none; returns the account of every one.

    Opens in the order of the parties, so that two that open the same accounts wait in one direction.
    """
    plan = catalogue.account_plan(code)
    if plan is None:
        raise UnknownAccountCode(account=code)
    if plan.per != "party":
        raise WrongOwner(account=code, per="the co-op")
    currency = money.currency_code(currency)
    with connection.cursor() as cursor:
        cursor.execute(FIND, [code, currency, list(parties)])
        found: dict[UUID, int] = dict(cursor.fetchall())
        missing = sorted(set(parties) - set(found))
        if missing:
            cursor.execute(OPEN, [code, currency, plan.kind, money.SCALE, plan.floor, plan.client_money, now, missing])
            cursor.execute(FIND, [code, currency, missing])
            found |= dict(cursor.fetchall())
    return found
