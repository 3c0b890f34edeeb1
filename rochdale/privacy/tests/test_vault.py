"""The vault: keep, read, find, forget."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from rochdale.members.testing import NOW, fresh_key, inside
from rochdale.privacy import actions, queries
from rochdale.privacy.models import DataKey, SealedRecord
from rochdale.shared import actor as actors
from rochdale.shared import coops, keys
from rochdale.shared.action import InsideOnly

pytestmark = pytest.mark.usefixtures("coop")
BY = actors.job("test")


def keep(party: UUID, retention_class: str = "register", **fields: Any) -> int:
    with inside():
        kept = actions.keep(actor=BY, now=NOW, key=fresh_key(), party=party, retention_class=retention_class, fields=fields)
    return int(kept["version"])


def forget(party: UUID, retention_class: str) -> None:
    with inside():
        actions.forget(actor=BY, now=NOW, key=fresh_key(), party=party, retention_class=retention_class, reason_code="asked")


def test_what_is_kept_is_read_and_the_newest_version_counts() -> None:
    ada = uuid4()
    assert keep(ada, name="Ada") == 1
    assert keep(ada, name="Ada Byrne", address="1 Toad Lane") == 2
    assert queries.read(ada, "register") == {"name": "Ada Byrne", "address": "1 Toad Lane"}
    assert queries.read(ada, "contact") is None
    assert queries.read(uuid4(), "register") is None


def test_many_names_are_read_at_once(django_assert_num_queries: Any) -> None:
    parties = [uuid4() for _ in range(30)]
    for number, party in enumerate(parties):
        keep(party, name=f"Person {number}")
    with django_assert_num_queries(2):
        names = queries.names([*parties, uuid4()])
    assert names == {party: f"Person {number}" for number, party in enumerate(parties)}


def test_nothing_readable_lies_in_the_tables() -> None:
    keep(uuid4(), "contact", email="ada@example.org", name="Ada")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM privacy_sealedrecord t")
        assert "ada" not in cursor.fetchone()[0].lower()
        cursor.execute("SELECT string_agg(t::text, ' ') FROM privacy_mark t")
        assert "example" not in cursor.fetchone()[0]


def test_forgetting_destroys_the_key_of_one_class_only() -> None:
    ada = uuid4()
    keep(ada, name="Ada")
    keep(ada, "contact", phone="+353851234567")
    assert queries.find("phone", "+353 85 123 4567") == [ada]
    forget(ada, "contact")
    assert queries.read(ada, "contact") is None
    assert queries.find("phone", "+353851234567") == []
    assert queries.read(ada, "register") == {"name": "Ada"}
    assert queries.forgotten(ada, "contact")
    assert not queries.forgotten(ada, "register")
    forget(ada, "contact")
    assert queries.forgotten_but_readable() == []


def test_what_was_forgotten_cannot_be_kept_again() -> None:
    ada = uuid4()
    keep(ada, "contact", email="ada@example.org")
    forget(ada, "contact")
    with pytest.raises(actions.Forgotten):
        keep(ada, "contact", email="ada@example.org")


def test_an_unknown_retention_class_is_refused() -> None:
    with pytest.raises(actions.UnknownRetentionClass):
        keep(uuid4(), "gossip", name="Ada")
    with pytest.raises(actions.UnknownRetentionClass):
        forget(uuid4(), "gossip")


def test_two_changes_at_once_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = uuid4()
    keep(ada, name="Ada")
    monkeypatch.setattr(queries, "latest_version", lambda party, retention_class: 0)
    with pytest.raises(actions.ChangedMeanwhile):
        keep(ada, name="Ada Byrne")


def test_keeping_is_a_step_of_other_actions() -> None:
    with pytest.raises(InsideOnly):
        actions.keep(actor=BY, now=NOW, key="k", party=uuid4(), retention_class="register", fields={"name": "Ada"})


def test_records_cannot_be_moved_to_somebody_else() -> None:
    ada, eve = uuid4(), uuid4()
    keep(ada, name="Ada")
    keep(eve, name="Eve")
    row = SealedRecord.objects.get(party=ada)
    SealedRecord.objects.create(party=eve, retention_class="register", version=2, sealed=bytes(row.sealed), recorded_at=NOW)
    with pytest.raises(keys.NotOpened):
        queries.read(eve, "register")


def test_a_data_key_is_never_replaced_nor_brought_back() -> None:
    ada = uuid4()
    keep(ada, name="Ada")
    with pytest.raises(DatabaseError), transaction.atomic():
        DataKey.objects.filter(party=ada).update(wrapped=b"other")
    forget(ada, "register")
    with pytest.raises(DatabaseError), transaction.atomic():
        DataKey.objects.filter(party=ada).update(wrapped=b"other", destroyed_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        SealedRecord.objects.filter(party=ada).delete()


def test_another_co_op_cannot_open_it(second_coop: Any) -> None:
    ada = uuid4()
    keep(ada, name="Ada")
    with coops.inside(second_coop.schema_name):
        assert queries.read(ada, "register") is None


def test_parties_that_share_a_phone_are_found() -> None:
    ada, other, finn = uuid4(), uuid4(), uuid4()
    keep(ada, "contact", phone="+353 85 1234567")
    keep(other, "contact", phone="+353851234567", email="o@example.org")
    keep(finn, "contact", phone="+353860000000")
    assert queries.sharing([ada]) == {ada, other}
    assert queries.sharing([]) == set()


def test_a_record_without_key_is_found_by_the_check() -> None:
    party = uuid4()
    SealedRecord.objects.create(party=party, retention_class="register", version=1, sealed=b"x", recorded_at=NOW)
    assert [row["party"] for row in queries.records_without_key()] == [party]
