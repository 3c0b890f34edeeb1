"""The crash matrix: the program or PostgreSQL is killed at seeded moments of import, backup, restore, sealing,
closing and payout. Afterwards all books hold, nothing acknowledged is lost or doubled, and everything goes on.

`CRASH_MOMENTS` says how many moments: 12 where it is not set; 100 is the whole matrix, for some minutes of patience.
The embedded server has every safety of production on.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from rochdale.shared.postgres import addresses, roles
from rochdale.shared.postgres.embedded import Server

from . import crash_work

pytestmark = pytest.mark.slow
MOMENTS = int(os.environ.get("CRASH_MOMENTS", "12"))
KINDS = ("import", "backup", "restore", "seal", "close", "payout")
SEED = 1844


class House:
    """A data root of its own with the embedded server, and the process that forks what is killed."""

    def __init__(self, home):
        self.home = home
        self.environment = {**os.environ, "ROCHDALE_HOME": str(home), "ROCHDALE_LOG": "CRITICAL"}
        self.python = [sys.executable, "-m", "tests.journeys.crash_work"]
        self.root = Path(__file__).parents[2]
        subprocess.run([*self.python, "stage"], env=self.environment, cwd=self.root, check=True, timeout=240)
        self.server = Server(home / "postgres")
        self.server.hold()
        self.said = (home / "said").open("w+")
        self.forking = subprocess.Popen(
            [*self.python, "serve", str(home)], env=self.environment, cwd=self.root, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.said, text=True,
        )  # fmt: skip

    def tell(self, work, number):
        self.forking.stdin.write(json.dumps({"work": work, "number": number}) + "\n")
        self.forking.stdin.flush()
        return self.heard("pid")

    def heard(self, what):
        for line in self.forking.stdout:  # commands print too; what is ours is a line of JSON
            if line.startswith('{"') and what in (told := json.loads(line)):
                return told[what]
        raise AssertionError(f"the forking process ended: {self.words()}")

    def words(self):
        self.said.seek(0)
        return self.said.read()[-3000:]

    def do(self, work, number):
        """Let a piece of work end, and return how long it took."""
        began = time.monotonic()
        self.tell(work, number)
        assert self.heard("code") == 0, f"{work} {number} did not go on: {self.words()}"
        return time.monotonic() - began

    def kill(self, work, number, *, victim, after):
        """Begin a piece of work and kill the program or PostgreSQL some seconds later."""
        pid = self.tell(work, number)
        time.sleep(after)
        if victim == "program":
            with contextlib.suppress(ProcessLookupError):  # it had ended
                os.kill(pid, signal.SIGKILL)
        else:
            self.kill_postgres()
        self.heard("code")

    def kill_postgres(self):
        pid = self.server.running()
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL)
        while self.server.running() == pid:
            time.sleep(0.005)
        self.server.revive()

    def ask(self, words):
        with self.server.connect(roles.AUDITOR, addresses.DATABASE) as auditor:
            return auditor.execute(words.replace("{coop}", crash_work.SCHEMA)).fetchall()

    def carry_away(self):
        """Write the mover's archive, and remember what was in it."""
        words = ["-c", "from rochdale.project.cli import main; main()", "backup", "--coop", "mover", "--to", "whole.tar"]
        subprocess.run([sys.executable, *words], env=self.environment | {"PYTHONPATH": str(self.root)}, cwd=self.home, check=True)
        self.carried = self.sums_of_mover()
        self.drop_mover()

    def drop_mover(self):
        """Take the co-op away with a superuser's hand, as if it had never been on this host."""
        with self.server.connect(database=addresses.DATABASE) as root:
            root.execute("DROP SCHEMA IF EXISTS coop_mover CASCADE")
            mover = "SELECT id FROM cooperatives_coop WHERE slug = 'mover'"
            root.execute(f"DELETE FROM cooperatives_affiliation WHERE coop_id IN ({mover})")
            root.execute("DELETE FROM cooperatives_coop WHERE slug = 'mover'")

    def sums_of_mover(self):
        return self.ask(
            "SELECT (SELECT count(*) FROM coop_mover.ledger_posting), (SELECT sum(amount) FROM coop_mover.ledger_transfer), "
            "(SELECT count(*) FROM coop_mover.members_sharemovement), (SELECT count(*) FROM coop_mover.privacy_sealedrecord)"
        )

    def end(self):
        self.forking.stdin.close()
        self.forking.wait(30)
        self.server.let_go()
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.fixture(scope="module")
def house():
    folder = Path(tempfile.mkdtemp(prefix="rochdale-crashes-"))
    folder.chmod(0o755)
    made = House(folder)
    yield made
    made.end()


def moments():
    """Return the seeded moments: what is done, who is killed, and when, as a share of how long the work takes."""
    rng = random.Random(SEED)
    return [
        (number, KINDS[number % len(KINDS)], rng.choice(("program", "postgres")), rng.uniform(0.02, 1.0))
        for number in range(MOMENTS)
    ]


def test_nothing_acknowledged_is_lost_or_doubled_whatever_is_killed(house):
    for number in range(1000, 1001 + MOMENTS // len(KINDS) + 1):
        crash_work.write_books(house.home / f"books-{number - 1000}.csv", number - 1000)
    undisturbed = timed(house)

    done: dict[str, int] = dict.fromkeys(KINDS, 0)
    for _number, work, victim, share in moments():
        turn = done[work] + (2 if work == "close" else 0)
        before = postings(house)
        if work == "restore":
            house.drop_mover()
        house.kill(work, turn, victim=victim, after=share * undisturbed[work])
        assert postings(house) >= before, "what was acknowledged before is gone"
        if work == "backup":
            half_files_are_not_taken_for_whole_ones(house, turn)
        house.do(work, turn)
        if work == "restore":
            assert house.sums_of_mover() == house.carried
        done[work] += 1

    everything_is_there_once(house, done)
    checked = subprocess.run(
        [sys.executable, "-c", "from rochdale.project.cli import main; main()", "check-books"],
        env=house.environment, cwd=house.root, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    verified = subprocess.run(
        [sys.executable, "-c", "from rochdale.project.cli import main; main()", "audit", "verify"],
        env=house.environment, cwd=house.root, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stdout + verified.stderr


def timed(house):
    """Do everything twice undisturbed; the second time, when all is warm, says how long it takes."""
    house.carry_away()
    took = {}
    for number in (5000, 5001):
        crash_work.write_books(house.home / f"books-{number}.csv", number)
        house.drop_mover()
        took = {work: house.do(work, number - 5000 if work == "close" else number) for work in KINDS}
    return took


def postings(house):
    return house.ask("SELECT count(*) FROM {coop}.ledger_posting")[0][0]


def half_files_are_not_taken_for_whole_ones(house, number):
    """What bears the archive's name is whole, or there is nothing of that name."""
    from rochdale.archives import manifest

    file = house.home / f"archive-{number}.tar"
    if file.exists():
        with file.open("rb") as content:
            manifest.read(content, most=1 << 30)


def everything_is_there_once(house, done):
    """Compare what is there with what was asked for, each once however often it was killed."""
    imported = house.ask("SELECT count(*), count(DISTINCT key) FROM {coop}.ledger_posting WHERE kind = 'ledger.imported'")
    assert imported == [(crash_work.LINES * (done["import"] + 2),) * 2]
    payouts = done["payout"] + done["seal"] + 4
    assert house.ask("SELECT count(*) FROM {coop}.ledger_posting WHERE kind = 'payments.refund'") == [(payouts,)]
    paid = house.ask(
        "SELECT b.balance FROM {coop}.ledger_guardedbalance b JOIN {coop}.ledger_account a ON a.id = b.account_id "
        "WHERE a.code = 'liabilities.wallet'"
    )
    assert paid == [(crash_work.FUND - payouts * crash_work.PAYOUT,)]
    assert house.ask("SELECT count(*) FROM {coop}.ledger_closedperiod") == [(done["close"] + 2,)]
    assert house.ask("SELECT max(number) - count(*) FROM {coop}.audit_seal") == [(0,)]
