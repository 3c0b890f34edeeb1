"""Kill PostgreSQL and the importer while listening is imported: nothing acknowledged is lost, nothing counts twice.

Runs on an embedded server of its own, with every safety of production on (the tests' common one forgoes fsync).
"""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rochdale.shared.postgres import addresses, roles
from rochdale.shared.postgres.embedded import Server

pytestmark = pytest.mark.slow
LINES = 5_000
STAGE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "rochdale.project.settings"
from datetime import timedelta
from rochdale.shared.postgres import setup
setup.prepare()
from django.db import transaction
from rochdale.cooperatives.models import Coop
from rochdale.sectors.music import testing as music
from rochdale.shared import coops
since = music.NOW - timedelta(days=59)
for slug in ("undisturbed", "tormented"):
    schema = coops.schema_of(slug)
    with transaction.atomic():
        coops.found(schema)
        Coop.objects.create(slug=slug, schema_name=schema, name=slug, state="active", is_demo=True, country="IE",
                            currency="EUR", languages=["en"], kit="music", created_at=since)
    with coops.inside(schema):
        music.adopt(since)
"""
SUMS = (
    "SELECT (SELECT count(*) FROM {0}.music_play), (SELECT count(*) FROM {0}.ledger_posting), "
    "(SELECT count(*) FROM {0}.ledger_transfer), (SELECT sum(amount) FROM {0}.ledger_transfer)"
)


class House:
    """A data root of its own, and the command line on it."""

    def __init__(self, home):
        self.home = home
        self.server = Server(home / "postgres")
        self.environment = {**os.environ, "ROCHDALE_HOME": str(home)}
        subprocess.run([sys.executable, "-c", STAGE], env=self.environment, check=True)
        self.server.hold()

    def start(self, *words):
        line = [sys.executable, "-c", "from rochdale.project.cli import main; main()", *words]
        return subprocess.Popen(
            line, env=self.environment, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, *words):
        process = self.start(*words)
        said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, said
        return said

    def sums(self, slug):
        with self.server.connect(roles.AUDITOR, addresses.DATABASE) as auditor:
            return auditor.execute(SUMS.format(f"coop_{slug}")).fetchone()

    def wait_for_plays(self, slug, count, process):
        end = time.monotonic() + 120
        while time.monotonic() < end:
            assert process.poll() is None, process.stdout.read()
            if self.sums(slug)[0] >= count:
                return
            time.sleep(0.02)
        raise AssertionError("the import does not get on")


@pytest.fixture
def house():
    folder = Path(tempfile.mkdtemp(prefix="rochdale-kills-"))
    folder.chmod(0o755)
    made = House(folder)
    yield made
    made.server.let_go()
    shutil.rmtree(folder, ignore_errors=True)


def write_listening(file):
    """A seeded file: forty listeners, three hundred tracks, one play a minute."""
    began = datetime(2026, 2, 1, tzinfo=UTC)
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["user", "played_at", "artist", "track", "ms_played"])
        for number in range(LINES):
            moment = began + timedelta(minutes=number)
            track = number * 7 % 300
            rows.writerow([f"listener {number * 13 % 40}", moment.isoformat(), f"Artist {track % 30}", f"Track {track}", 180_000])


def test_an_import_survives_the_killing_of_postgresql_and_of_itself(house):
    file = house.home / "listening.csv"
    write_listening(file)
    words = ("music", "import-listens", str(file), "--fund-from", "assets.bank.client", "--coop")
    house.run(*words, "undisturbed")

    importing = house.start(*words, "tormented")
    house.wait_for_plays("tormented", 500, importing)
    acknowledged = house.sums("tormented")
    pid = house.server.running()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while house.server.running() == pid:
        time.sleep(0.01)
    house.server.revive()  # or the importer was faster
    assert house.sums("tormented") >= acknowledged

    house.wait_for_plays("tormented", 3_000, importing)  # it found the database again by itself
    acknowledged = house.sums("tormented")
    importing.kill()
    importing.communicate()
    assert house.sums("tormented") >= acknowledged

    house.run(*words, "tormented")
    assert house.sums("tormented") == house.sums("undisturbed")
    house.run(*words, "tormented")  # and once more: nothing twice
    assert house.sums("tormented") == house.sums("undisturbed")
    house.run("check-books", "--coop", "tormented")
