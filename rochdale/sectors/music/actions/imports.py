"""Import listening files: lines become plays, charged by the ladder like any other.

A file is imported in chunks, each one action and one transaction. Every play has an identity of
its own, so that a run that was killed is simply started again: what is there is not taken twice.
The postings are dated at the moment of the import, when the money moves; each play keeps the
time at which it was heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.cooperatives import queries as cooperatives
from rochdale.ledger import catalogue as plans
from rochdale.privacy import actions as privacy
from rochdale.sectors.music import queries
from rochdale.sectors.music.models import ImportChunk, ImportedListener, ImportRun
from rochdale.sectors.music.reader import Line
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import import_catalogue, import_people, import_plays
from .plays import take_turn

LARGEST_CHUNK = 5_000


class OnlyInADemo(Refusal):
    code = "music.only_in_a_demo"
    text = _(
        "Only a demo may pay for imported plays out of nothing. Nothing was imported; "
        "leave out --fund-from, and plays are charged to wallets that hold money."
    )


class CannotFundFrom(Refusal):
    code = "music.cannot_fund_from"
    status = 422
    text = _("“{account}” cannot pay into wallets. Nothing was imported; choose one of {known}.")


class NoSuchImport(Refusal):
    code = "music.no_such_import"
    status = 404
    text = _("There is no such import here. Nothing was imported; start one first.")


class ChunkTooLarge(Refusal):
    code = "music.chunk_too_large"
    status = 422
    text = _("A part of an import has 1 to {most} lines. Nothing was imported.")


@action("music.start_import", may=may.host_operator, about=("file_hash",))
def start_import(*, actor: Actor, now: datetime, key: str, file_hash: str, lines: int, fund_from: str = "") -> int:
    """Note that an import of a file begins; returns its number, which each chunk names.

    `fund_from` is the account that pays into the listeners' wallets what their plays cost: only in
    a co-op marked demo, and only an asset or an expense of the co-op. Empty: wallets pay what they hold.
    """
    if fund_from:
        _check_funding(fund_from)
    return ImportRun.objects.create(file_hash=file_hash, lines=lines, funded_from=fund_from, started_at=now).pk


@action("music.import_batch", may=may.host_operator, about=("run", "number"))
def import_batch(*, actor: Actor, now: datetime, key: str, run: int, number: int, lines: Sequence[Line]) -> dict[str, Any]:
    """Take one chunk of lines, in the order they were heard; all of it or nothing.

    Listeners named by the file become parties without a membership, artists parties with a name.
    Returns the counts and amounts (micro-units) and the lines that were not taken, as [line, reason]
    pairs: not enough money in the wallet, a withdrawn track, a play id used for another play.
    """
    if not 0 < len(lines) <= LARGEST_CHUNK:
        raise ChunkTooLarge(most=LARGEST_CHUNK)
    started = ImportRun.objects.filter(pk=run).first()
    coop = cooperatives.here()
    if started is None or coop is None:
        raise NoSuchImport()
    terms = queries.terms(now, coop.currency)
    listeners = import_people.listeners({line.listener for line in lines}, actor=actor, now=now, key=key)
    tracks = import_catalogue.tracks(lines, actor=actor, now=now, key=key)
    take_turn(list(listeners.values()), now)
    batch = import_plays.Batch(terms, coop.currency, listeners, tracks, funded=bool(started.funded_from))
    batch.judge(lines)
    batch.post(actor=actor, now=now, key=key, run=started)
    chunk = ImportChunk.objects.create(
        run=started, number=number, lines=len(lines), currency=coop.currency, done_at=now, **batch.summary()
    )
    return {**batch.summary(), "lines": chunk.lines, "currency": coop.currency, "rejects": batch.rejects}


@action("music.forget_imported_name", may=may.inside, about=("party",))
def forget_imported_name(*, actor: Actor, now: datetime, key: str, party: UUID, reason_code: str) -> None:
    """Cut the tie between a listening file's name and the party made for it; the plays stay, without a name."""
    ImportedListener.objects.filter(party=party).delete()
    privacy.forget(actor=actor, now=now, key=key, party=party, retention_class="contact", reason_code=reason_code)


def _check_funding(code: str) -> None:
    if not cooperatives.is_demo():
        raise OnlyInADemo()
    usable = [plan.code for plan in plans.account_plans() if plan.per == "co-op" and plan.kind in ("asset", "expense")]
    if code not in usable:
        raise CannotFundFrom(account=code[:80], known=", ".join(sorted(usable)))
