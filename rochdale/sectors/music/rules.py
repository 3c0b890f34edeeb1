"""What a play costs, what it makes of the listener's right to the track, and who gets the money.

Pure: values in, values out. Amounts are micro-units of the currency (`shared.money`).
The ladder is Resonate's: nine plays at 2, 4, … 512 thousandths of the currency's unit, 1.022 in
all, then the track is the listener's (community.resonate.coop/t/pricing-and-credits/1854).
"""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from rochdale.shared import money

DEFAULT_LADDER = (2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Thousandths of the currency's unit, one for each play until the track is owned."""
EVERY_CURRENCY = "every"
"""The row of the ladder table that holds for every currency without a row of its own."""
LONGEST_LADDER = 50
LONGEST_NAME = 300
LONGEST_KEY = 200
MICRO_IN_A_THOUSANDTH = money.ONE // 1000

Ladder = tuple[int, ...]
Outcome = Literal["charged", "short", "own", "free", "owned"]


class BadLadder(ValueError):
    """A ladder table that names no usable prices."""


def ladder_of(table: Mapping[str, Sequence[Any]], currency: str) -> Ladder:
    """Return the price of each step in micro-units, first play first.

    `table` maps currency codes, and "every" for the rest, to thousandths of the unit: whole
    numbers, or decimals as text ("2.4"). Refuses an empty or endless ladder, and prices that are
    not above zero or finer than a micro-unit.
    """
    steps = table.get(currency, table.get(EVERY_CURRENCY))
    if not steps or isinstance(steps, str) or len(steps) > LONGEST_LADDER:
        raise BadLadder(f"no ladder of 1 to {LONGEST_LADDER} steps for {currency}")
    return tuple(_micro(step) for step in steps)


def _micro(thousandths: Any) -> int:
    try:
        exact = Decimal(str(thousandths)) * MICRO_IN_A_THOUSANDTH
    except InvalidOperation:
        raise BadLadder(f"{thousandths!r} is not a price") from None
    if not exact.is_finite() or exact != int(exact) or not 0 < exact <= money.LARGEST:
        raise BadLadder(f"{thousandths!r} is not a price above zero in thousandths")
    return int(exact)


def price_of_play(nth: int, ladder: Ladder) -> int:
    """Return what the nth counted play of one listener and track costs; nothing after the last step."""
    if nth < 1:
        raise ValueError("the first play is number 1")
    return ladder[nth - 1] if nth <= len(ladder) else 0


def left_to_own(taken: int, ladder: Ladder) -> int:
    """Return what the steps not yet taken cost together: 1024 − 2^(k+1) thousandths after k plays of the default ladder."""
    return sum(ladder[taken:])


def owned_after(nth: int, ladder: Ladder) -> bool:
    """Tell whether the listener owns the track once the nth step is taken."""
    return nth >= len(ladder)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one play is: `nth` is the step it takes (0 for none), `price` what it costs, `owns`
    whether the track is the listener's from this play on."""

    outcome: Outcome
    nth: int = 0
    price: int = 0
    owns: bool = False


def judge(*, full_play: bool, own: bool, owned: bool, free: bool, taken: int, ladder: Ladder) -> Verdict:
    """Say what a play counts for. `taken` is how many steps this listener has taken on this track.

    A play cut short counts for nothing. An artist's play of their own track is kept and never
    charged, and takes no step. Where the co-op has shortened its ladder below what a listener has
    paid already, the next full play makes the track theirs at no cost.
    """
    if not full_play:
        return Verdict("short")
    if own:
        return Verdict("own")
    if owned:
        return Verdict("owned")
    if taken >= len(ladder):
        return Verdict("owned", owns=True)
    if free:
        return Verdict("free")
    nth = taken + 1
    return Verdict("charged", nth, price_of_play(nth, ladder), owned_after(nth, ladder))


def counts(ms_played: int | None, counted_after_seconds: int) -> bool:
    """Tell whether a play was long enough; a source that says nothing of the time reports full plays."""
    return ms_played is None or ms_played >= counted_after_seconds * 1000


@dataclass(frozen=True, slots=True)
class Split:
    """A price divided: `tax` to the state, then the net between artist and co-op."""

    tax: int
    artist: int
    coop: int

    @property
    def net(self) -> int:
        return self.artist + self.coop


def split(price: int, *, coop_percent: Decimal, vat_percent: Decimal, event: str) -> Split:
    """Divide a price that includes tax; the parts add up to it exactly.

    The tax inside is price × v / (100 + v). The net goes to the co-op by its percentage and the
    rest to the artist. Odd micro-units go by largest remainder, equal remainders by the SHA-256 of
    "<event>:<receiver>" (`money.allocate`), which nobody can steer.
    """
    net, tax = _divide(price, Decimal(100), vat_percent, (f"{event}:net", f"{event}:tax"))
    artist, coop = _divide(net, Decimal(100) - coop_percent, coop_percent, (f"{event}:artist", f"{event}:co-op"))
    return Split(tax=tax, artist=artist, coop=coop)


def _divide(total: int, first: Decimal, second: Decimal, names: tuple[str, str]) -> tuple[int, int]:
    if not (first.is_finite() and second.is_finite() and first >= 0 and second >= 0):
        raise ValueError("a percentage lies between 0 and 100")
    over = 10 ** max(0, *(-int(weight.as_tuple().exponent) for weight in (first, second)))
    parts = money.allocate(total, [int(first * over), int(second * over)], names)
    return parts[0], parts[1]


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: case, width and spacing are left out.

    At most 200 letters: a longer one is cut and told apart by its hash.
    """
    key = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return key if len(key) <= LONGEST_KEY else key[: LONGEST_KEY - 40] + hashlib.sha256(key.encode()).hexdigest()[:40]


def sort_key(name: str) -> str:
    """Return what a name is sorted by: marks stripped and case folded, for a server without ICU."""
    letters = unicodedata.normalize("NFKD", name)
    return name_key("".join(letter for letter in letters if not unicodedata.combining(letter)))


def words_of(*names: str) -> str:
    """Return names as plain words for the search: no marks, no punctuation, case folded, each word once."""
    plain = unicodedata.normalize("NFKD", " ".join(names)).casefold()
    bare = "".join(" " if not letter.isalnum() else letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(dict.fromkeys(bare.split()))


def event_of(source: str, *parts: str) -> uuid.UUID:
    """Return the identity of a play: equal for the same play told twice, different for everything else."""
    told = "\x1f".join((source, *parts))
    return uuid.UUID(bytes=hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()[:16], version=5)


def is_readable(name: str) -> bool:
    """Tell whether a name has letters and nothing that no screen can show (control characters, broken bytes)."""
    return bool(name) and not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
