"""Pure rules of membership: steps of an application, shares, the register's visibility, desk codes."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from rochdale.shared import money

REFUSAL_REASONS = (
    "class_conditions_not_met",
    "conflict_of_interest",
    "details_not_proved",
    "area_or_trade_outside_purpose",
    "debt_to_the_co-op",
    "expelled_before",
)
"""What an application may be refused for. Nothing that would discriminate can be chosen."""

NON_MEMBER = "non-member"

REGISTER_FIELDS = ("name", "address", "occupation", "nominee", "born_on")
"""What the register may keep of a person, as long as the law wants it kept. All but the name only where it is told."""
FIELD_WORDS = {"occupation": "occupation", "nominee": "nominee", "age": "born_on", "date of birth": "born_on"}
"""Words of the packs' row `register.fields` that ask for more than every register holds."""
ERASED = "[erased]"
"""What stands for a name that was erased, in every language."""
REGISTER_FORMAT = "rochdale.register/1"
CONTACT_FIELDS = ("email", "phone", "language")
"""How somebody is reached; gone when they leave."""

PIN_DIGITS = 6
CODES_ON_A_SHEET = 10
WRONG_TRIES = 5
"""After so many wrong tries in a row a PIN is locked until an officer issues a new one."""
CLAIM_DAYS = 1
"""A log-in that claimed wrongly `WRONG_TRIES` times tries again after this, so that nobody locks one PIN after another."""
DESK_MINUTES = 15
"""How long one proof at the desk holds."""
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which are misread on paper."""

TRANSFER_REFUSALS = ("class_conditions_not_met", "debt_to_the_co-op", "purpose_of_shares", "over_the_limit")
"""What a transfer of shares may be refused for."""
COPY_REFUSALS = ("no_purpose_in_law", "fee_not_paid", "not_identified")
"""What a copy of the register may be refused for."""
PURPOSES = ("own_entry", "members_rights", "credit", "press_or_research", "authority", "other")
"""Classes of purpose for which somebody looks at the register; members see the class, officers the words."""
MOST_INSTALMENTS = 120

Viewer = Literal["officer", "member", "outsider"]

DECIDERS = {
    "board": frozenset({"board", "chair"}),
    "secretary": frozenset({"board", "chair", "secretary"}),
}
"""Which offices decide, by the bylaws' choice."""


@dataclass(frozen=True, slots=True)
class View:
    """What somebody may see of the register."""

    names: bool
    holdings: bool
    logged: bool


def standing_of(classes: Sequence[str]) -> str:
    """Write the classes a party belongs to as one text; somebody in none is a non-member."""
    return "+".join(sorted(set(classes))) or NON_MEMBER


def counts_from(
    rule: str, *, admitted_at: datetime, minimum_amount: int, payments: Sequence[tuple[datetime, int]]
) -> datetime | None:
    """Return from when a membership counts, or None while something is missing.

    `rule` is the bylaw's choice: `on_admission`, or `on_paid_minimum_share`, which waits until the
    payments (moment, micro-units) reach the minimum. Whoever needs no share counts at once.
    """
    if rule == "on_admission" or minimum_amount <= 0:
        return admitted_at
    paid = 0
    for moment, amount in sorted(payments):
        paid += amount
        if paid >= minimum_amount:
            return max(moment, admitted_at)
    return None


def minimum_shares(table: Mapping[str, int], class_codes: Sequence[str]) -> int:
    """Return how many shares these classes ask for: the highest of them; `*` stands for a class not named."""
    everyone = int(table.get("*", 0))
    return max((int(table.get(code, everyone)) for code in class_codes), default=everyone)


def decision_due(applied_at: datetime, days: int) -> datetime:
    """Return by when an application must be decided."""
    return applied_at + timedelta(days=days)


def appeal_is_late(refused_at: datetime, days: int, now: datetime) -> bool:
    """Say whether the days for an appeal have passed."""
    return now > refused_at + timedelta(days=days)


def view_for(viewer: Viewer, *, visibility: Mapping[str, Any] | None, hide_holdings: bool) -> View:
    """Say what a viewer may see of others in the register.

    `visibility` is the pack's row `register.visibility` ({"who": "anyone" or "members", "names":
    …, "holdings": …}) or None where the pack is silent; `hide_holdings` is the row
    `register.view_without_holdings`. Silent law: members see names, outsiders nothing
    (law-privacy-security.md §1.4). Officers see what they keep.
    """
    if viewer == "officer":
        return View(names=True, holdings=True, logged=False)
    row = visibility or {"who": "members", "names": True, "holdings": False}
    allowed = viewer == "member" or row.get("who") == "anyone"
    holdings = allowed and bool(row.get("holdings")) and not hide_holdings
    return View(names=allowed and bool(row.get("names")), holdings=holdings, logged=viewer == "outsider")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed once for a member without a log-in, and the hashes that are kept instead."""

    pin: str
    codes: tuple[str, ...]
    pin_hash: str
    code_hashes: tuple[str, ...]


def new_sheet(hashed: Callable[[str], str]) -> Sheet:
    """Make a PIN and numbered one-time codes; `hashed` is the strong hash with the co-op's pepper."""
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
    codes = tuple(f"{place}-{_letters(4)}-{_letters(4)}" for place in range(1, CODES_ON_A_SHEET + 1))
    return Sheet(pin, codes, hashed(plain_code(pin)), tuple(hashed(plain_code(code)) for code in codes))


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def plain_code(given: str) -> str:
    """Write a PIN or code as it is compared: capitals, without spaces and dashes."""
    return "".join(sign for sign in given.upper() if sign.isalnum())


def position_of(code: str) -> int:
    """Return the number on the sheet that a code begins with, 0 when it has none."""
    head = code.strip().replace("–", "-").split("-")[0].strip()
    return int(head) if head.isascii() and head.isdigit() and len(head) <= 2 else 0


def locked(passed: Sequence[bool]) -> bool:
    """Say whether the last tries with a PIN (newest first) lock it."""
    wrong = 0
    for good in passed:
        if good:
            break
        wrong += 1
    return wrong >= WRONG_TRIES


def same_text(first: str, second: str) -> bool:
    """Compare two texts in constant time."""
    return hmac.compare_digest(first.encode(), second.encode())


def entry_amount(amount: int, percent: int) -> int:
    """Return how much of a subscription is due at once, rounded up (Spain art. 46.3: at least a quarter)."""
    return -(-amount * percent // 100)


def instalments(amount: int, *, percent: int, months: int, since: datetime, smallest: int = 1) -> list[tuple[datetime, int]]:
    """Return what of a subscription is due when: the entry part at once, the rest in equal monthly parts.

    Amounts in micro-units, whole multiples of `smallest` (what the currency can pay); the first
    rest-instalments carry what does not divide. They always add up to the amount.
    """
    first = min(amount, -(-entry_amount(amount, percent) // smallest) * smallest) if months else amount
    plan = [(since, first)] if first else []
    units, odd = divmod(amount - first, smallest)
    each, more = divmod(units, months) if months else (0, 0)
    for place in range(1, months + 1):
        part = (each + (1 if place <= more else 0)) * smallest + (odd if place == months else 0)
        if part:
            plan.append((months_after(since, place), part))
    return plan


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day some months later, or the month's last day where there is none."""
    place = moment.month - 1 + months
    year, month = moment.year + place // 12, place % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def missing_of(plan: Sequence[tuple[datetime, int]], paid: int, now: datetime) -> list[tuple[datetime, int]]:
    """Return the instalments that are due and not wholly paid, with what is missing; payments fill the oldest first."""
    found = []
    for due, amount in plan:
        covered = min(paid, amount)
        paid -= covered
        if covered < amount and due < now:
            found.append((due, amount - covered))
    return found


@dataclass(frozen=True, slots=True)
class BuyBackLot:
    """Shares of one lot of whoever stands in the buy-back queue, in the queue's order. `shares` is what they ask of it."""

    request: int
    party: UUID
    lot: int
    shares: int
    par_value: int


@dataclass(frozen=True, slots=True)
class BuyBack:
    """What a round pays of one lot: micro-units at par."""

    request: int
    party: UUID
    lot: int
    shares: int
    amount: int


def buy_back_plan(queue: Sequence[BuyBackLot], money: int) -> list[BuyBack]:
    """Divide money over the queue in its order, whole shares at par. Nobody is passed over: where it ends, it ends."""
    plan: list[BuyBack] = []
    for each in queue:
        count = min(each.shares, max(0, money) // each.par_value)
        if count:
            plan.append(BuyBack(each.request, each.party, each.lot, count, count * each.par_value))
            money -= count * each.par_value
        if count < each.shares:
            break
    return plan


def kept_part(amount: int, percent_hundredths: int, currency: str) -> int:
    """Return what is kept of an amount at par: a percentage times 100 of it, rounded down to what the currency can pay."""
    return money.payable(amount * percent_hundredths // 10_000, currency)


def more_fields(words: object) -> tuple[str, ...]:
    """Return what a pack's `register.fields` asks for beyond name and address, in the register's order."""
    asked = {FIELD_WORDS[word] for word in words if word in FIELD_WORDS} if isinstance(words, list) else set()
    return tuple(field for field in REGISTER_FIELDS if field in asked)


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of a register's lines: of all of them, and of everything but what lies in the vault."""

    whole: str
    without_names: str


def digests(lines: Sequence[Mapping[str, Any]], *, as_of: str, known_at: str, scope: str) -> Digests:
    """Return the digests of a register's canonical lines."""
    head = {"as_of": as_of, "format": REGISTER_FORMAT, "known_at": known_at, "scope": scope}
    bare = [{key: value for key, value in line.items() if key not in REGISTER_FIELDS} for line in lines]
    return Digests(_digest(head | {"lines": list(lines)}), _digest(head | {"lines": bare}))


def canonical(content: Mapping[str, Any]) -> str:
    """Write a register as JSON in one way only: sorted names, no spaces, letters as they are."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()
