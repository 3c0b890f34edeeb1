"""Bringing other books in: their accounts, then their transactions in parts that can be repeated."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import actions as ledger
from rochdale.ledger import catalogue, queries
from rochdale.ledger.models import ImportedAccount, ImportedText, ImportRun
from rochdale.ledger.reader.charts import IMPORTED
from rochdale.ledger.rules import Leg, NewPosting
from rochdale.shared import ids, keys, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .accounts import open_account
from .postings import post_many

LARGEST_PART = 2_000
SOURCE = "ledger.import"

PeopleOfBooks = Callable[..., list[UUID]]


class NoSuchImport(Refusal):
    code = "ledger.no_such_import"
    status = 404
    text = _("There is no such import here. Nothing was imported; start one first.")


class PartTooLarge(Refusal):
    code = "ledger.import_part_too_large"
    status = 422
    text = _("A part of an import has 1 to {most} transactions. Nothing of it was imported.")


class NotForImports(Refusal):
    code = "ledger.not_for_imports"
    status = 422
    text = _(
        "Nothing can be imported into the account “{account}”: it is a person's, keeps a floor, or does not exist. "
        "Nothing was imported; map to another one."
    )


@dataclass(frozen=True, slots=True)
class OldAccount:
    """An account as other books call it, and what it becomes: a code, a kind, and whether it is a person's own.

    `title` may be read by everybody who reads the books; a person's name stands in `name` only.
    """

    name: str
    code: str
    kind: str
    title: str
    personal: bool = False
    currencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OldPosting:
    """A transaction of other books, ready to be booked; `payee` and `text` will be sealed."""

    key: str
    happened_at: datetime
    legs: tuple[Leg, ...]
    kind: str
    line: int
    party: UUID | None = None
    payee: str = ""
    text: str = ""


@action("ledger.start_import", may=may.office("treasurer") | may.host_operator, about=("file_hash", "form", "transactions"))
def start_import(
    *, actor: Actor, now: datetime, key: str, file_hash: str, form: str, transactions: int, accounts: Sequence[OldAccount]
) -> int:
    """Note that a file of other books is brought in, and open its accounts; returns the import's number.

    An account that came with an earlier file stays what it became then. A person's own account gets a
    party, whose name goes to the vault. Refuses a planned account that is a person's or keeps a floor.
    """
    run = ImportRun.objects.create(
        file_hash=file_hash, form=form[:20], transactions=transactions, begun_at=now, actor=actor.principal[:120]
    ).pk
    known = queries.imported_accounts([account.name for account in accounts])
    fresh = [account for account in accounts if account.name not in known]
    _take_in(fresh, run, actor=actor, now=now, key=key)
    known |= queries.imported_accounts([account.name for account in fresh])
    for number, account in enumerate(accounts):
        mine = known[account.name]
        for currency in account.currencies:
            open_account(
                actor=actor,
                now=now,
                key=ids.derived_key(key, number, currency),
                code=mine.code,
                currency=currency,
                party=mine.party,
            )
    return int(run)


@action("ledger.import_postings", may=may.office("treasurer") | may.host_operator, about=("run",), recorded=False)
def import_postings(*, actor: Actor, now: datetime, key: str, run: int, postings: Sequence[OldPosting]) -> dict[str, int]:
    """Book one part of an import, all of it or nothing; what is in the books already is left as it is.

    Each posting's key is made from what it says, so that a file taken in again books nothing twice.
    Returns {"posted": how many, "there": how many were there}. Refuses what `post_many` refuses.
    """
    if not 0 < len(postings) <= LARGEST_PART:
        raise PartTooLarge(most=LARGEST_PART)
    if not ImportRun.objects.filter(pk=run).exists():
        raise NoSuchImport()
    _one_at_a_time()
    there = queries.keys_there([posting.key for posting in postings])
    fresh = [posting for posting in postings if posting.key not in there]
    booked = [
        NewPosting(
            key=posting.key,
            kind=posting.kind,
            transfers=posting.legs,
            happened_at=posting.happened_at,
            source=f"{SOURCE}:{run}:{posting.line}",
            party=posting.party,
        )
        for posting in fresh
    ]
    numbers = post_many(actor=actor, now=now, key=key, postings=booked) if booked else []
    ImportedText.objects.bulk_create(
        ImportedText(posting_id=number, run=run, line=posting.line, sealed=_sealed(posting, number))
        for number, posting in zip(numbers, fresh, strict=True)
    )
    return {"posted": len(fresh), "there": len(there)}


def _take_in(fresh: Sequence[OldAccount], run: int, *, actor: Actor, now: datetime, key: str) -> None:
    for account in fresh:
        _refuse_unfit(account)
    people = [account.name for account in fresh if account.personal]
    parties = dict(zip(people, _parties(people, actor=actor, now=now, key=key), strict=True))
    ImportedAccount.objects.bulk_create(
        ImportedAccount(
            mark=queries.mark_of_account(account.name),
            code=account.code,
            party=parties.get(account.name),
            kind=account.kind,
            title=account.title[:200],
            run=run,
            recorded_at=now,
        )
        for account in fresh
    )


def _refuse_unfit(account: OldAccount) -> None:
    """Refuse a code that is neither an imported one nor a planned account of the co-op itself without a floor."""
    plan = catalogue.account_plan(account.code)
    imported = account.code.split(".")[1:2] == [IMPORTED]
    good = imported if plan is None else imported or (plan.per == "co-op" and not plan.guarded and not account.personal)
    if not good or (plan is not None and plan.kind != account.kind):
        raise NotForImports(account=account.code)


def _parties(names: Sequence[str], *, actor: Actor, now: datetime, key: str) -> list[UUID]:
    if not names:
        return []
    if ledger.people_of_books is None:
        return [ids.new_id() for _name in names]
    called = [name.rpartition(":")[2] for name in names]
    return ledger.people_of_books(actor=actor, now=now, key=ids.derived_key(key, "people"), names=called)


def _sealed(posting: OldPosting, number: int) -> bytes:
    said: dict[str, Any] = {"payee": posting.payee, "text": posting.text}
    return keys.encrypt_text(json.dumps(said, ensure_ascii=False), about=queries.place_of_text(number))


def _one_at_a_time() -> None:
    """Let one part of an import be booked at a time in a co-op, so that two runs of one file do not both find nothing there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock('ledger_importrun'::regclass::oid::integer, 0)")
