"""A whole host: backed up while people act, restored into an empty one; who was forgotten stays forgotten (T47)."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from rochdale.archives import actions, checking, keeping, restoring
from rochdale.archives import refused as no
from rochdale.members import queries as register
from rochdale.members import testing as members
from rochdale.privacy import actions as privacy_do
from rochdale.privacy import erasures as log
from rochdale.privacy import queries as privacy
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.models import Track
from rochdale.shared import coops, keys

from . import stage

MADE_HERE = ("django_", "auth_", "procrastinate_", "rochdale_cache")


def restore(content: bytes, erasures: list[log.Erasure] | None = None, **more: Any) -> restoring.Restored:
    archive = stage.opened(content)
    return restoring.restore_host(archive, actor=stage.OPERATOR, now=stage.NOW, erasures=erasures or [], **more)


def test_everything_comes_back(source: stage.Source, second_host: str) -> None:
    done = restore(source.host)
    assert (done.coops, done.closed, done.erasures) == (2, [], 0)
    after = stage.digests(second_host, "coop_alpha")
    assert {name for name in after if after[name] != source.digests[name]} <= {"audit_record", "django_migrations"}
    public = stage.digests(second_host, "public")
    kept = {name for name in public if not name.startswith(MADE_HERE)}
    assert {name: public[name] for name in kept} == {name: source.public[name] for name in kept}
    assert public["cooperatives_person"][0] == 4 and public["django_session"][0] == 0
    assert stage.figures("coop_alpha") == source.figures
    assert stage.schemas(second_host) == ["coop_alpha", "coop_beta"]
    with coops.inside("coop_alpha"):
        stage.play_once_more()
        assert checking.broken() == {}


def test_only_into_an_empty_host(source: stage.Source, second_host: str) -> None:
    restore(source.host)
    with pytest.raises(no.NotEmpty):
        restore(source.host)


def test_a_host_is_not_restored_from_one_co_op(source: stage.Source, second_host: str) -> None:
    with pytest.raises(no.WrongKind):
        restore(source.coop)


def test_keys_that_are_not_here_are_asked_for_first(
    source: stage.Source, second_host: str, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
    with pytest.raises(no.KeysDoNotFit) as refused:
        restore(source.host)
    assert "coop_alpha" in str(refused.value)
    assert restore(source.host, without_keys=True).closed
    assert not keys.path_of("coop_alpha").exists(), "a key that is missing is never made anew"


def test_refused_at_the_last_co_op_it_leaves_an_empty_host(source: stage.Source, second_host: str) -> None:
    def moon(said: dict[str, Any]) -> None:
        said["coops"][1]["directory"]["time_zone"] = "Moon/Sea"

    with pytest.raises(no.Damaged):
        restore(stage.edited(source.host, moon))
    assert stage.schemas(second_host) == []
    assert restore(source.host).coops == 2


def test_killed_between_two_co_ops_the_next_run_begins_anew(source: stage.Source, second_host: str, monkeypatch: Any) -> None:
    class Killed(BaseException):
        pass

    def stop(schema: str, place: int, count: int) -> None:
        if place == 2:
            raise Killed

    monkeypatch.setattr("rochdale.archives.marks.sweep", list)  # as after kill -9: nobody tidies up
    with pytest.raises(Killed):
        restore(source.host, progress=stop)
    monkeypatch.undo()
    assert stage.schemas(second_host) == ["coop_alpha"]
    with coops.public(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cooperatives_coop")
        assert cursor.fetchone() == (0,), "no address leads to it"
    assert restore(source.host).coops == 2


def test_a_backup_taken_while_people_pay_holds_and_has_what_was_acknowledged(own_database: Any, template_database: str) -> None:
    stage.live("coop_alpha")
    acknowledged: list[int] = []
    stop, busy = threading.Event(), threading.Event()

    def pay(number: int) -> None:
        try:
            while not stop.is_set():
                with coops.inside("coop_alpha"):
                    who = music.listener("5", members.NOW)
                    music.played(who, Track.objects.get(), now=members.NOW, event=f"busy-{number}-{uuid4()}")
                acknowledged.append(1)
                if len(acknowledged) > 10:
                    busy.set()
        finally:
            connection.close()

    threads = [threading.Thread(target=pay, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    busy.wait(20)
    before = len(acknowledged)
    content = stage.host_backup()
    stop.set()
    for thread in threads:
        thread.join()
    assert len(acknowledged) > before, "nobody was stopped"
    with stage.second_host(template_database):
        restore(content)
        with coops.inside("coop_alpha"):
            assert before <= _plays() - 13 <= len(acknowledged)
            assert checking.broken() == {}


def _plays() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM music_play")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def test_t47_who_was_forgotten_since_the_backup_is_forgotten_again(
    own_database: Any, template_database: str, monkeypatch: Any, tmp_path: Path
) -> None:
    """Bruno has entries of years; last month's backup still has his contact details, and the log knows better."""
    stage.live("coop_alpha")
    with coops.inside("coop_alpha"):
        bruno = members.known("bruno")
        number = register.number_of(bruno)
    last_month = stage.host_backup()
    place = tmp_path / "erasures.log"
    monkeypatch.setattr(log, "path", lambda: place)
    with coops.inside("coop_alpha"), members.inside():
        privacy_do.forget(
            actor=stage.OPERATOR, now=stage.NOW, key="gone", party=bruno, retention_class="contact", reason_code="asked"
        )
    assert [(each.party, each.retention_class) for each in log.read()] == [(bruno, "contact")]
    with stage.second_host(template_database):
        done = restore(last_month, erasures=log.read())
        assert done.erasures == 1
        with coops.inside("coop_alpha"):
            assert privacy.read(bruno, "contact") is None and privacy.forgotten(bruno, "contact")
            assert privacy.names([bruno]) == {bruno: "Bruno Okafor"}, "the register keeps its row to its date"
            assert register.number_of(bruno) == number
            assert checking.seals() == [] and checking.broken() == {}
            assert register.is_effective(bruno, members.NOW)
        assert len(log.read()) == 1, "what is replayed is not written down again"


def test_one_co_op_is_loaded_without_those_who_were_forgotten_since(source: stage.Source, second_host: str) -> None:
    [bruno] = [party for party, name in source.figures["names"].items() if name == "Bruno Okafor"]
    stranger = log.Erasure("coop_other", uuid4(), "contact", stage.NOW, "asked")
    gone = log.Erasure("coop_alpha", bruno, "contact", stage.NOW, "asked")
    done = actions.load_coop(
        actor=stage.OPERATOR, now=stage.NOW, key="x", archive=stage.opened(source.coop), slug="", erasures=[stranger, gone]
    )
    assert done["erasures"] == 1
    with coops.inside("coop_alpha"):
        assert privacy.forgotten(bruno, "contact") and not privacy.forgotten(stranger.party, "contact")
        again = actions.forget_again(actor=stage.OPERATOR, now=stage.NOW, key="y", erasures=[gone])
        assert again == 0, "what is forgotten is not forgotten twice"


def test_the_erasure_log_is_completed_from_the_tombstones(own_database: Any, monkeypatch: Any, tmp_path: Path) -> None:
    stage.live("coop_alpha")
    place = tmp_path / "erasures.log"
    with coops.inside("coop_alpha"):
        bruno = members.known("bruno")
    monkeypatch.setattr(log, "append", lambda erasures, file=None: None)  # killed between commit and line
    with coops.inside("coop_alpha"), members.inside():
        privacy_do.forget(
            actor=stage.OPERATOR, now=stage.NOW, key="gone", party=bruno, retention_class="contact", reason_code="asked"
        )
    monkeypatch.undo()
    monkeypatch.setattr(log, "path", lambda: place)
    assert keeping.complete_the_log() == 1
    assert keeping.complete_the_log() == 0
    place.write_text(place.read_text() + '{"cut": ')
    assert [each.party for each in log.read()] == [bruno]
    place.write_text('{"bad": 1}\n' + place.read_text())
    with pytest.raises(ValueError, match="line 1"):
        log.read()
