"""The made-up people of the demo. The named ones play fixed roles, the same as in the tests."""

from __future__ import annotations

import base64
import hashlib
import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

PASSWORD = "nine plays and it is yours"  # noqa: S105  # everyone's in the demo, and printed


@dataclass(frozen=True, slots=True)
class Role:
    """A person of the demo: what they are, and their offices."""

    name: str
    class_code: str
    offices: tuple[str, ...] = ()
    does: str = ""

    @property
    def email(self) -> str:
        """Return an address that is nobody's: the first name for those with a role, all of it for the others."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        return f"{plain.split()[0] if self.does else plain.replace(' ', '.')}@nineplays.example"

    @property
    def secret(self) -> str:
        """Return the demo authenticator's secret, base32: made from the name, so that it can be shown again."""
        return base64.b32encode(hashlib.sha1(f"rochdale demo {self.name}".encode()).digest()).decode()  # noqa: S324  # no secret


FOUNDERS = (
    Role("Grace Lim", "listener", ("chair",), "chairs the board, decides appeals"),
    Role("Carmen Ruiz", "worker", ("secretary",), "admits members, keeps the register"),
    Role("Ada Byrne", "listener", ("treasurer",), "runs the desk, takes money in"),
    Role("Finn Walsh", "listener", ("cashier",), "checks what the treasurer makes"),
    Role("Bruno Okafor", "artist", ("board",), "publishes music, is paid for plays"),
    Role("Hana Sato", "artist", ("board",), "publishes music"),
    Role("Ivo Marin", "worker", (), "keeps the service running"),
)
AT_THE_DESK = Role("Dilip Rao", "supporter", (), "has no log-in: acts at the desk with PIN and printed codes")
REFUSED = Role("Eve Stone", "artist", (), "was refused, appealed, and is looking in from outside")

_GIVEN = (
    "Aoife", "Bilal", "Chidi", "Dana", "Emeka", "Farah", "Gustav", "Hedda", "Imran", "Jonas", "Keiko", "Liam", "Maeve", "Nadia",
    "Oisín", "Petra", "Quentin", "Roisin", "Saoirse", "Tomás", "Uma", "Viktor", "Wren", "Xenia", "Yusuf", "Zofia",
)  # fmt: skip
_FAMILY = (
    "Brennan", "Costa", "Doyle", "Eriksen", "Fofana", "Garcia", "Haddad", "Ivanova", "Jensen", "Kowalski", "Lindqvist", "Moran",
    "Nolan", "Osei", "Pereira", "Quinn", "Rossi", "Sharma", "Turner", "Umeh", "Varga", "Weber", "Yilmaz", "Zeman",
)  # fmt: skip


def newcomers(rng: random.Random, count: int) -> Sequence[Role]:
    """Return people who join later: mostly listeners, every fifth an artist; no name twice."""
    taken = {role.name for role in (*FOUNDERS, AT_THE_DESK, REFUSED)}
    found: list[Role] = []
    while len(found) < count:
        name = f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
        if name in taken:
            continue
        taken.add(name)
        found.append(Role(name, "artist" if len(found) % 5 == 4 else "listener"))
    return found
