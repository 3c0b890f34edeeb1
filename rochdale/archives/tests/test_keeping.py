"""Files of backups are whole or not there, old ones go only after a new one is proved, and the doctor knows."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as some

from rochdale.archives import bare, drilling, health, jobs, keeping, rules
from rochdale.archives import refused as no
from rochdale.audit.queries import alerts
from rochdale.shared import clock, coops
from rochdale.shared.postgres import testing as server

from . import stage

START = datetime(2026, 1, 1, 2, tzinfo=UTC)


class Killed(BaseException):
    """As kill -9: nobody tidies up behind it."""


class TestWholeOrNotThere:
    def test_a_backup_killed_while_it_is_written_is_not_taken_for_one(
        self, own_database: Any, tmp_path: Path, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: None)

        def torn(file: Any, *, now: datetime) -> Any:
            file.write(b"half of it")
            raise Killed

        monkeypatch.setattr("rochdale.archives.reading.write_host", torn)
        with pytest.raises(Killed):
            keeping.back_up_host(tmp_path, now=START)
        assert len([each for each in tmp_path.iterdir() if keeping.PART in each.name]) == 1
        with pytest.raises(no.NoBackupYet):
            keeping.newest(tmp_path)
        monkeypatch.undo()
        made = keeping.back_up_host(tmp_path, now=START)
        assert [each.name for each in tmp_path.iterdir() if each.name != ".lock"] == [made.path.name]
        assert keeping.newest(tmp_path) == made.path
        assert made.path.stat().st_mode & 0o077 == 0

    def test_what_cannot_be_read_again_gets_no_name_and_prunes_nothing(
        self, own_database: Any, tmp_path: Path, monkeypatch: Any
    ) -> None:
        old = tmp_path / rules.name_of(START - timedelta(days=900))
        old.write_bytes(b"")
        monkeypatch.setattr("rochdale.archives.reading.write_host", lambda file, now: file.write(bytes(5_000)))
        with pytest.raises(no.NotAnArchive):
            keeping.back_up_host(tmp_path, now=START, keep=rules.Keep(1, 0, 0))
        assert [each.name for each in tmp_path.iterdir() if each.name != ".lock"] == [old.name]

    def test_no_file_is_written_over(self, own_database: Any, tmp_path: Path) -> None:
        place = tmp_path / "alpha.tar"
        keeping.back_up_coop("alpha", place, now=START)
        before = place.read_bytes()
        with pytest.raises(keeping.FileHere):
            keeping.back_up_coop("alpha", place, now=START)
        assert place.read_bytes() == before

    def test_two_at_once_are_one(self, own_database: Any, tmp_path: Path) -> None:
        inside, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            with keeping._alone(tmp_path):
                inside.set()
                go_on.wait(20)

        other = threading.Thread(target=hold)
        other.start()
        inside.wait(20)
        with pytest.raises(keeping.AnotherBackupRuns):
            keeping.back_up_host(tmp_path, now=START)
        go_on.set()
        other.join()


class TestPruning:
    def test_days_weeks_and_months_are_kept(self) -> None:
        names = [rules.name_of(START + timedelta(days=day)) for day in range(200)]
        gone = set(rules.to_prune(names, rules.Keep(7, 4, 3)))
        kept = [name[9:17] for name in names if name not in gone]
        assert kept[-7:] == [f"202607{day}" for day in range(13, 20)]
        assert {"20260531", "20260630"} <= set(kept) and len(kept) <= 7 + 4 + 3

    @given(some.lists(some.integers(0, 5_000), max_size=40), some.tuples(*[some.integers(0, 5)] * 3))
    def test_the_newest_always_stays_and_other_files_are_never_touched(self, hours: list[int], keep: tuple[int, ...]) -> None:
        names = [rules.name_of(START + timedelta(hours=each)) for each in hours]
        gone = rules.to_prune([*names, "holiday.jpg", ".lock"], rules.Keep(*keep))
        assert set(gone) <= set(names)
        assert not names or max(names) not in gone
        assert len(set(names) - set(gone)) <= max(1, sum(keep)) if names else not gone

    @pytest.mark.parametrize("text", ["", "7", "7,5", "a,b,c", "-1,2,3", "0,0,0"])
    def test_what_is_no_retention_is_an_error(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"ROCHDALE_BACKUP_KEEP|invalid literal"):
            rules.keep_of(text)


class TestEveryNight:
    def test_the_job_writes_prunes_and_the_doctor_sees_it(self, own_database: Any, tmp_path: Path, settings: Any) -> None:
        assert [(line.what, line.ok) for line in health.lines()] == [("backups", True)]
        jobs.back_up()
        settings.ROCHDALE_BACKUPS, settings.ROCHDALE_BACKUP_KEEP = str(tmp_path), "2,0,0"
        assert [(line.what, line.ok) for line in health.lines()] == [("last backup", False)]
        for night in range(3):
            with clock.at(START + timedelta(days=night)):
                jobs.back_up()
        assert len([each for each in tmp_path.iterdir() if rules.made_at(each.name)]) == 2
        with clock.at(START + timedelta(days=2, hours=3)):
            [last, _drill] = health.lines()
            assert (last.ok, last.number) == (True, 3)
        with clock.at(START + timedelta(days=4)):
            assert not next(iter(health.lines())).ok, "a night without one is told"

    def test_a_night_that_fails_is_an_alert(self, own_database: Any, tmp_path: Path, settings: Any) -> None:
        (tmp_path / "file").write_text("no folder")
        settings.ROCHDALE_BACKUPS = str(tmp_path / "file")
        with clock.at(START), pytest.raises(OSError, match="file"):
            jobs.back_up()
        with coops.public():
            assert [each.code for each in alerts.latest()] == ["archives.backup_failed"]

    def test_a_drill_that_fails_is_kept_as_such(self, tmp_path: Path, monkeypatch: Any) -> None:
        monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
        file = tmp_path / rules.name_of(START)
        file.write_bytes(b"nothing")
        assert drilling.latest() is None
        proof = drilling.drill(file, now=START, most=1)
        assert proof.failure.startswith("NotAnArchive") and drilling.latest() == proof


def test_a_server_that_dies_while_a_co_op_is_loaded_leaves_nothing(
    source: stage.Source, second_host: str, monkeypatch: Any
) -> None:
    def dies(schema: str, aside: bare.Aside) -> str:
        with server.server.connect(database=second_host) as root:
            pid = connection.connection.info.backend_pid
            root.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return real(schema, aside)

    real = bare.dress
    monkeypatch.setattr(bare, "dress", dies)
    with pytest.raises(Exception, match=r"terminat|closed|connection"):
        stage.load(source.coop)
    connection.close()
    monkeypatch.undo()
    assert stage.schemas(second_host) == []
    assert stage.load(source.coop)["schema"] == "coop_alpha"
