"""The co-op's key changes: a new generation, data keys wrapped anew, the old one given up when nothing needs it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rochdale.audit import queries as audit
from rochdale.cooperatives.adapter import SecretsAdapter
from rochdale.members import actions as people
from rochdale.members import testing as members
from rochdale.members.testing import NOW, fresh_key
from rochdale.privacy import actions, queries
from rochdale.privacy.models import DataKey
from rochdale.shared import actor as actors
from rochdale.shared import coops, keys
from rochdale.shared.action import NotAllowed
from rochdale.shared.keys import rings

from .test_vault import forget, keep

pytestmark = pytest.mark.usefixtures("coop")
BY = actors.operator("keys rotate")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
    return tmp_path


def rotate(now: datetime = NOW) -> int:
    return int(actions.rotate_key(actor=BY, now=now, key=fresh_key())["generation"])


def rewrap(most: int = 2000) -> dict[str, Any]:
    found: dict[str, Any] = actions.rewrap_keys(actor=BY, now=NOW, key=fresh_key(), most=most)
    return found


def retire(number: int, now: datetime = NOW + timedelta(days=2)) -> None:
    actions.retire_generation(actor=BY, now=now, key=fresh_key(), number=number)


def test_a_new_generation_seals_and_the_old_one_still_reads() -> None:
    ada, finn = uuid4(), uuid4()
    keep(ada, name="Ada")
    assert rotate() == 2
    keep(finn, name="Finn")
    assert queries.names([ada, finn]) == {ada: "Ada", finn: "Finn"}
    assert dict(DataKey.objects.values_list("party", "generation")) == {ada: 1, finn: 2}
    assert [each.number for each in queries.generations()] == [1, 2]


def test_data_keys_are_wrapped_anew_in_bounded_steps_that_go_on_where_they_stopped() -> None:
    people = [uuid4() for _ in range(7)]
    for number, party in enumerate(people):
        keep(party, name=f"Person {number}")
    forget(people[0], "register")
    rotate()
    assert (rewrap(4)["left"], queries.to_rewrap(2)) == (2, 2)
    assert rewrap(4) == {"generation": 2, "rewrapped": 2, "left": 0}
    assert rewrap(4)["rewrapped"] == 0
    assert queries.names(people) == {party: f"Person {number}" for number, party in enumerate(people) if number}
    assert queries.forgotten_but_readable() == []


def test_what_marks_people_stays_the_same_over_a_rotation() -> None:
    ada = uuid4()
    keep(ada, "contact", phone="+353851234567")
    key, before = fresh_key(), keys.mac("a request")
    first = actions.rotate_key(actor=BY, now=NOW, key=key)
    assert queries.find("phone", "+353851234567") == [ada]
    assert keys.mac("a request") == before
    assert actions.rotate_key(actor=BY, now=NOW, key=key) == first, "a used key still gives its first answer"


def test_a_rotation_that_was_stopped_after_its_file_is_not_made_twice() -> None:
    keep(uuid4(), name="Ada")
    keys.rotate(coops.current(), beyond=queries.newest_recorded())
    assert rotate() == 2
    assert [each.number for each in queries.generations()] == [1, 2]


def test_a_generation_is_given_up_only_when_nothing_needs_it() -> None:
    ada = uuid4()
    keep(ada, name="Ada")
    rotate()
    with pytest.raises(actions.RotatedJustNow):
        retire(1, NOW + timedelta(hours=1))
    with pytest.raises(actions.StillNeeded, match=r"privacy_datakey\.wrapped"):
        retire(1)
    rewrap()
    retire(1)
    assert set(keys.ring(coops.current()).generations) == {2}
    assert queries.names([ada]) == {ada: "Ada"}
    with pytest.raises(actions.UnknownGeneration):
        retire(1)
    with pytest.raises(actions.UnknownGeneration):
        retire(2)


def test_append_only_text_keeps_its_generation_and_is_named() -> None:
    keep(uuid4(), name="Ada")
    members.settle(NOW)
    grace = members.officer("grace")
    application = members.apply("eve", "listener")
    people.refuse_application(
        actor=grace, now=NOW, key=fresh_key(), application=application, reason_code="details_not_proved", words="no letter came"
    )
    rotate()
    rewrap()
    needed = {(need.table, need.generation, need.moves) for need in queries.needs(coops.current())}
    assert ("messages_message", 1, False) in needed
    assert ("privacy_datakey", 2, True) in needed
    with pytest.raises(actions.StillNeeded):
        retire(1)


def test_rotations_stand_in_the_trail_and_are_the_operators() -> None:
    members.settle(NOW)
    rotate()
    lines = audit.trail(viewer=members.officer("grace"), now=NOW, action="privacy.rotate_key")
    assert [line.actor_kind for line in lines] == ["operator"]
    with pytest.raises(NotAllowed):
        actions.rotate_key(actor=members.officer("grace"), now=NOW, key=fresh_key())


def test_copies_of_the_key_are_noted_without_the_key() -> None:
    actions.note_key_copy(actor=BY, now=NOW, key=fresh_key(), what="split", kept_generation=1, shares=5, needed=3, set_id="abc")
    assert queries.kept_elsewhere(1)
    assert not queries.kept_elsewhere(2)
    with pytest.raises(actions.NotANote):
        actions.note_key_copy(actor=BY, now=NOW, key=fresh_key(), what="sold", kept_generation=1)


def test_the_earlier_generations_come_back_with_the_newest_key() -> None:
    keep(uuid4(), name="Ada")
    rotate()
    whole = keys.ring(coops.current())
    assert rings.with_earlier(2, whole.generations[2], queries.earlier_of(2)) == whole
    with pytest.raises(keys.NotOpened):
        rings.with_earlier(2, keys.new_key(), queries.earlier_of(2))


def test_a_lost_key_is_never_replaced_by_a_new_one() -> None:
    ada = uuid4()
    keep(ada, name="Ada")
    keys.path_of(coops.current()).unlink()
    with pytest.raises(keys.KeyMissing):
        keep(uuid4(), name="Finn")
    with pytest.raises(keys.KeyMissing):
        keys.fingerprint("+353851234567")
    assert queries.names([ada]) == {ada: "name closed"}
    assert not keys.has_key(coops.current())


def test_co_ops_sealed_before_generations_were_recorded_get_no_new_key_either() -> None:
    assert queries.recorded_checks() is None
    DataKey.objects.create(party=uuid4(), retention_class="register", wrapped=keys.VERSION + b"x" * 64, made_at=NOW)
    assert queries.recorded_checks() == frozenset()
    with pytest.raises(keys.KeyMissing):
        keys.encrypt(b"x", about="a")


def test_another_key_in_its_place_reads_nothing_and_seals_nothing() -> None:
    ada = uuid4()
    keep(ada, name="Ada")
    path = keys.path_of(coops.current())
    path.unlink()
    keys.adopt(coops.current(), keys.new_key())
    assert queries.names([ada]) == {ada: "name closed"}
    with pytest.raises(keys.KeyForeign):
        keep(ada, name="Ada Byrne")
    with pytest.raises(keys.KeyForeign):
        keep(uuid4(), name="Finn")


def test_the_hosts_key_turns_and_second_factors_with_it(public_db: None) -> None:
    with coops.public():
        sealed = SecretsAdapter().encrypt("JBSWY3DPEHPK3PXP")
        before = keys.secret("django")
        found = actions.rotate_host_key(actor=BY, now=NOW, key=fresh_key())
        assert found["generation"] == 2
        assert SecretsAdapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"
        assert keys.secrets("django")[1] == before != keys.secret("django")
