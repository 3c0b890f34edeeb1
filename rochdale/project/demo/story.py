"""The story of the demo: seven people found a music co-op, and five months go by. Only actions move it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from rochdale.audit import actions as audit
from rochdale.cooperatives import actions as cooperatives
from rochdale.cooperatives import queries as directory
from rochdale.founding import actions as founding
from rochdale.founding import queries as founded
from rochdale.founding.rules import Invited
from rochdale.ledger import actions as ledger
from rochdale.ledger import queries as books
from rochdale.members import actions as members
from rochdale.members import queries as register
from rochdale.members import rules as desk
from rochdale.messages import queries as outbox
from rochdale.payments import actions as payments
from rochdale.payments import queries as desk_book
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops, money
from rochdale.shared.actor import Actor

from . import banking, farewells
from .cast import AT_THE_DESK, FOUNDERS, PASSWORD, REFUSED, Role, newcomers
from .stage import Stage

NAME, SLUG, CURRENCY = "Nine Plays", "nine-plays", "EUR"
PURPOSE = "A music service that belongs to the people who listen, play and work here. After nine plays a track is yours."
PACKS = ("ie", "activity-wallet-eu")
BYLAWS = {"members.admission_decided_by": "secretary", "music.vat_percent": "23", "payments.two_people_above": "50"}
NEWCOMERS = 22
DESK_EVERY = 3
"""The desk opens every third day."""
EURO = money.ONE
INVITATION = re.compile(r"/founding/confirm/([0-9a-f-]{36})/([^/\s]+)/")


def log_in(stage: Stage, role: Role) -> UUID:
    """Give a person of the cast a log-in with the demo's password, and officers a second factor."""
    by = actors.operator("rochdale demo")
    with clock.at(stage.now), coops.public():
        made = cooperatives.register_person(actor=by, now=stage.now, key=stage.key(), email=role.email, password=PASSWORD)
        person = UUID(made)
        cooperatives.give_demo_factor(
            actor=by, now=stage.now, key=stage.key(), person=person, secret=role.secret, demo_host=True
        )  # fmt: skip
    stage.persons[role.name] = person
    stage.roles[role.name] = role
    return person


def found(stage: Stage) -> None:
    """Let the seven found the co-op: Grace begins, each confirms with a log-in of their own."""
    for role in FOUNDERS:
        log_in(stage, role)
    grace = Actor(kind="person", via="page", person=stage.persons["Grace Lim"], sure_at=stage.now, strong=True)
    with clock.at(stage.now), coops.public():
        founding.begin(
            actor=grace,
            now=stage.now,
            key=stage.key(),
            initiator=stage.persons["Grace Lim"],
            name=NAME,
            slug=SLUG,
            purpose=PURPOSE,
            kit="music",
            packs=list(PACKS),
            currency=CURRENCY,
            time_zone="Europe/Dublin",
            languages=["en"],
            values=BYLAWS,
            founders=[Invited(role.email, (role.class_code,), role.offices) for role in FOUNDERS],
            is_demo=True,
        )
        coop = directory.coop_by_slug(SLUG)
        assert coop is not None
        stage.schema = coop.schema_name
    stage.say(f"{len(FOUNDERS)} people began to found {NAME}; each was sent an invitation.")
    for hours, role in enumerate(FOUNDERS, start=2):
        _confirm(stage, role, stage.now + timedelta(hours=hours))
    stage.say("All have confirmed with their own log-ins: version 1 of the bylaws stands, and money may move.")


def _confirm(stage: Stage, role: Role, moment: datetime) -> None:
    with stage.scene(moment):
        founder, token = next(
            (UUID(match[1]), match[2])
            for message in outbox.sent(limit=1000)
            if message.address == role.email and (match := INVITATION.search(message.body))
        )
        founding.confirm(
            **stage.who(role.name),
            founder=founder,
            token=token,
            text_hash=founded.plan().text_hash,
            accepts_unconfirmed_rows=True,
            register={"name": role.name, "address": "31 Toad Lane, Dublin"},
            contact={"email": role.email},
        )


def first_week(stage: Stage) -> None:
    """Founders take and pay their shares; Dilip is registered at the desk; Eve is refused and appeals."""
    _next_day(stage)
    open_desk(stage)
    for role in FOUNDERS:
        _take_shares(stage, role.name, 5)
    stage.say("The founders took five shares each and paid them at the desk.")
    _register_dilip(stage)
    for role in FOUNDERS:
        top_up(stage, role.name, 10)
    close_desk(stage)
    _refuse_eve(stage)


def open_desk(stage: Stage) -> None:
    """Count the till and open the desk's day."""
    with stage.scene(stage.now):
        payments.open_desk_day(**stage.who("Ada Byrne"), currency=CURRENCY, counted=_till())


def close_desk(stage: Stage, missing: int = 0) -> None:
    """Count the till and close the day; `missing` is what does not add up. What is above EUR 50 is banked when it gets much."""
    with stage.scene(stage.now + timedelta(minutes=5)):
        if _till() > 100 * EURO:
            spare = money.payable(_till() - 50 * EURO, CURRENCY)
            payments.move_cash(**stage.who("Ada Byrne"), source="desk", target="client", amount=spare, currency=CURRENCY)
        day = desk_book.open_day(CURRENCY)
        assert day is not None
        payments.close_desk_day(**stage.who("Finn Walsh"), day=day.id, counted=_till() - missing)


def _till() -> int:
    return desk_book.in_till(CURRENCY)


def _next_day(stage: Stage, hour: int = 10) -> None:
    stage.now = (stage.now + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)


def _take_shares(stage: Stage, name: str, count: int, *, rail: str = "cash", share_class: str = "member") -> None:
    """Subscribe, then pay at the desk; whoever keeps the desk pays at the other's."""
    with stage.scene(stage.now + timedelta(minutes=7)):
        taken = members.buy_shares(**stage.who(name), party=stage.party(name), count=count, share_class=share_class)
        officer = "Finn Walsh" if name == "Ada Byrne" else "Ada Byrne"
        payments.take_share_payment(**stage.who(officer), subscription=taken["subscription"], amount=taken["amount"], rail=rail)


def _register_dilip(stage: Stage) -> None:
    with stage.scene(stage.now + timedelta(minutes=20)):
        sheet = desk.new_sheet(register.hashed)
        done = members.register_at_desk(
            **stage.who("Carmen Ruiz"),
            register={"name": AT_THE_DESK.name, "address": "2 Market Street, Dublin"},
            contact=None,
            pin_hash=sheet.pin_hash,
            code_hashes=sheet.code_hashes,
            class_code=AT_THE_DESK.class_code,
        )
        stage.parties[AT_THE_DESK.name] = UUID(done["party"])
        members.admit_member(**stage.who("Carmen Ruiz"), application=done["application"])
        _desk_shares(stage, AT_THE_DESK.name)
    stage.say(
        f"{AT_THE_DESK.name} has neither e-mail nor phone: the secretary registered him at the desk, with PIN and printed codes."
    )


def _desk_shares(stage: Stage, name: str) -> None:
    """Take ten supporter shares for somebody who stands at the desk."""
    taken = members.buy_shares(**stage.who("Ada Byrne"), party=stage.parties[name], count=10, share_class="supporter")
    payments.take_share_payment(**stage.who("Ada Byrne"), subscription=taken["subscription"], amount=taken["amount"], rail="cash")


def _refuse_eve(stage: Stage) -> None:
    log_in(stage, REFUSED)
    with stage.scene(stage.now + timedelta(hours=1)):
        done = members.apply(
            **stage.who(REFUSED.name),
            class_code=REFUSED.class_code,
            register={"name": REFUSED.name, "address": "9 Far Road, Cork"},
            contact={"email": REFUSED.email},
        )
        stage.parties[REFUSED.name] = UUID(done["party"])
        members.refuse_application(
            **stage.who("Carmen Ruiz"), application=done["application"], reason_code="class_conditions_not_met"
        )
    with stage.scene(stage.now + timedelta(days=2)):
        members.appeal_refusal(**stage.who(REFUSED.name), application=done["application"], words="I have played for years.")
    stage.say(f"{REFUSED.name} applied as an artist and was refused, with a reason; her appeal waits for the board.")


def join(stage: Stage, role: Role) -> None:
    """Let somebody join: log-in, application, admission, a share, first money in the wallet."""
    log_in(stage, role)
    with stage.scene(stage.now + timedelta(minutes=11)):
        done = members.apply(
            **stage.who(role.name),
            class_code=role.class_code,
            register={"name": role.name, "address": f"{stage.rng.randint(1, 90)} Mill Street, Dublin"},
            contact={"email": role.email},
        )
        stage.parties[role.name] = UUID(done["party"])
        members.admit_member(**stage.who("Carmen Ruiz"), application=done["application"])
    _take_shares(stage, role.name, stage.rng.choice((1, 1, 2, 5)), rail=stage.rng.choice(("cash", "bank")))


def top_up(stage: Stage, name: str, euros: int, rail: str = "cash") -> None:
    """Bring money to the desk for one's wallet; above the bylaws' limit a second officer looks."""
    officer, second = ("Finn Walsh", "Ada Byrne") if name == "Ada Byrne" else ("Ada Byrne", "Finn Walsh")
    with stage.scene(stage.now + timedelta(minutes=3)):
        done = payments.top_up(**stage.who(officer), party=stage.party(name), amount=euros * EURO, currency=CURRENCY, rail=rail)
        if done.get("approval"):
            payments.decide_approval(**stage.who(second), approval=done["approval"], approved=True)


def months(stage: Stage, play: Callable[[Stage, datetime], int]) -> None:
    """Let the days go by: people join and top up, music is played, the treasurer closes each month."""
    waiting = list(newcomers(stage.rng, NEWCOMERS))
    played, since = 0, stage.now
    for number, day in enumerate(list(stage.days())):
        banking.check_cover(stage, day)
        stage.now = max(stage.now, day.replace(hour=9, minute=30))
        farewells.day(stage, number)
        if (day - since).days % DESK_EVERY == 0:
            _desk_day(stage, waiting, missing=EURO // 2 if day.day <= DESK_EVERY and day.month % 2 else 0)
        played += play(stage, day)
        if day.day == 1:
            _month_end(stage, day)
            stage.say(f"{day:%B %Y} begins: {len(stage.parties)} people, {played} plays so far.")
    stage.say(f"{played} plays were heard in all.")


def _desk_day(stage: Stage, waiting: list[Role], *, missing: int) -> None:
    """Open the desk: one or two people join, others bring money; `missing` is what the till lacks at the end."""
    open_desk(stage)
    for _ in range(min(len(waiting), stage.rng.choice((0, 1, 1, 2)))):
        join(stage, waiting.pop(0))
    _fill_wallets(stage)
    close_desk(stage, missing=missing)


def _fill_wallets(stage: Stage) -> None:
    for name in _listeners(stage):
        if stage.rng.random() < 0.3 and _low(stage, name):
            top_up(stage, name, stage.rng.choice((5, 5, 10, 20)), rail=stage.rng.choice(("cash", "bank")))


def _listeners(stage: Stage) -> Iterator[str]:
    """Yield who has a log-in and is a member."""
    yield from (name for name in stage.roles if name != REFUSED.name and name in stage.parties)


def _month_end(stage: Stage, day: datetime) -> None:
    """Close a set of postings and seal what was recorded, hold the month before against the bank, and close it."""
    with stage.scene(day.replace(hour=8)):
        ledger.make_checkpoint(actor=actors.job("ledger.make_checkpoint"), now=stage.now, key=stage.key())
        audit.make_seal(actor=actors.job("audit.make_seal"), now=stage.now, key=stage.key())
    banking.close_month(stage, day)


def refund_and_second_eyes(stage: Stage) -> None:
    """Two things that show: a refund, and a top-up so large that a second officer must look."""
    _next_day(stage)
    open_desk(stage)
    with stage.scene(stage.now):
        payments.refund_wallet(
            **stage.who("Finn Walsh"), party=stage.party("Ivo Marin"), amount=2 * EURO, currency=CURRENCY, rail="cash"
        )
    with stage.scene(stage.now + timedelta(minutes=5)):
        poorest = min(("Grace Lim", "Hana Sato", "Ivo Marin"), key=lambda name: _wallet(stage, name))
        amount = min(60 * EURO, money.payable(95 * EURO - _wallet(stage, poorest), CURRENCY))
        done = payments.top_up(
            **stage.who("Ada Byrne"), party=stage.party(poorest), amount=amount, currency=CURRENCY, rail="bank"
        )
    banking.bring_unknown(stage)
    stage.say("Ivo got EUR 2 of his wallet back.")
    if done.get("approval"):
        stage.say(f"A large top-up for {poorest} waits for a second pair of eyes at the desk.")


def sum_up(stage: Stage) -> None:
    """Say what the books say at the end."""
    with stage.scene(stage.now):
        totals: dict[str, int] = {}
        for row in books.trial_balance():
            totals[row.code] = totals.get(row.code, 0) + row.balance
    artists, coop, state, wallets = (
        money.formatted(totals.get(code, 0), CURRENCY)
        for code in ("liabilities.artist_payable", "income.music_share", "liabilities.vat", "liabilities.wallet")
    )
    stage.say(f"From the plays {artists} is owed to artists, {coop} is the co-op's, {state} is tax; {wallets} lies in wallets.")


def _low(stage: Stage, name: str) -> bool:
    with stage.scene(stage.now):
        return bool(_wallet(stage, name) < 5 * EURO)


def _wallet(stage: Stage, name: str) -> int:
    account = books.account("liabilities.wallet", CURRENCY, stage.party(name))
    return (books.balance(account) or 0) if account is not None else 0
