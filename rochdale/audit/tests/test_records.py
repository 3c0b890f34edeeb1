"""Every action leaves a record, and a key counts once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from rochdale.audit import actions as audit
from rochdale.audit import queries
from rochdale.shared import coops, keys, may
from rochdale.shared.action import KeyReused, NotAllowed, action
from rochdale.shared.actor import Actor, operator
from rochdale.shared.refusals import Refusal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, EVE = uuid4(), uuid4()


class TooMuch(Refusal):
    code = "test_audit.too_much"
    text = "Too much. Nothing was changed."


@action("test_audit.give", may=may.own("party"), about=("party", "amount"), private=("memo",))
def give(*, actor: Actor, now: datetime, key: str, party: UUID, amount: int, memo: str = "") -> dict[str, Any]:
    if amount > 100:
        raise TooMuch()
    return {"given": amount, "receipt": str(uuid4())}


def person(party: UUID) -> Actor:
    return Actor(kind="person", via="page", person=uuid4(), party=party)


def do(actor: Actor, key: str = "k1", **more: Any) -> Any:
    return give(actor=actor, now=NOW, key=key, **{"party": actor.party, "amount": 5, **more})


def test_an_action_leaves_a_record(coop) -> None:
    ada = person(ADA)
    do(ada, memo="for the roof")
    (line,) = queries.trail(viewer=ada, now=NOW)
    assert (line.action, line.actor_kind, line.via, line.party) == ("test_audit.give", "person", "page", ADA)
    assert line.references == {"party": str(ADA), "amount": 5}
    assert line.said == {"memo": "for the roof"}


def test_free_text_is_stored_encrypted(coop) -> None:
    do(person(ADA), memo="a secret wish")
    with connection.cursor() as cursor:
        cursor.execute('SELECT reason, "references"::text, result::text FROM audit_record')
        reason, *rest = cursor.fetchone()
    assert b"secret" not in bytes(reason)
    assert "secret" not in "".join(rest)


def test_the_same_key_and_body_give_the_first_result(coop) -> None:
    ada = person(ADA)
    first = do(ada)
    assert do(ada) == first
    assert len(queries.trail(viewer=ada, now=NOW)) == 1


def test_the_same_key_with_another_body_is_refused(coop) -> None:
    ada = person(ADA)
    do(ada)
    with pytest.raises(KeyReused):
        do(ada, amount=6)
    assert len(queries.trail(viewer=ada, now=NOW)) == 1


def test_two_people_may_use_the_same_key(coop) -> None:
    assert do(person(ADA)) != do(person(EVE))


def test_two_coops_may_use_the_same_key(coop, second_coop) -> None:
    ada = person(ADA)
    first = do(ada)
    with coops.inside(second_coop.schema_name):
        assert do(ada) != first


def test_a_refused_request_does_not_use_up_its_key(coop) -> None:
    ada = person(ADA)
    with pytest.raises(TooMuch):
        do(ada, amount=101)
    assert do(ada, amount=100)["given"] == 100


def test_a_refused_person_leaves_no_record(coop) -> None:
    with pytest.raises(NotAllowed):
        give(actor=person(EVE), now=NOW, key="k", party=ADA, amount=1)
    assert queries.trail(viewer=person(EVE), now=NOW) == []
    assert queries.keys_without_record() == []


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_that_cannot_be_stored_is_refused(coop, key: str) -> None:
    with pytest.raises(audit.KeyTooLong):
        do(person(ADA), key=key)


def test_people_see_their_own_acts_only(coop) -> None:
    do(person(ADA))
    assert queries.trail(viewer=person(EVE), now=NOW) == []


def test_pages_of_the_trail_follow_each_other(coop) -> None:
    ada = person(ADA)
    for number in range(5):
        do(ada, key=f"k{number}")
    first = queries.trail(viewer=ada, now=NOW, limit=3)
    rest = queries.trail(viewer=ada, now=NOW, limit=3, before=first[-1].id)
    assert [line.id for line in first + rest] == sorted((line.id for line in first + rest), reverse=True)
    assert len(rest) == 2


def test_a_step_inside_another_action_can_have_its_own_line(coop) -> None:
    audit.note(action="test_audit.step", actor=operator("rochdale test"), references={"thing": ADA}, now=NOW, reason="why not")
    assert queries.acts_about("thing", [str(ADA), str(EVE)], action="test_audit.step") == {str(ADA)}


def test_the_trail_works_in_public_too(public_db) -> None:
    do(person(ADA))
    assert len(queries.trail(viewer=person(ADA), now=NOW)) == 1


def test_an_export_holds_what_one_did(coop) -> None:
    do(person(ADA))
    do(person(EVE))
    assert [each["action"] for each in queries.export(ADA)] == ["test_audit.give"]


@pytest.mark.parametrize(
    "sql",
    ["UPDATE audit_record SET action = 'x'", "DELETE FROM audit_record", "TRUNCATE audit_record",
     "UPDATE audit_key SET body = 'x'", "DELETE FROM audit_key", "ALTER TABLE audit_record DISABLE TRIGGER ALL"],
)  # fmt: skip
def test_the_app_can_change_nothing_here(coop, sql: str) -> None:
    do(person(ADA))
    with (
        pytest.raises(Exception, match=r"permission denied|append-only|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_owner_cannot_change_it_by_a_slip(own_database) -> None:
    with coops.inside(own_database.coop.schema_name):
        do(person(ADA))
    with own_database.connect("rochdale_owner") as owner:
        for sql in ("UPDATE audit_record SET action = 'x'", "DELETE FROM audit_record", "TRUNCATE audit_record CASCADE"):
            owner.execute(f"SET search_path TO {own_database.coop.schema_name}, public")
            with pytest.raises(Exception, match="append-only"):
                owner.execute(sql)
            owner.rollback()


def test_fifty_at_once_with_one_key_do_it_once(own_database) -> None:
    """T02: the same key and body fifty times in parallel: one deed, one answer for all."""
    ada, answers, start = person(ADA), [], threading.Barrier(10)

    def knock() -> None:
        start.wait()
        try:
            for _each in range(5):
                with coops.inside(own_database.coop.schema_name):
                    answers.append(do(ada)["receipt"])
        finally:
            connection.close()

    threads = [threading.Thread(target=knock) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 50
    assert len(set(answers)) == 1
    with coops.inside(own_database.coop.schema_name):
        assert len(queries.trail(viewer=ada, now=NOW + timedelta(days=1))) == 1


def test_a_key_written_by_hand_is_found(coop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_key (id, body) VALUES (%s, %s)", [ADA, keys.mac("x")])
    assert queries.keys_without_record() == [{"key": str(ADA)}]


def test_a_record_without_action_is_refused_by_the_database(coop) -> None:
    with pytest.raises(IntegrityError, match="audit_record_names_action"), transaction.atomic():
        audit.note(action="", actor=operator("x"), references={}, now=NOW)
