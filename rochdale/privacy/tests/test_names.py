"""Sealed names in order and found by their beginnings, by every process alike, and gone at once when erased."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from rochdale.privacy import names
from rochdale.shared import coops, keys

from .test_vault import forget, keep

pytestmark = pytest.mark.usefixtures("coop")
PEOPLE = ("Zoë Ní Bhriain", "ada byrne", "Ádám Kovács", "Öykü Şahin", "Bruno Okafor", "José-María de la Cruz")


@pytest.fixture(autouse=True)
def fresh() -> None:
    names.forget_all()


def known(*called: str) -> dict[str, str]:
    found = {}
    for name in called:
        party = uuid4()
        keep(party, name=name)
        found[str(party)] = name
    return found


def shown(parties: dict[str, str], search: str = "", *, descending: bool = False) -> list[str]:
    page = names.page(among=parties, search=search, descending=descending)
    return [page.names.get(party, "–") for party in page.parties]


def test_names_come_in_order_whatever_their_accents_and_case() -> None:
    people = known(*PEOPLE)
    assert shown(people) == [PEOPLE[1], PEOPLE[2], PEOPLE[4], PEOPLE[5], PEOPLE[3], PEOPLE[0]]
    assert shown(people, descending=True) == shown(people)[::-1]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ada", {"ada byrne", "Ádám Kovács"}),
        ("ADÁM KOV", {"Ádám Kovács"}),
        ("sahin oyk", {"Öykü Şahin"}),
        ("byr", {"ada byrne"}),
        ("yrne", set()),
        ("zoe", {"Zoë Ní Bhriain"}),
        ("nobody", set()),
        ("\u0301", set()),
    ],
)
def test_words_are_found_by_their_beginnings(search: str, found: set[str]) -> None:
    assert set(shown(known(*PEOPLE), search)) == found


def test_a_page_reads_only_its_own_names() -> None:
    people = known(*(f"Person {number:02}" for number in range(12)))
    page = names.page(among=people, offset=5, limit=3)
    assert [page.names[party] for party in page.parties] == ["Person 05", "Person 06", "Person 07"]
    assert (page.total, len(page.names)) == (12, 3)


def test_who_is_asked_for_and_has_no_name_comes_last_and_is_never_found() -> None:
    people = known("Ada Byrne")
    nameless = {str(uuid4()): ""} | people
    assert shown(nameless) == ["Ada Byrne", "–"]
    assert shown(nameless, "a") == ["Ada Byrne"]


def test_a_new_name_counts_at_once_everywhere() -> None:
    people = known("Ada Byrne", "Finn Walsh")
    other = elsewhere(people)
    ada = next(iter(people))
    keep(UUID(ada), name="Zora Byrne")
    assert shown(people) == ["Finn Walsh", "Zora Byrne"]
    assert shown(people, "ada") == []
    assert in_process(other, people) == ["Finn Walsh", "Zora Byrne"]


def test_the_erased_vanish_at_once_from_every_process() -> None:
    people = known("Ada Byrne", "Finn Walsh")
    shown(people)
    other = elsewhere(people)
    forget(UUID(next(iter(people))), "register")
    assert shown(people, "ada") == in_process(other, people, "ada") == []
    assert shown(people) == in_process(other, people) == ["Finn Walsh", "–"]
    assert "byrne" not in str(names._indexes)


def test_what_was_rolled_back_is_forgotten_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "COUNT_SECONDS", -1.0)
    people = known("Ada Byrne", "Finn Walsh")
    ada = next(iter(people))
    with transaction.atomic():
        keep(UUID(ada), name="Zora Byrne")
        assert shown(people) == ["Finn Walsh", "Zora Byrne"]
        transaction.set_rollback(True)
    assert shown(people) == ["Ada Byrne", "Finn Walsh"]


def test_another_co_ops_names_are_not_here(second_coop: object) -> None:
    people = known("Ada Byrne")
    shown(people)
    with coops.inside(second_coop.schema_name):  # type: ignore[attr-defined]  # a co-op
        assert names.page(among=people, search="ada").total == 0


def test_without_the_key_nothing_is_found_and_nothing_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
    people = known("Ada Byrne")
    path = keys.path_of(coops.current())
    kept = path.read_bytes()
    path.unlink()
    assert shown(people) == ["name closed"]
    assert shown(people, "ada") == []
    keys.adopt(coops.current(), kept)
    monkeypatch.setattr(names, "COUNT_SECONDS", -1.0)
    assert shown(people, "ada") == ["Ada Byrne"]


def elsewhere(people: dict[str, str]) -> object:
    """Let another process read its index, and put ours back; returns the other's."""
    ours = dict(names._indexes)
    names.forget_all()
    shown(people)
    other = dict(names._indexes)
    names._indexes.clear()
    names._indexes.update(ours)
    return other


def in_process(other: object, people: dict[str, str], search: str = "") -> list[str]:
    ours = dict(names._indexes)
    names._indexes.clear()
    names._indexes.update(other)  # type: ignore[call-overload]  # what `elsewhere` returned
    try:
        return shown(people, search)
    finally:
        names._indexes.clear()
        names._indexes.update(ours)
