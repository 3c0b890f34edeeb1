"""The doctor: all well, and each thing that can be wrong, with what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rochdale.project import doctor, serve
from rochdale.shared import clock
from rochdale.shared.postgres import migrations, roles, setup, testing


@pytest.fixture
def well(own_database, monkeypatch):
    """A database where everything is as it should be; someone may be editing migrations while this runs."""
    held = migrations.reached()["coop_alpha"]
    monkeypatch.setattr(migrations, "fingerprint", lambda: held)
    with own_database.connect(roles.OWNER) as owner:
        owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    return own_database


def found(what):
    return next(line for line in doctor.examine() if line.what == what)


def test_all_is_well(well):
    lines = doctor.examine()
    assert [line for line in lines if not line.ok and line.what != "disk"] == []
    assert {"versions", "database", "roles", "app's rights", "tables", "disk", "clock", "mail", "worker"} <= {
        line.what for line in lines
    }


@pytest.mark.parametrize(
    ("what", "harm", "says", "to_do"),
    [
        ("tables", "COMMENT ON SCHEMA coop_beta IS 'rochdale older'", "behind: coop_beta", "rochdale migrate"),
        (
            "worker",
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'",
            "last heard 36",
            "rochdale serve",
        ),
        ("worker", "DELETE FROM procrastinate_workers", "no worker has ever been heard", "rochdale serve"),
        (
            "failed jobs",
            "INSERT INTO procrastinate_jobs (task_name, priority, args, status, queue_name) VALUES ('x', 0, '{}', 'failed', 'x')",
            "1",
            "log",
        ),
    ],
)
def test_what_is_wrong_is_said_with_a_remedy(what, harm, says, to_do, well):
    with well.connect(roles.OWNER) as owner:
        owner.execute(harm)
    line = found(what)
    assert not line.ok
    assert says in line.says
    assert to_do in line.to_do


def test_a_full_disk_and_a_held_clock_are_seen(well, monkeypatch):
    monkeypatch.setattr(doctor, "FREE_BYTES", 1 << 60)
    with clock.at(datetime(2020, 1, 1, tzinfo=UTC)):
        lines = {line.what: line.ok for line in doctor.examine()}
    assert (lines["disk"], lines["held clock"], lines["clock"]) == (False, False, True)


def test_a_mail_server_that_does_not_answer_is_seen(well, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    assert "does not answer" in found("mail").says


def test_what_cannot_be_looked_at_is_a_line_too(well, monkeypatch):
    def broken():
        raise OSError("no such luck")

    monkeypatch.setattr(doctor, "_LOOKS", (("disk", broken),))
    assert "could not be looked at: no such luck" in [line.says for line in doctor.examine()]


@pytest.mark.parametrize("role", [roles.OWNER, "postgres"])
def test_rochdale_does_not_serve_as_a_user_who_could_undo_the_books(role, well):
    """T18: the owner's role is never what answers a request."""
    with (
        setup.connected_as(testing.settings_for(well.name, role)),
        pytest.raises(serve.CannotServe, match="may do more than the app"),
    ):
        serve.run(host="127.0.0.1", port=0)
