"""The people of all tests, each with a fixed role, and makers for members and shares.

Ada Byrne: listener, treasurer. Bruno Okafor: artist. Carmen Ruiz: worker, secretary. Dilip Rao:
supporter without a log-in. Eve Stone: the outsider with a log-in. Finn Walsh: listener, cashier.
Grace Lim: listener, chair of the board. Hana Sato: artist, on the board.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from rochdale.bylaws import queries as bylaws
from rochdale.bylaws import testing as bylaws_testing
from rochdale.cooperatives import actions as cooperatives
from rochdale.offices import actions as offices
from rochdale.shared import action as acting
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops, module, money
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import actions, bylaws_leaving, queries, rules

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACT = "founding:test"


class Role(NamedTuple):
    """What a named person is: e-mail (empty: no log-in), phone, classes, office."""

    name: str
    email: str = ""
    phone: str = ""
    classes: tuple[str, ...] = ()
    office: str = ""


PEOPLE = {
    "ada": Role("Ada Byrne", "ada@example.org", classes=("listener",), office="treasurer"),
    "bruno": Role("Bruno Okafor", "bruno@example.org", classes=("artist",)),
    "carmen": Role("Carmen Ruiz", "carmen@example.org", classes=("worker",), office="secretary"),
    "dilip": Role("Dilip Rao", phone="+353851234567", classes=("supporter",)),
    "eve": Role("Eve Stone", "eve@example.org"),
    "finn": Role("Finn Walsh", "finn@example.org", classes=("listener",), office="cashier"),
    "grace": Role("Grace Lim", "grace@example.org", classes=("listener",), office="chair"),
    "hana": Role("Hana Sato", "hana@example.org", classes=("artist",), office="board"),
}

MUSIC_CLASSES = (
    module.MemberClass("listener", "Listener", True, "Listens, pays by the play, and votes."),
    module.MemberClass("artist", "Artist", True, "Publishes music here, is paid for plays, and votes."),
    module.MemberClass("worker", "Worker", True, "Works for the co-op, and votes."),
    module.MemberClass("supporter", "Supporter", False, "Lends the co-op capital by buying shares; has no vote."),
)

_numbers = count(1)


def fresh_key(prefix: str = "test") -> str:
    """Return a key that no other call has returned."""
    return f"{prefix}:{next(_numbers)}"


@contextmanager
def inside(code: str = "test.inside") -> Iterator[None]:
    """Run the block as if inside an action that was allowed, in a transaction (a savepoint)."""
    token = acting._running.set(code)
    try:
        with transaction.atomic():
            yield
    finally:
        acting._running.reset(token)


def settle(now: datetime = NOW, values: dict[str, Any] | None = None, *, packs: Sequence[str] = bylaws_testing.PACKS) -> None:
    """Let bylaws stand and open the register with the classes of the music kit. With values: their next version."""
    currency = "GBP" if "uk" in packs else "EUR"
    if bylaws.version_at(now) is None or values:
        bylaws_testing.adopt(now, values or {}, packs=packs, currency=currency)
    if not queries.classes():
        with inside():
            actions.open_register(
                actor=actors.resolution(ACT), now=now, key=fresh_key(), classes=MUSIC_CLASSES, currency=currency, act=ACT
            )


def log_in(name: str, now: datetime = NOW) -> UUID:
    """Return the log-in of a named person, made at the first call."""
    with coops.public():
        found = cooperatives.register_person(
            actor=actors.operator("test"), now=now, key=f"person:{name}", email=PEOPLE[name].email
        )
    return UUID(found)


def known(name: str, now: datetime = NOW) -> UUID:
    """Return the party of a named person in the co-op of the moment, known but no member."""
    role = PEOPLE[name]
    person = log_in(name, now) if role.email else None
    found = queries.party_of(person) if person else _by_phone(role.phone)
    if found is not None:
        return found
    contact = {field: value for field, value in (("email", role.email), ("phone", role.phone)) if value}
    register = {"name": role.name, "address": "1 Toad Lane, Rochdale"}
    with inside():
        made = actions.make_party(
            actor=actors.job("test"), now=now, key=fresh_key(), person=person, register=register, contact=contact
        )
    return UUID(made)


def _by_phone(phone: str) -> UUID | None:
    from rochdale.privacy import queries as privacy

    return next(iter(privacy.find("phone", phone)), None)


def join(name: str, now: datetime = NOW, *, office: bool = True, counts: bool = True) -> UUID:
    """Make a named person a member of their classes, in their office, and return their party.

    With `counts` their membership counts: the smallest shareholding is paid where the bylaws ask for it.
    """
    settle(now)
    party, role = known(name, now), PEOPLE[name]
    if queries.member(party) is None:
        actions.enrol_founder(
            actor=actors.resolution(ACT), now=now, key=fresh_key(), party=party, classes=list(role.classes), act=ACT
        )
    if office and role.office:
        fill(name, role.office, now)
    if counts and not queries.is_effective(party, now):
        pay_minimum(party, now)
    return party


def fill(name: str, office: str, now: datetime = NOW) -> None:
    """Let a named person hold an office for this year and the next."""
    party = known(name, now)
    if office not in acting.held(Actor(kind="person", via="page", party=party, strong=True), now):
        offices.fill_office(
            actor=actors.resolution(ACT),
            now=now,
            key=fresh_key(),
            office=office,
            party=party,
            from_on=now.date() - timedelta(days=1),
            until_on=date(now.year + 1, 12, 31),
        )


def actor(name: str, now: datetime = NOW, *, sure: bool = True) -> Actor:
    """Return a named person at a page, freshly proved with a second factor (unless not `sure`)."""
    person = log_in(name, now) if PEOPLE[name].email else None
    party = queries.party_of(person) if person else _by_phone(PEOPLE[name].phone)
    via_desk = None if person else join("carmen", now)
    found = Actor(kind="person", via="page" if person else "desk", person=person, party=party, desk_officer=via_desk)
    return replace(found, sure_at=now, strong=True) if sure else found


def officer(name: str, now: datetime = NOW) -> Actor:
    """Make a named person a member in their office and return them as actor."""
    join(name, now)
    return actor(name, now)


def pay_minimum(party: UUID, now: datetime = NOW) -> None:
    """Buy and pay the smallest shareholding of a party's classes, by bank."""
    shares, amount = queries.minimum_owed(party, now)
    if not shares:
        return
    by = Actor(kind="job", via="job", reference="test")
    with inside():
        bought = actions.buy_shares(actor=by, now=now, key=fresh_key(), party=party, count=shares)
        actions.pay_shares(actor=by, now=now, key=fresh_key(), subscription=bought["subscription"], amount=amount, rail="bank")


def holding_of(name: str, count: int, *, paid: int | None = None, now: datetime = NOW) -> int:
    """Let a named member hold so many shares in all, paid (or so many of them); returns the lot. They join if need be."""
    party = join(name, now, counts=paid is None and count == 1)
    held = sum(each.shares for each in queries.holdings([party], now).get(party, []))
    by = Actor(kind="job", via="job", reference="test")
    more = count if held >= count else count - held
    if not more or (held == count == 1):
        return 0
    with inside():
        bought = actions.buy_shares(actor=by, now=now, key=fresh_key(), party=party, count=more)
        terms = queries.share_terms("member", now)
        amount = (more if paid is None else paid) * terms.par_value
        if amount:
            actions.pay_shares(
                actor=by, now=now, key=fresh_key(), subscription=bought["subscription"], amount=amount, rail="bank"
            )
    return int(bought["subscription"])


def apply(name: str, class_code: str, now: datetime = NOW) -> int:
    """Let a named person apply for a class, at a page; returns the application."""
    settle(now)
    known(name, now)
    found = actions.apply(actor=actor(name, now), now=now, key=fresh_key(), class_code=class_code, old_enough=True)
    return int(found["application"])


def at_once(schema: str, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run calls in threads that start together, each in its own transaction in a co-op; return results or refusals' codes.

    Give it a database of its own (`own_database`): what the calls do is committed.
    """
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        try:
            start.wait()
            with coops.inside(schema):
                results[place] = calls[place]()
        except Refusal as refused:
            results[place] = refused.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def sheet() -> rules.Sheet:
    """Make a PIN and codes as the desk does."""
    return rules.new_sheet(queries.hashed)


def outcome(call: Callable[[], Any]) -> Any:
    """Return what a call answered, or the code of its refusal: for comparing under different bylaws."""
    try:
        return call()
    except Refusal as refused:
        return refused.code


def _decided(decider: str) -> Any:
    now = clock.now()
    application = apply("eve", "listener", now)
    by = officer(decider, now)
    return outcome(lambda: bool(actions.admit_member(actor=by, now=now, key=fresh_key(), application=application)["number"]))


def _due() -> Any:
    now = clock.now()
    apply("eve", "listener", now)
    return queries.open_applications(now)[0].due_at - now


def _refused(now: datetime) -> int:
    application = apply("eve", "listener", now)
    actions.refuse_application(
        actor=officer("grace", now), now=now, key=fresh_key(), application=application, reason_code="details_not_proved"
    )
    return application


def _appeal_days() -> Any:
    now = clock.now()
    application = apply("eve", "listener", now)
    by = officer("grace", now)
    found = actions.refuse_application(
        actor=by, now=now, key=fresh_key(), application=application, reason_code="details_not_proved"
    )
    return found["appeal_days"]


def _appeal_decided() -> Any:
    now = clock.now()
    application = _refused(now)
    actions.appeal_refusal(actor=actor("eve", now), now=now, key=fresh_key(), application=application)
    by = officer("hana", now)
    return outcome(
        lambda: bool(actions.decide_appeal(actor=by, now=now, key=fresh_key(), application=application, upheld=True)["number"])
    )


def _effective() -> Any:
    now = clock.now()
    return queries.is_effective(join("bruno", now, counts=False), now)


def _price() -> Any:
    now = clock.now()
    party = join("bruno", now, counts=False)
    bought = actions.buy_shares(actor=actor("bruno", now), now=now, key=fresh_key(), party=party, count=20)
    return bought["amount"]


def _minimum() -> Any:
    now = clock.now()
    party = join("bruno", now, counts=False)
    return outcome(
        lambda: actions.buy_shares(actor=actor("bruno", now), now=now, key=fresh_key(), party=party, count=2)["amount"]
    )


def _maximum() -> Any:
    now = clock.now()
    party = join("bruno", now, counts=False)
    return outcome(
        lambda: actions.buy_shares(actor=actor("bruno", now), now=now, key=fresh_key(), party=party, count=500)["amount"]
    )


def _first_part() -> Any:
    now = clock.now()
    holding_of("bruno", 100, paid=0, now=now)
    lot = queries.subscriptions_to_pay(known("bruno", now))[-1]
    return [each.amount for each in queries.instalments_of(lot, now)]


def _rest() -> Any:
    now = clock.now()
    months = bylaws.value("members.instalment_months", at=now)
    settle(now, {"members.entry_paid_pct": 50, "members.instalment_months": months})
    return _first_part()


def _transfer() -> Any:
    now = clock.now()
    holding_of("bruno", 8, now=now)
    giver, receiver = known("bruno", now), join("finn", now)
    given: dict[str, Any] = {"now": now, "party": giver, "receiver": receiver, "count": 1}

    def agreed() -> Any:
        offered = actions.offer_transfer(actor=actor("bruno", now), key=fresh_key(), **given)["request"]
        by = actor("finn", now)
        return actions.agree_to_transfer(actor=by, now=now, key=fresh_key(), receiver=receiver, request=offered)["state"]

    return outcome(agreed)


def _heirs() -> Any:
    now = clock.now()
    return queries.heirs_term(now, now) - now


def _paid_back_until() -> Any:
    now = clock.now()
    due = queries.buy_back_due(now)
    return due - now if due else None


def _room() -> Any:
    now = clock.now()
    holding_of("bruno", 500, now=now)
    return queries.buy_back_room(queries.share_currencies()[0], now)


def _of_leaving(key: str) -> Callable[[], Any]:
    """Return a look that lies in `testing_leaving.py`, which needs this file first."""

    def look() -> Any:
        from . import testing_leaving

        return testing_leaving.OBSERVATIONS[key]()

    return look


OF_LEAVING = [each.key for each in bylaws_leaving.declared()]


BYLAW_OBSERVATIONS: dict[str, Callable[[], Any]] = {
    "members.admission_decided_by": lambda: _decided("carmen"),
    "members.application_decision_days": _due,
    "members.appeal_days": _appeal_days,
    "members.appeal_decided_by": _appeal_decided,
    "members.effective_when": _effective,
    "members.share_par_value": _price,
    "members.minimum_shares": _minimum,
    "members.maximum_holding": _maximum,
    "members.entry_paid_pct": _first_part,
    "members.instalment_months": _rest,
    "members.share_transfers": _transfer,
    "members.heirs_months": _heirs,
    "members.buy_back_months": _paid_back_until,
    "members.buy_back_cash_kept": _room,
    "members.minimum_capital": _room,
    **{key: _of_leaving(key) for key in OF_LEAVING},
}
BYLAW_ALTERNATIVES: dict[str, Any] = {"members.minimum_shares": {"*": 5}, "members.maximum_holding": 100 * money.ONE}
