"""The demo's bank: made-up statements of what the story moved, held against the books, and months closed by two."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from rochdale.payments import actions as payments
from rochdale.payments import queries as desk_book
from rochdale.payments.banking.form import Entry, Statement
from rochdale.shared import actor as actors
from rochdale.shared import money

from .stage import Stage

FEE = 5 * money.ONE // 2
"""What the bank takes each month for the co-op's own account."""


def check_cover(stage: Stage, day: datetime) -> None:
    """Make the check of cover that a worker makes each morning."""
    with stage.scene(day.replace(hour=5, minute=15)):
        payments.check_cover(actor=actors.job("payments.check_cover"), now=stage.now, key=stage.key(), currency=stage.currency)


def close_month(stage: Stage, day: datetime) -> None:
    """Bring the statements of the month before, hold them against the books, and close it by two people."""
    with stage.scene(day.replace(hour=8, minute=30)):
        month = desk_book.next_month()
        if month is None or month.ends_at > stage.now:
            return
        for place in ("client", "own"):
            _bring(stage, place, month.last_on)
        for count in desk_book.counts_to_confirm(limit=50):
            payments.confirm_count(**stage.who("Grace Lim"), day=count.id)
        if any(point.stops for point in desk_book.checklist(month, stage.now)):
            return
        done = payments.propose_month(**stage.who("Ada Byrne"), month=month.code)
    with stage.scene(day.replace(hour=9)):
        payments.decide_month(**stage.who("Hana Sato"), proposal=done["proposal"], closed=True)
    stage.say(f"Ada held {month.starts_on:%B} against the bank; Hana, of the board, closed it.")


def bring_unknown(stage: Stage) -> None:
    """Bring this month's statement so far, with a payment that nobody can place yet: it waits for a visitor."""
    with stage.scene(stage.now + timedelta(minutes=3)):
        last = desk_book.covered_until("client", stage.currency)
        yesterday = (stage.now - timedelta(days=1)).date()
        if last is not None and last < yesterday:
            stranger = Entry(yesterday, 12 * money.ONE, counterparty="M. Quinn", reference="for the music")
            _bring(stage, "client", yesterday, stranger, match=False)
            stage.say("This month's statement is there: one payment nobody can place, and lines to confirm.")


def _bring(stage: Stage, place: str, last: date, *more: Entry, match: bool = True) -> None:
    """Write what the books say as the bank would, bring it in, and confirm what is proposed."""
    found = desk_book.reconciliation(place, stage.currency, last)
    lines = [
        Entry(each.day, each.amount, counterparty=each.name, reference=f"wallet {each.number}" if each.number else "cash paid in")
        for each in desk_book.named(found.entries)
    ]
    if place == "own":
        lines.append(Entry(last, -FEE, counterparty="The bank", reference="Account fee"))
    lines = sorted([*lines, *more], key=lambda line: line.booked_on)
    first = min((line.booked_on for line in lines), default=last)
    total = sum(line.amount for line in lines)
    statement = Statement(stage.currency, min(first, last.replace(day=1)), last, tuple(lines), found.said, found.said + total)
    payments.import_statement(**stage.who("Finn Walsh"), place=place, currency=stage.currency, statement=statement)
    if match:
        _confirm(stage, place)


def _confirm(stage: Stage, place: str) -> None:
    while choices := desk_book.worklist(place, stage.currency, stage.now).choices:
        for each in choices:
            payments.match(
                **stage.who("Ada Byrne"),
                lines=[line.id for line in each.lines],
                entries=[entry.posting for entry in each.entries],
                why="proposal",
                score=each.score,
            )
    for line in desk_book.worklist(place, stage.currency, stage.now).lines:
        if line.amount == -FEE:
            payments.book_line(**stage.who("Ada Byrne"), line=line.id, how="fee")
