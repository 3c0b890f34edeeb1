"""A database that is given (`DATABASE_URL`): its owner is no superuser, and Rochdale makes the rest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from rochdale.shared.postgres import programs
from rochdale.shared.postgres.embedded import SETTINGS, Server

STORY = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "rochdale.project.settings"
from rochdale.shared.postgres import setup
migrated = setup.prepare()
again = setup.prepare()
from django.db import connection, transaction
from rochdale.shared import coops
with transaction.atomic():
    coops.found("coop_gamma")
with coops.inside("coop_gamma"), connection.cursor() as cursor:
    cursor.execute("SELECT session_user::text, current_user::text, (SELECT count(*) FROM django_migrations) > 0")
    who = cursor.fetchone()
from rochdale.project import doctor
lines = {line.what: line.ok for line in doctor.examine()}
print(json.dumps([migrated, again, who, lines]))
"""


@pytest.fixture(params=[18, 15])
def owner_url(request):
    """A server of its own with a database and an owner who may make roles; yields its address and a data root."""
    debian = Path(f"/usr/lib/postgresql/{request.param}/bin")
    if request.param != programs.MAJOR and not debian.exists():
        pytest.skip(f"PostgreSQL {request.param} is not installed")
    found = programs.of_the_wheel() if request.param == programs.MAJOR else programs.in_folder(debian)
    folder = Path(tempfile.mkdtemp(prefix="rochdale-given-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    folder.chmod(0o755)
    server = Server(folder / "server", found, {**SETTINGS, "fsync": "off", "shared_buffers": "32MB"})
    server.hold()
    with server.connect() as root:
        root.execute("CREATE ROLE someone LOGIN CREATEROLE PASSWORD 'owner''s secret'")
        root.execute("CREATE DATABASE house OWNER someone")
    address = make_conninfo(host=str(server.socket_folder), user="someone", password="owner's secret", dbname="house")
    yield address, folder / "home"
    server.let_go()
    shutil.rmtree(folder, ignore_errors=True)


def tell(story, address, home):
    environment = {**os.environ, "DATABASE_URL": address, "ROCHDALE_HOME": str(home)}
    return subprocess.run([sys.executable, "-c", story], env=environment, capture_output=True, text=True, check=False)


def test_a_given_database_is_made_ready_by_an_owner_who_is_no_superuser(owner_url):
    told = tell(STORY, *owner_url)
    assert told.returncode == 0, told.stderr
    migrated, again, who, lines = json.loads(told.stdout.splitlines()[-1])
    assert migrated == ["public", "coop_template"]
    assert again == []
    assert who == ["rochdale_app", "coop_gamma", True]
    assert {what for what, ok in lines.items() if not ok} <= {"worker", "mail", "disk"}
    assert (owner_url[1] / "postgres" / "rochdale_app.pass").stat().st_mode & 0o777 == 0o600


def test_an_owner_who_may_not_make_roles_is_told_so(owner_url):
    address, home = owner_url
    told = tell("from rochdale.shared.postgres import setup; setup.prepare()", address.replace("someone", "nobody_known"), home)
    assert "does not let us in" in told.stderr
