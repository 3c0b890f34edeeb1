"""How a play becomes a posting: the accounts it moves money between, and its legs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rochdale.ledger import actions as ledger
from rochdale.ledger.actions import many
from rochdale.shared.actor import Actor

from . import rules

PLAY = "music.play"
FUNDING = "music.import_funding"
WALLET = "liabilities.wallet"
PAYABLE = "liabilities.artist_payable"
INCOME = "income.music_share"
VAT = "liabilities.vat"


@dataclass(frozen=True, slots=True)
class CoopAccounts:
    """The co-op's own accounts that every play shares."""

    income: int
    vat: int


def coop_accounts(*, actor: Actor, now: datetime, key: str, currency: str) -> CoopAccounts:
    """Return the co-op's income and tax accounts in a currency, opened if they are not yet."""
    return CoopAccounts(
        income=ledger.open_account(actor=actor, now=now, key=key, code=INCOME, currency=currency),
        vat=ledger.open_account(actor=actor, now=now, key=key, code=VAT, currency=currency),
    )


def personal_accounts(
    *, actor: Actor, now: datetime, key: str, code: str, currency: str, parties: list[UUID]
) -> Mapping[UUID, int]:
    """Return each party's account of one code, opened if it is not yet."""
    return many.open_accounts(actor=actor, now=now, key=key, code=code, currency=currency, parties=parties)


def legs(split: rules.Split, *, wallet: int, artist: int, coop: CoopAccounts) -> tuple[ledger.Leg, ...]:
    """Return the transfers of a charged play: from the wallet to the state, the artist and the co-op."""
    parts = ((coop.vat, split.tax, "tax"), (artist, split.artist, "artist"), (coop.income, split.coop, "co-op"))
    return tuple(ledger.Leg(debit=wallet, credit=account, amount=amount, role=role) for account, amount, role in parts if amount)


def source_of(track: int) -> str:
    """Name the thing a play's posting stems from: its track, so that a track's earnings can be read off the books."""
    return f"music.track:{track}"


def key_of(event: UUID) -> str:
    """Return the posting key of a play: one play is charged once, whoever tells of it again."""
    return f"{PLAY}:{event}"


def source_of_any_track() -> str:
    """Return what the source of every play's posting begins with."""
    return "music.track:"
