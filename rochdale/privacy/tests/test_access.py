"""T27: what is closed opens only by a second human, for a while, to the one who asked; and its subject sees it all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from rochdale.audit import queries as audit
from rochdale.cooperatives.models import Person
from rochdale.cooperatives.testing import signed_in
from rochdale.members import actions as people
from rochdale.members import queries as people_known
from rochdale.members import testing as members
from rochdale.members.testing import NOW, fresh_key, inside
from rochdale.offices.authority import ProveYourself
from rochdale.privacy import actions, queries
from rochdale.privacy.models import AccessLook, AccessOpening
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops
from rochdale.shared.action import NotAllowed

pytestmark = pytest.mark.usefixtures("coop")
WHY = "a letter came back, the new phone is needed"


def ask(by: str = "ada", about: str = "bruno", *, what: str = "contact", why: str = WHY, now: datetime = NOW) -> int:
    party = members.known(about)
    asker = members.officer(by)
    return int(actions.ask_access(actor=asker, now=now, key=fresh_key(), party=party, retention_class=what, reason=why))


def open_(number: int, by: str = "grace", now: datetime = NOW) -> datetime:
    found = actions.open_access(actor=replace(members.officer(by), sure_at=now), now=now, key=fresh_key(), request=number)
    return datetime.fromisoformat(found["until"])


def look(number: int, by: str = "ada", now: datetime = NOW) -> dict[str, Any]:
    viewer = members.officer(by)
    actions.look(actor=viewer, now=now, key=fresh_key(), request=number)
    return queries.opened_fields(number, viewer=viewer, now=now)


def test_t27_one_asks_another_opens_and_the_subject_sees_who_when_and_why() -> None:
    members.join("bruno")
    number = ask()
    assert open_(number) == NOW + timedelta(minutes=60)
    assert look(number) == {"email": "bruno@example.org"}
    look(number, now=NOW + timedelta(minutes=59))
    (seen,) = queries.accesses_of(members.known("bruno"))
    assert (seen.asked_by, seen.opened_by, seen.reason) == (members.known("ada"), members.known("grace"), WHY)
    assert seen.looks == (NOW, NOW + timedelta(minutes=59))
    assert queries.export_accesses(members.known("bruno"))[0]["reason"] == WHY
    assert queries.accesses_of(members.known("ada")) == []
    acts = {line.action for line in audit.trail(viewer=members.officer("grace"), now=NOW)}
    assert {"privacy.ask_access", "privacy.open_access", "privacy.look"} <= acts


def test_t27_nothing_opens_by_oneself_nor_by_the_same_human_under_another_entry() -> None:
    members.join("bruno")
    number = ask(by="grace")
    with pytest.raises(actions.SecondHuman):
        open_(number, by="grace")
    hana, grace = members.join("hana"), members.known("grace")
    with inside():  # both gave the same phone: one human under two entries
        for party in (hana, grace):
            people.change_contact(
                actor=actors.job("test"), now=NOW, key=fresh_key(), party=party, contact={"phone": "+353851112223"}
            )
    with pytest.raises(actions.SecondHuman):
        open_(number, by="hana")
    assert not AccessOpening.objects.exists()
    open_(number, by="carmen")
    assert queries.opened_by_their_asker() == []


def test_t27_it_closes_again_and_lapses() -> None:
    members.join("bruno")
    number = ask()
    with pytest.raises(queries.NotOpen):
        look(number)
    until = open_(number)
    with pytest.raises(queries.NotOpen):
        look(number, now=until)
    with pytest.raises(actions.AlreadyOpened):
        open_(number, by="carmen")
    late = ask()
    with pytest.raises(actions.RequestLapsed):
        open_(late, now=NOW + timedelta(hours=24))


def test_t27_only_the_one_who_asked_sees_and_only_what_was_asked() -> None:
    members.join("bruno")
    number = ask()
    open_(number)
    for other in ("grace", "finn"):
        with pytest.raises(queries.NotOpen):
            look(number, by=other)
    with pytest.raises(queries.NotOpen):
        queries.opened_fields(number, viewer=members.actor("ada"), now=NOW)
    assert "address" not in look(number)


def test_t27_the_operator_and_members_have_no_way_in_and_the_tables_hold_ciphertext() -> None:
    bruno = members.join("bruno")
    number = ask()
    given: dict[str, Any] = {"now": NOW, "party": bruno, "retention_class": "contact", "reason": WHY}
    for by in (actors.operator("psql"), members.actor("bruno"), actors.job("test")):
        with pytest.raises(NotAllowed):
            actions.ask_access(actor=by, key=fresh_key(), **given)
        with pytest.raises(NotAllowed):
            actions.open_access(actor=by, now=NOW, key=fresh_key(), request=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM privacy_sealedrecord t")
        assert "bruno" not in cursor.fetchone()[0].lower()
        cursor.execute("SELECT encode(reason_sealed, 'escape') FROM privacy_accessrequest")
        assert "letter" not in cursor.fetchone()[0]


def test_opening_asks_for_a_fresh_proof() -> None:
    members.join("bruno")
    number = ask()
    with pytest.raises(ProveYourself):
        actions.open_access(
            actor=replace(members.officer("grace"), sure_at=NOW - timedelta(hours=1)), now=NOW, key=fresh_key(), request=number
        )


def test_what_makes_no_sense_is_not_asked() -> None:
    members.join("bruno")
    with pytest.raises(actions.ReasonMissing):
        ask(why="because")
    with pytest.raises(actions.UnknownRetentionClass):
        ask(what="gossip")
    with pytest.raises(actions.NothingKept):
        ask(what="desk")
    with pytest.raises(actions.OwnData):
        ask(by="ada", about="ada")
    with pytest.raises(actions.NoSuchRequest):
        open_(999)


def test_the_traces_cannot_be_taken_away() -> None:
    members.join("bruno")
    number = ask()
    open_(number)
    look(number)
    for rows in (AccessLook.objects.all(), AccessOpening.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


# the pages


def browser(name: str) -> Any:
    with coops.public():
        return signed_in(Person.objects.get(pk=members.log_in(name)), strong=True)


def test_the_pages_from_the_members_page_to_the_members_own() -> None:
    for name in ("bruno", "ada", "grace"):
        members.join(name, clock.now())
    bruno: UUID = members.known("bruno")
    ada, grace, own = browser("ada"), browser("grace"), browser("bruno")
    number = people_known.number_of(bruno)
    page = ada.get(f"/c/alpha/members/{number}/").content.decode()
    assert "bruno@example.org" not in page
    assert f"/c/alpha/privacy/closed/ask/{bruno}/" in page
    assert "bruno@example.org" in grace.get(f"/c/alpha/members/{number}/").content.decode()
    given = {"retention_class": "contact", "reason": WHY, "key": fresh_key()}
    asked = ada.post(f"/c/alpha/privacy/closed/ask/{bruno}/", given)
    assert asked.status_code == 303
    there = asked["Location"]
    assert ada.post(there, {"do": "open", "key": fresh_key()}).status_code == 422
    assert "Open it" in grace.get(there).content.decode()
    assert "Look" in grace.post(there, {"do": "open", "key": fresh_key()}).content.decode()
    assert "bruno@example.org" not in ada.get(there).content.decode()
    assert "bruno@example.org" in ada.post(there, {"do": "look", "key": fresh_key()}).content.decode()
    assert grace.post(there, {"do": "look", "key": fresh_key()}).status_code == 422
    said = own.get("/c/alpha/privacy/").content.decode()
    assert all(words in said for words in ("Ada Byrne", "Grace Lim", WHY))
    assert "Nobody asked" in grace.get("/c/alpha/privacy/").content.decode()
    assert own.get("/c/alpha/privacy/closed/").status_code == 403
    assert ada.get("/c/alpha/privacy/closed/999/").status_code == 404
    assert ada.get(f"/c/alpha/privacy/closed/ask/{uuid4()}/").status_code == 404
