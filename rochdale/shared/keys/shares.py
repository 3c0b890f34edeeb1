"""Split a key among a board, k of n (Shamir 1979), as sheets that a person can type in again.

A sheet holds 22 groups of five letters and digits (Crockford's base 32: no I, L, O, U). Each
group ends in a check sign of its own, so that a typed mistake is named by its group; the whole
ends in a check of four bytes. Only the newest generation is split: the older ones are sealed with
it (`Ring.earlier`) and lie in the co-op's tables and beside the sheets.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import shamirs
from django.utils.translation import gettext_lazy as _

from rochdale.shared.refusals import Refusal

from . import rings
from .rings import Ring

PRIME = 2**256 + 297
"""The smallest prime above every 32-byte key."""
MOST_SHARES = 40
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = {"O": "0", "I": "1", "L": "1"}
_BYTES = 55
_GROUPS = _BYTES * 8 // 20
_VERSION = 1


class NotASplit(Refusal):
    code = "shared.not_a_split"
    status = 422
    text = _("A key is shared out among 2 to {most} people, of whom at least 2 and at most all are needed. Nothing was written.")


class ShareDamaged(Refusal):
    code = "shared.share_damaged"
    status = 422
    text = _("The share {name} cannot be right: {where}. Nothing was written; look at the sheet and type it again.")


class TooFewShares(Refusal):
    code = "shared.too_few_shares"
    status = 422
    text = _("{given} different shares were given, {needed} are needed. Nothing was written; ask further holders.")


class SharesOfSeveralSets(Refusal):
    code = "shared.shares_of_several_sets"
    status = 422
    text = _(
        "The shares {names} are not of one set: each time a key is shared out, new sheets are made. "
        "Nothing was written; gather sheets with the same set number."
    )


class ShareOfAnotherCoop(Refusal):
    code = "shared.share_of_another_coop"
    status = 422
    text = _("The share {name} belongs to another co-op than {coop}. Nothing was written.")


class SharesDoNotFit(Refusal):
    code = "shared.shares_do_not_fit"
    status = 422
    text = _("These shares do not give the key back: at least one was forged or belongs elsewhere. Nothing was written.")


@dataclass(frozen=True, slots=True)
class Share:
    """One holder's part of a key. `set_id` tells one splitting from another, `check` is of the key itself."""

    index: int
    needed: int
    total: int
    generation: int
    set_id: str
    coop: bytes
    check: bytes
    value: int

    def groups(self) -> list[str]:
        """Return the share as groups of five signs."""
        head = bytes([_VERSION, self.index, self.needed, self.total]) + self.generation.to_bytes(2, "big")
        body = head + bytes.fromhex(self.set_id) + self.coop + self.check + self.value.to_bytes(33, "big")
        return _groups(body + _check(body))


def split(ring: Ring, *, coop: str, total: int, needed: int) -> list[Share]:
    """Split the newest generation of a key: any `needed` of the shares give it back, fewer tell nothing of it."""
    if not 2 <= needed <= total <= MOST_SHARES:
        raise NotASplit(most=MOST_SHARES)
    key = ring.generations[ring.newest]
    set_id = secrets.token_hex(3)
    parts = shamirs.shares(int.from_bytes(key, "big"), quantity=total, modulus=PRIME, threshold=needed)
    check = bytes.fromhex(rings.check_of(key))[:5]
    return [Share(part.index, needed, total, ring.newest, set_id, tag_of(coop), check, part.value) for part in parts]


def combine(given: Sequence[tuple[str, Share]], *, coop: str) -> tuple[int, bytes]:
    """Return the generation and the key that named shares give back.

    Refuses shares of another co-op, of several sets, too few, and shares that do not fit together.
    """
    for name, share in given:
        if share.coop != tag_of(coop):
            raise ShareOfAnotherCoop(name=name, coop=coop)
    sets = {(s.set_id, s.generation, s.needed, s.total, s.check) for _name, s in given}
    if len(sets) > 1:
        raise SharesOfSeveralSets(names=", ".join(name for name, _share in given))
    different = {share.index: share for _name, share in given}
    needed = given[0][1].needed if given else 2
    if len(different) < needed:
        raise TooFewShares(given=len(different), needed=needed)
    parts = [shamirs.share(share.index, share.value, PRIME) for share in different.values()]
    value = shamirs.interpolate(parts, threshold=needed)
    share = given[0][1]
    key = value.to_bytes(33, "big")
    if key[0] or bytes.fromhex(rings.check_of(key[1:]))[:5] != share.check or not _all_fit(parts, needed, value):
        raise SharesDoNotFit()
    return share.generation, key[1:]


def _all_fit(parts: Sequence[shamirs.share], needed: int, value: int) -> bool:
    """Say whether shares beyond the needed ones agree too: a forged one among them is noticed."""
    return all(shamirs.interpolate([part, *parts[: needed - 1]], threshold=needed) == value for part in parts[needed:])


def read(text: str, *, name: str) -> Share:
    """Read a share from a sheet or from what somebody typed. Refuses with the group that is mistyped."""
    groups = _found(text)
    if len(groups) != _GROUPS:
        raise ShareDamaged(
            name=name, where=_("it has {found} groups of five signs, not {wanted}").format(found=len(groups), wanted=_GROUPS)
        )
    bits = 0
    for place, group in enumerate(groups):
        values = [_value(sign) for sign in group]
        if None in values or _sign_of(place, [v or 0 for v in values[:4]]) != (values[4]):
            raise ShareDamaged(name=name, where=_("group {number}, “{group}”, is mistyped").format(number=place + 1, group=group))
        for each in values[:4]:
            bits = bits << 5 | (each or 0)
    whole = bits.to_bytes(_BYTES, "big")
    body, check = whole[:-4], whole[-4:]
    if _check(body) != check or body[0] != _VERSION:
        raise ShareDamaged(name=name, where=_("the groups do not belong together"))
    value = int.from_bytes(body[18:], "big")
    if value >= PRIME or not 1 <= body[1] <= body[3] or not 2 <= body[2] <= body[3]:
        raise ShareDamaged(name=name, where=_("the groups do not belong together"))
    return Share(body[1], body[2], body[3], int.from_bytes(body[4:6], "big"), body[6:9].hex(), body[9:13], body[13:18], value)


def tag_of(coop: str) -> bytes:
    """Return the four bytes by which a share knows its co-op (its slug)."""
    return hashlib.sha256(b"rochdale share " + coop.encode()).digest()[:4]


def _found(text: str) -> list[str]:
    """Return the groups in a sheet (its lines that begin with "key:"), or in typed signs without any other words."""
    marked = re.findall(r"^\s*key:(.*)$", text, flags=re.MULTILINE | re.IGNORECASE)
    signs = re.sub(r"[\s\-.]+", "", "".join(marked) if marked else text).upper()
    return [signs[at : at + 5] for at in range(0, len(signs), 5)]


def _groups(whole: bytes) -> list[str]:
    bits, found = int.from_bytes(whole, "big"), []
    for place in range(_GROUPS):
        part = bits >> 20 * (_GROUPS - 1 - place) & 0xFFFFF
        values = [part >> shift & 31 for shift in (15, 10, 5, 0)]
        found.append("".join(_SIGNS[each] for each in (*values, _sign_of(place, values))))
    return found


def _sign_of(place: int, values: Sequence[int]) -> int:
    """Return the check sign: odd weights, so that every single wrong sign shows; the place, so that two swapped groups do."""
    return (sum(weight * value for weight, value in zip((1, 3, 5, 7), values, strict=True)) + 11 * place + 5) % 32


def _value(sign: str) -> int | None:
    found = _SIGNS.find(_READ_AS.get(sign, sign))
    return None if found < 0 else found


def _check(body: bytes) -> bytes:
    return hashlib.sha256(b"rochdale share whole" + body).digest()[:4]
