"""Opening accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import catalogue
from rochdale.shared import may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

from .refused import UnknownAccountCode, WrongOwner

OPEN = """
INSERT INTO ledger_account (code, party, currency, kind, scale, floor, client_money, opened_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (code, party, currency) DO NOTHING RETURNING id
"""
FIND = "SELECT id FROM ledger_account WHERE code = %s AND party IS NOT DISTINCT FROM %s AND currency = %s"


@action("ledger.open_account", may=may.inside, about=("code", "currency", "party"), recorded=False)
def open_account(*, actor: Actor, now: datetime, key: str, code: str, currency: str, party: UUID | None = None) -> int:
    """Open an account that a module declared, or return the one that is open. Safe when many open it at once.

    Refuses an undeclared code, an unknown currency, a party on the co-op's own account and a
    missing party on a personal one.
    """
    plan = catalogue.account_plan(code)
    if plan is None:
        raise UnknownAccountCode(account=code)
    if (plan.per == "party") != (party is not None):
        raise WrongOwner(account=code, per=_("a party") if plan.per == "party" else _("the co-op"))
    currency = money.currency_code(currency)
    with connection.cursor() as cursor:
        cursor.execute(FIND, [code, party, currency])
        found = cursor.fetchone()
        if not found:
            cursor.execute(OPEN, [code, party, currency, plan.kind, money.SCALE, plan.floor, plan.client_money, now])
            found = cursor.fetchone()
        if not found:
            cursor.execute(FIND, [code, party, currency])
            found = cursor.fetchone()
    return int(found[0])
