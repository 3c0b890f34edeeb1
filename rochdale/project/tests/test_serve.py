"""`serve` as a whole: it answers, survives the killing of its parts, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from rochdale.project import serve

pytestmark = pytest.mark.slow
START = """
import sys
from rochdale.shared.postgres import setup
setup.prepare()
from rochdale.project import serve
serve.run(host="127.0.0.1", port=int(sys.argv[1]))
"""


class Serving:
    """One `serve` in a data root of its own."""

    def __init__(self, home):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.home = home
        self.log = (home / "serve.log").open("w+b")
        environment = {**os.environ, "ROCHDALE_HOME": str(home)}
        self.parent = subprocess.Popen(
            [sys.executable, "-c", START, str(self.port)],
            env=environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def answers(self):
        """The status of a page that asks the database."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/c/nobody/", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            return None

    def processes(self):
        """Every process of this data root, by what it is."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                words = (place / "cmdline").read_bytes()
                ours = f"ROCHDALE_HOME={self.home}".encode() in (place / "environ").read_bytes()
            except OSError:
                continue
            if words and (ours or str(self.home).encode() in words):
                name = next(
                    (known for known in ("project.web", "project.worker", "postgres\0-D") if known.encode() in words), "other"
                )
                found[int(place.name)] = name
        return found

    def pid_of(self, name):
        return next((pid for pid, known in sorted(self.processes().items()) if known == name), None)

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


@pytest.fixture
def serving():
    folder = Path(tempfile.mkdtemp(prefix="rochdale-serve-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    folder.chmod(0o755)
    running = Serving(folder)
    yield running
    for pid in running.processes():
        if pid != os.getpid():
            os.kill(pid, signal.SIGKILL)
    running.parent.wait(10)
    running.log.close()
    shutil.rmtree(folder, ignore_errors=True)


def until(what, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    return what()


def test_it_serves_heals_and_ends_without_orphans(serving):
    assert until(lambda: serving.answers() == 404, 90), serving.said()

    os.kill(serving.pid_of("postgres\0-D"), signal.SIGKILL)
    assert until(lambda: serving.answers() == 404, 30), serving.said()

    for part in ("project.worker", "project.web"):
        # The worker may itself have ended with the database, and be on its way back.
        assert until(lambda part=part: serving.pid_of(part) is not None, 20), part
        killed = serving.pid_of(part)
        with contextlib.suppress(ProcessLookupError):
            os.kill(killed, signal.SIGKILL)
        assert until(lambda killed=killed, part=part: serving.pid_of(part) not in (killed, None), 20), part
    assert until(lambda: serving.answers() == 404, 40), serving.said()

    serving.parent.send_signal(signal.SIGINT)  # Ctrl-C
    assert serving.parent.wait(40) == 0, serving.said()
    assert until(lambda: not serving.processes(), 20), serving.processes()


def test_no_orphan_is_left_when_the_parent_is_killed(serving):
    assert until(lambda: serving.answers() == 404, 90), serving.said()
    assert {"project.web", "project.worker", "postgres\0-D"} <= set(serving.processes().values())
    serving.parent.kill()
    serving.parent.wait(10)
    assert until(lambda: not serving.processes(), 45), serving.processes()


def test_a_taken_port_is_refused_before_anything_is_started(own_database):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(serve.CannotServe, match=r"Cannot listen on .* Choose another with --port"):
            serve.run(host="127.0.0.1", port=taken.getsockname()[1], worker=False)


def test_a_child_that_keeps_dying_is_given_up(monkeypatch):
    child = serve.Child("web server", ["rochdale.no_such_part"])
    child.start()

    def keep():
        while True:
            assert child.process is not None
            child.process.wait(30)
            child.revive()

    with pytest.raises(serve.CannotServe, match="ended 5 times within a minute"):
        keep()
