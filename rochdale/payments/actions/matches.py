"""Say that lines of the bank and entries of the books are the same money; take it back; book what the books lack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.ledger import actions as ledger
from rochdale.ledger import queries as books
from rochdale.ledger.rules import Leg
from rochdale.members import queries as members
from rochdale.shared import ids, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import (
    BankLine,
    BankMatch,
    BankMatchEntry,
    BankMatchLine,
    BankMatchUndo,
    Suspense,
    SuspenseEnd,
)
from ..queries import days

OWED_ASIDE, CLAIMED_ASIDE = "liabilities.suspense", "assets.suspense"
FEES, INTEREST = "expenses.bank_fees", "income.bank_interest"
BOOKED_AS = {"fee": (FEES, "payments.bank_fee"), "interest": (INTEREST, "payments.bank_interest")}


class NoSuchLine(Refusal):
    code = "payments.no_such_bank_line"
    status = 404
    text = _("There is no such line on this account's statements. Nothing was changed.")


class NotOnAccount(Refusal):
    code = "payments.entry_not_on_account"
    status = 422
    text = _("Posting {posting} did not move money on this bank account. Nothing was matched.")


class NotEqual(Refusal):
    code = "payments.match_not_equal"
    status = 422
    text = _("The lines add up to {lines}, the entries to {entries}. Nothing was matched; choose what is the same money.")


class NothingToMatch(Refusal):
    code = "payments.nothing_to_match"
    status = 422
    text = _("A match joins at least two: lines of one account, entries of the same one. Nothing was matched.")


class AlreadyMatched(Refusal):
    code = "payments.already_matched"
    text = _("One of these is matched already, perhaps a moment ago by somebody else. Nothing was changed; open the page again.")


class NoSuchMatch(Refusal):
    code = "payments.no_such_match"
    status = 404
    text = _("There is no such match, or it was taken back. Nothing was changed.")


class MonthIsClosed(Refusal):
    code = "payments.match_of_a_closed_month"
    text = _("This match belongs to a closed month. Nothing was changed; what was wrong is put right by an adjusting entry.")


class UndoNeedsReason(Refusal):
    code = "payments.undo_needs_reason"
    status = 422
    text = _("Say why, with one of these: {reasons}. Nothing was changed.")


class UnknownBooking(Refusal):
    code = "payments.unknown_booking"
    status = 422
    text = _("A line is booked as one of these: {ways}. Nothing was booked.")


class TooLargeAlone(Refusal):
    code = "payments.too_large_alone"
    status = 403
    text = _(
        "Above {limit} one person does not decide alone what became of money. Nothing was booked; put the line into suspense, "
        "and let another officer place it."
    )


class NotAside(Refusal):
    code = "payments.not_in_suspense"
    status = 404
    text = _("This line does not lie in suspense. Nothing was changed.")


class NotOpposite(Refusal):
    code = "payments.not_the_opposite"
    status = 422
    text = _(
        "Money that is given back leaves by a line of the same amount the other way, on the same account. Nothing was booked."
    )


@action("payments.match", may=may.office("treasurer", "cashier"), about=("lines", "entries"))
def match(
    *, actor: Actor, now: datetime, key: str, lines: Sequence[int], entries: Sequence[int], why: str = "confirmed", score: int = 0
) -> dict[str, Any]:
    """Match bank lines with entries (postings) of the same account; both must add up to the same.

    One to many and many to one are as good as one to one; lines alone, or entries alone, when they add up to
    nothing. Returns {"match": id}. Of two at once the database lets one through.
    """
    found = list(BankLine.objects.filter(pk__in=set(lines)))
    if len(found) != len(set(lines)) or len({(row.place, row.currency) for row in found}) > 1:
        raise NoSuchLine()
    if len(found) + len(set(entries)) < 2 or not found:
        raise NothingToMatch()
    place, currency = found[0].place, found[0].currency
    changes = [_change(posting, place, currency) for posting in sorted(set(entries))]
    came, booked = sum(row.amount for row in found), sum(amount for _posting, amount, _at in changes)
    if came != booked:
        raise NotEqual(lines=money.formatted(came, currency), entries=money.formatted(booked, currency))
    number = _write(found, changes, place=place, currency=currency, actor=actor, now=now, why=why, score=score)
    return {"match": number}


def _change(posting: int, place: str, currency: str) -> tuple[int, int, datetime]:
    detail, account = books.posting(posting), queries.account_of(place, currency)
    if detail is None or account is None:
        raise NotOnAccount(posting=posting)
    amount = sum(leg.amount for leg in detail.legs if leg.debit == account)
    amount -= sum(leg.amount for leg in detail.legs if leg.credit == account)
    if not amount:
        raise NotOnAccount(posting=posting)
    return posting, amount, detail.happened_at


def _write(
    lines: Sequence[BankLine], changes: Sequence[tuple[int, int, datetime]], *, place: str, currency: str, actor: Actor,
    now: datetime, why: str, score: int,
) -> int:  # fmt: skip
    """Write a match; its parts carry in which round they are matched, so that no part is in two at once."""
    undone: dict[str, Any] = {"match__undo__isnull": False}
    try:
        with transaction.atomic():
            row = BankMatch.objects.create(place=place, currency=currency, at=now, by=actor.party, why=why[:20], score=score)
            BankMatchLine.objects.bulk_create(
                BankMatchLine(
                    match=row, line=line, amount=line.amount, booked_on=line.booked_on,
                    round=BankMatchLine.objects.filter(line=line, **undone).count(),
                )
                for line in lines
            )  # fmt: skip
            again = BankMatchEntry.objects.filter(place=place, currency=currency, posting__in=[each[0] for each in changes])
            rounds: dict[int, int] = {}
            for posting in again.filter(**undone).values_list("posting", flat=True):
                rounds[posting] = rounds.get(posting, 0) + 1
            BankMatchEntry.objects.bulk_create(
                BankMatchEntry(
                    match=row, place=place, currency=currency, posting=posting, amount=amount, happened_at=at,
                    round=rounds.get(posting, 0),
                )
                for posting, amount, at in changes
            )  # fmt: skip
    except IntegrityError as error:
        if "matched_once" in str(error):
            raise AlreadyMatched() from error
        raise
    return row.id


@action("payments.undo_match", may=may.office("treasurer", "cashier"), about=("match", "reason_code"))
def undo_match(*, actor: Actor, now: datetime, key: str, match: int, reason_code: str) -> None:
    """Take a match back: its lines and entries are open again. Refuses what lies wholly in a closed month."""
    if reason_code not in rules.UNDO_REASONS:
        raise UndoNeedsReason(reasons=", ".join(rules.UNDO_REASONS))
    row = BankMatch.objects.filter(pk=match, undo__isnull=True).first()
    if row is None:
        raise NoSuchMatch()
    moments = [days.start_of(each.booked_on) for each in row.its_lines.all()] + [
        each.happened_at for each in row.its_entries.all()
    ]
    if any(books.is_closed(moment) for moment in moments):
        raise MonthIsClosed()
    try:
        with transaction.atomic():
            BankMatchUndo.objects.create(match=row, at=now, by=actor.party, reason_code=reason_code)
    except IntegrityError as error:
        raise NoSuchMatch() from error


@action("payments.book_line", may=may.office("treasurer", "cashier"), about=("line", "how", "reason_code"))
def book_line(*, actor: Actor, now: datetime, key: str, line: int, how: str, reason_code: str = "") -> dict[str, Any]:
    """Book a bank line the books know nothing of: a "fee" or "interest" of the bank, or put aside in "suspense".

    Returns {"posting": id, "match": id}. Suspense needs a reason. Fees and interest above what one person may
    move alone are refused: put them aside, and somebody else places them.
    """
    row = BankLine.objects.filter(pk=line, kind="entry").first()
    if row is None:
        raise NoSuchLine()
    if how == "suspense":
        if reason_code not in rules.SUSPENSE_REASONS:
            raise UndoNeedsReason(reasons=", ".join(rules.SUSPENSE_REASONS))
        code, kind = (OWED_ASIDE if row.amount > 0 else CLAIMED_ASIDE), "payments.suspense"
    elif how in BOOKED_AS:
        code, kind = BOOKED_AS[how]
        _small_enough(row, now)
    else:
        raise UnknownBooking(ways="fee, interest, suspense")
    bank = _open(actor, now, key, queries.ACCOUNTS[row.place], row.currency)
    other = _open(actor, now, key, code, row.currency)
    posting = _post(
        actor, now, key, kind=kind, debit=bank if row.amount > 0 else other, credit=other if row.amount > 0 else bank, row=row
    )
    done = match(actor=actor, now=now, key=ids.derived_key(key, "match"), lines=[row.id], entries=[posting], why=how)
    if how == "suspense":
        assert actor.party is not None  # only a person holds an office
        try:
            with transaction.atomic():
                Suspense.objects.create(
                    line=row, amount=row.amount, posting=posting, at=now, by=actor.party, reason_code=reason_code
                )
        except IntegrityError as error:
            raise AlreadyMatched() from error
    return {"posting": posting, **done}


@action("payments.place_suspense", may=may.office("treasurer", "cashier", "chair", "board"), about=("line", "how", "by_line"))
def place_suspense(*, actor: Actor, now: datetime, key: str, line: int, how: str, by_line: int | None = None) -> dict[str, Any]:
    """Say what money in suspense was: a "fee" or "interest" of the bank, or "returned" by a line the other way.

    Returns {"posting": id}. A member's money goes on from suspense by topping their wallet up with this line.
    Above what one person may move alone, whoever put it aside does not place it as a fee or interest.
    """
    aside = Suspense.objects.select_related("line").filter(pk=line, end__isnull=True).first()
    if aside is None:
        raise NotAside()
    row = aside.line
    lies = _open(actor, now, key, OWED_ASIDE if row.amount > 0 else CLAIMED_ASIDE, row.currency)
    if how == "returned":
        back = BankLine.objects.filter(pk=by_line or 0, kind="entry", place=row.place, currency=row.currency).first()
        if back is None or back.amount != -row.amount:
            raise NotOpposite()
        other, kind = _open(actor, now, key, queries.ACCOUNTS[row.place], row.currency), "payments.suspense"
    elif how in BOOKED_AS:
        if actor.party is not None and members.is_same_human(actor.party, aside.by, now):
            _small_enough(row, now)
        other, kind, back = _open(actor, now, key, BOOKED_AS[how][0], row.currency), BOOKED_AS[how][1], None
    else:
        raise UnknownBooking(ways="fee, interest, returned")
    debit, credit = (lies, other) if row.amount > 0 else (other, lies)
    posting = _post(actor, now, ids.derived_key(key, "place"), kind=kind, debit=debit, credit=credit, row=row, at=back)
    if back is not None:
        match(actor=actor, now=now, key=ids.derived_key(key, "match"), lines=[back.id], entries=[posting], why="returned")
    end_suspense(aside, how=how, posting=posting, actor=actor, now=now)
    return {"posting": posting}


def end_suspense(aside: Suspense, *, how: str, posting: int, actor: Actor, now: datetime) -> None:
    """Write how money put aside found its place, once."""
    assert actor.party is not None  # only a person holds an office
    try:
        with transaction.atomic():
            SuspenseEnd.objects.create(suspense=aside, at=now, by=actor.party, how=how, posting=posting)
    except IntegrityError as error:
        raise NotAside() from error


def _small_enough(row: BankLine, now: datetime) -> None:
    limit = int(bylaws.value("payments.two_people_above", at=now))
    if abs(row.amount) > limit:
        raise TooLargeAlone(limit=money.formatted(limit, row.currency))


def _open(actor: Actor, now: datetime, key: str, code: str, currency: str) -> int:
    return ledger.open_account(actor=actor, now=now, key=ids.derived_key(key, code), code=code, currency=currency)


def _post(
    actor: Actor, now: datetime, key: str, *, kind: str, debit: int, credit: int, row: BankLine, at: BankLine | None = None
) -> int:
    """Post for a line, on the bank's day; into the open period where that day is closed."""
    its_day = days.start_of((at or row).booked_on) + timedelta(hours=12)
    happened_at = now if its_day > now or books.is_closed(its_day) else its_day
    return ledger.post(
        actor=actor,
        now=now,
        key=ids.derived_key("payments.bank_line", row.id, key),
        kind=kind,
        transfers=[Leg(debit=debit, credit=credit, amount=abs(row.amount), role="bank")],
        happened_at=happened_at,
        source=f"bank line:{(at or row).id}",
        tax="outside",
    )
