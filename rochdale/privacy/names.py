"""Names in order and found by their beginnings, at a hundred thousand members, although the database holds none in clear.

Each process keeps an index of sort keys in memory, for each co-op it is asked about: opened once from
the vault, then kept current with every call (newer records, tombstones). Nothing of it is ever written
down, so destroying a data key leaves no name in any file, dump or backup. The index only says who comes
where; the names shown are read from the vault itself, so an erased one vanishes with its key at once.
"""

from __future__ import annotations

import bisect
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, KeysView
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from rochdale.shared import coops, keys

from . import queries, rules

MOST_CO_OPS = 64
"""How many co-ops' indexes a process keeps; the least lately asked one goes."""
OVERLAP = 500
"""Record numbers looked at again with each call: rows are not committed in the order of their numbers."""
COUNT_SECONDS = 5.0
"""How often the number of records is compared with what is in the index: the net under the overlap."""


@dataclass(frozen=True, slots=True)
class NamesPage:
    """A page of parties in the order of their names, with the names as the vault says them now."""

    parties: list[UUID]
    names: dict[UUID, str]
    total: int


def page(*, among: Iterable[str], search: str = "", descending: bool = False, offset: int = 0, limit: int = 0) -> NamesPage:
    """Return parties by name, or those whose words begin as the searched words do; `limit` 0 gives all.

    Accents and case do not count. Who has no name here comes last, and in a search not at all.
    """
    ordered = order(among, search=search, descending=descending)
    part = [UUID(party) for party in (ordered[offset : offset + limit] if limit else ordered)]
    shown = queries.names(part)
    if search.strip():
        part = [party for party in part if party in shown]
    return NamesPage(part, shown, len(ordered))


def order(among: Iterable[str], *, search: str = "", descending: bool = False) -> list[str]:
    """Return parties in the order of their names; with `search` only those that match it.

    Parties are taken and given as text: a hundred thousand UUIDs cost a second to compare, texts nothing.
    """
    wanted = dict.fromkeys(among)
    words = [f" {word}" for word in rules.sort_key(search).split()]
    if search.strip() and not words:
        return []
    index = _index()
    with index.lock:
        index.refresh(wanted.keys())
        found = index.ordered
        for word in words:
            found = [each for each in found if word in each[0]]
        matching = [party for _key, party in found if party in wanted]
    if descending:
        matching.reverse()
    if words or len(matching) == len(wanted):
        return matching
    named = set(matching)
    return matching + [party for party in wanted if party not in named]


def forget_all() -> None:
    """Empty every index of this process: for measuring how long a cold one takes."""
    with _lock:
        _indexes.clear()


@dataclass
class _Index:
    """The sort keys of one co-op: by party, and in order. A key begins with a space, so that words begin with one."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    entries: dict[str, tuple[int, str]] = field(default_factory=dict)
    ordered: list[tuple[str, str]] = field(default_factory=list)
    newest: int = 0
    newest_tombstone: int = 0
    counted_at: float = 0.0

    def refresh(self, wanted: KeysView[str]) -> None:
        """Take in what was recorded or erased since the last call, and whoever is asked for and not there yet."""
        if not self.entries:
            self.newest = _rows("SELECT coalesce(max(id), 0) FROM privacy_sealedrecord", [])[0][0]
            self._take(_opened(None), many=True)
        changed = {party for number, party, version in self._later() if version > self.entries.get(party, (0, ""))[0]}
        changed |= wanted - self.entries.keys()
        if time.monotonic() - self.counted_at > COUNT_SECONDS:
            changed |= self._differing()
        if changed:
            self._take(_opened(list(changed)), many=len(changed) > 1000)
            self._take(((party, 0, "") for party in changed - self.entries.keys()), many=len(changed) > 1000)
        for party in self._erased():
            self._put(party, self.entries.get(party, (0, ""))[0], "")

    def _later(self) -> list[tuple[int, str, int]]:
        found = _rows(
            "SELECT id, party::text, version FROM privacy_sealedrecord WHERE id > %s AND retention_class = 'register'",
            [self.newest - OVERLAP],
        )
        self.newest = max(self.newest, max((number for number, _party, _version in found), default=0))
        return found

    def _erased(self) -> list[str]:
        found = _rows(
            "SELECT id, party::text FROM privacy_tombstone WHERE id > %s AND retention_class = 'register'",
            [self.newest_tombstone - OVERLAP],
        )
        self.newest_tombstone = max(self.newest_tombstone, max((number for number, _party in found), default=0))
        return [party for _number, party in found]

    def _differing(self) -> set[str]:
        """Return whoever's newest version is not the one in the index, where the numbers of records differ at all.

        Versions of a party run from 1 without gaps, so all records together are the sum of the newest versions.
        """
        self.counted_at = time.monotonic()
        total = _rows("SELECT count(*) FROM privacy_sealedrecord WHERE retention_class = 'register'", [])[0][0]
        if total == sum(version for version, _key in self.entries.values()):
            return set()
        newest = dict(
            _rows(
                "SELECT party::text, max(version) FROM privacy_sealedrecord WHERE retention_class = 'register' GROUP BY party", []
            )
        )
        differing = {party for party, version in newest.items() if self.entries.get(party, (0, ""))[0] != version}
        for party in self.entries.keys() - newest.keys():
            self._put(party, 0, "")  # read inside a transaction that was rolled back
        return differing

    def _take(self, found: Iterable[tuple[str, int, str]], *, many: bool) -> None:
        if not many:
            for party, version, key in found:
                self._put(party, version, key)
            return
        self.entries.update((party, (version, key)) for party, version, key in found)
        self.ordered = sorted((key, party) for party, (_version, key) in self.entries.items() if key)

    def _put(self, party: str, version: int, key: str) -> None:
        known = self.entries.get(party, (0, ""))[1]
        if known and known != key:
            del self.ordered[bisect.bisect_left(self.ordered, (known, party))]
        if key and known != key:
            bisect.insort(self.ordered, (key, party))
        self.entries[party] = (version, key)


_indexes: OrderedDict[tuple[str, str], _Index] = OrderedDict()
_lock = threading.Lock()


def _index() -> _Index:
    place = (str(connection.settings_dict["NAME"]), coops.current())
    with _lock:
        found = _indexes.setdefault(place, _Index())
        _indexes.move_to_end(place)
        while len(_indexes) > MOST_CO_OPS:
            _indexes.popitem(last=False)
    return found


def _opened(parties: list[str] | None) -> Iterator[tuple[str, int, str]]:
    """Yield party, newest version and sort key; the erased with an empty one. Everything where no parties are given."""
    narrowed = "" if parties is None else "AND r.party = ANY(%s::uuid[])"
    try:
        ring = keys.ring(coops.current())
    except keys.KeyMissing:
        return
    rows = _rows(_NEWEST.format(narrowed=narrowed), [] if parties is None else [parties])
    outer = {name: keys.Opener(ring.secret("encrypt", number)) for name, number in ring.ids.items()}
    for party, version, sealed, wrapped in rows:
        opener = outer.get(keys.key_id(wrapped)) if wrapped is not None else None
        if opener is None:
            yield party, version, ""
            continue
        inner = opener.unseal(wrapped, queries.key_place(party, "register"))
        fields = json.loads(keys.unseal(sealed, key=inner, about=queries.place(party, "register", version)))
        name = rules.sort_key(str(fields.get("name", "")))
        yield party, version, f" {name}" if name else ""


_NEWEST = """
    SELECT DISTINCT ON (r.party) r.party::text, r.version, r.sealed, k.wrapped
    FROM privacy_sealedrecord r
    LEFT JOIN privacy_datakey k ON k.party = r.party AND k.retention_class = r.retention_class
    WHERE r.retention_class = 'register' {narrowed}
    ORDER BY r.party, r.version DESC
"""


def _rows(line: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(line, values)
        return list(cursor.fetchall())
