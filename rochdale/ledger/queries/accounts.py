"""Accounts: finding them, what may be spent of them, who may look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.ledger.rules import Leg
from rochdale.shared import action as acting
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .rows import one, rows

FIELDS = "id, code, party, currency, kind, floor, client_money, opened_at"


class NoSuchAccount(Refusal):
    code = "ledger.account_not_found"
    status = 404
    text = _("There is no such account, or it is not yours to see.")


READERS = frozenset({"treasurer", "cashier", "board", "chair", "auditor"})
"""Offices that answer for the books and may look at every account."""


@dataclass(frozen=True, slots=True)
class AccountDetail:
    id: int
    code: str
    party: UUID | None
    currency: str
    kind: str
    floor: int | None
    client_money: bool
    opened_at: datetime

    @property
    def guarded(self) -> bool:
        return self.floor is not None


def account(code: str, currency: str, party: UUID | None = None) -> int | None:
    """Return the id of an open account, or None."""
    found = one(
        "SELECT id FROM ledger_account WHERE code = %s AND currency = %s AND party IS NOT DISTINCT FROM %s",
        [code, currency, party],
    )
    return int(found[0]) if found else None


def account_detail(number: int) -> AccountDetail | None:
    """Return one account, whoever asks; pages ask `account_for`."""
    found = one(f"SELECT {FIELDS} FROM ledger_account WHERE id = %s", [number])  # noqa: S608  # our own words
    return AccountDetail(*found) if found else None


def accounts_of(party: UUID) -> list[AccountDetail]:
    """Return the accounts of a party, by code and currency."""
    found = rows(f"SELECT {FIELDS} FROM ledger_account WHERE party = %s ORDER BY code, currency", [party])  # noqa: S608
    return [AccountDetail(*row) for row in found]


def coop_accounts() -> list[AccountDetail]:
    """Return the co-op's own accounts, by code and currency."""
    found = rows(f"SELECT {FIELDS} FROM ledger_account WHERE party IS NULL ORDER BY code, currency")  # noqa: S608
    return [AccountDetail(*row) for row in found]


def account_for(viewer: Actor, number: int, now: datetime) -> AccountDetail:
    """Return an account that the viewer may see: their own, or any for the offices in `READERS`.

    Refuses others as if they did not exist, so that numbers tell nothing.
    """
    found = account_detail(number)
    if found is None or not may_read(viewer, found.party, now):
        raise NoSuchAccount()
    return found


def may_read(viewer: Actor, party: UUID | None, now: datetime) -> bool:
    """Say whether the viewer may see accounts and postings of this party (None: the co-op's own).

    Everybody sees their own. Offices of trust see all with a second factor, the auditor always;
    an access token, which has no second factor, sees only its holder's own.
    """
    if viewer.kind == "person" and viewer.party is not None and viewer.party == party:
        return True
    held = acting.held(viewer, now) & READERS if viewer.kind == "person" else frozenset()
    return bool(held) and (viewer.strong or held == {"auditor"})


def available(account: int) -> int | None:
    """Return what may be spent of a guarded account: balance less holds, above its floor. None for other accounts."""
    found = one("SELECT balance - held - floor FROM ledger_guardedbalance WHERE account_id = %s", [account])
    return int(found[0]) if found else None


def held(account: int) -> int:
    """Return what open holds keep on an account."""
    found = one("SELECT held FROM ledger_guardedbalance WHERE account_id = %s", [account])
    return int(found[0]) if found else 0


MISSING = """
SELECT b.account_id, (b.floor + b.held - b.balance - b.side * m.change)::bigint
FROM ledger_guardedbalance b JOIN (
    SELECT account, sum(amount) AS change FROM unnest(%s::bigint[], %s::bigint[]) AS t (account, amount) GROUP BY account
) m ON m.account = b.account_id
WHERE b.balance + b.side * m.change < b.floor + b.held
ORDER BY b.account_id
"""


def missing_for(legs: Sequence[Leg]) -> list[tuple[int, int]]:
    """Return what guarded accounts lack for these legs: pairs of account id and missing micro-units."""
    accounts = [leg.credit for leg in legs] + [leg.debit for leg in legs]
    changes = [leg.amount for leg in legs] + [-leg.amount for leg in legs]
    return [(int(account), int(missing)) for account, missing in rows(MISSING, [accounts, changes])]
