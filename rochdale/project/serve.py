"""`rochdale serve`: one parent for the web server and the worker, over the database.

Started in this order, ended in reverse by SIGTERM; a child that dies is started again, the embedded
database too. Children are in sessions of their own, so that Ctrl-C reaches the parent alone and the order
holds; they watch the parent, so that none is left when it is killed. Every process holds the embedded
database itself: whoever leaves last stops it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

from rochdale.shared import metrics
from rochdale.shared.postgres import addresses, setup, unsafe

from . import doctor, parents, staticfiles

LOOK_SECONDS = 0.2
END_SECONDS = 30.0
READY_SECONDS = 60.0
OFTEN = 5
"""A child that dies so many times within a minute is not started again."""


class CannotServe(RuntimeError):
    """Serving cannot begin or go on; the text says why and what to do."""


@dataclass
class Child:
    """One process we started, started again when it dies."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        environment = {**os.environ, parents.VARIABLE: str(os.getpid())}
        self.process = subprocess.Popen([sys.executable, "-m", *self.command], env=environment, start_new_session=True)

    def revive(self) -> None:
        """Start the process again if it has died; refuses when that happens too often."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        self.deaths = [moment for moment in self.deaths if now - moment < 60] + [now]
        if len(self.deaths) >= OFTEN:
            raise CannotServe(f"The {self.name} ended {OFTEN} times within a minute (last code {self.process.returncode}).")
        self.start()

    def end(self) -> None:
        """End the process by SIGTERM, and by force if it does not listen."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Stop(Exception):
    """SIGTERM or Ctrl-C came."""


def warn_of_edited_packs() -> None:
    """Say on the error stream which packs of law are not the released ones: they are refused, and the rest goes on."""
    from rochdale.bylaws import queries as bylaws

    for name, why in bylaws.damaged_packs():
        sys.stderr.write(f"THE PACK OF LAW {name} CANNOT BE TRUSTED: {why}. It is refused; run `rochdale doctor`.\n")


def run(*, host: str, port: int, web: bool = True, worker: bool = True) -> None:
    """Serve the pages (`web`) and run the jobs (`worker`) until Ctrl-C or SIGTERM.

    The database has been prepared. Refuses, as CannotServe, when the port is taken or a child keeps dying.
    """
    children = []
    refuse_strong_app()
    refuse_newer_tables()
    warn_of_edited_packs()
    if web:
        refuse_taken_port(host, port)
        staticfiles.collect()
        children.append(Child("web server", ["rochdale.project.web", host, str(port)]))
    if worker:
        children.append(Child("worker", ["rochdale.project.worker"]))
    earlier = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGINT)}
    metrics.begin_run()
    try:
        setup.hold()
        for child in children:
            child.start()
        if web:
            _wait_for_answer(host, port, children)
            where = f"http://{_shown(host)}:{port}/"
            print(f"Rochdale is at {where} (Ctrl-C ends it)", flush=True)  # noqa: T201  # to whoever started it
        _keep(children)
    except Stop:
        pass
    finally:
        for number in earlier:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not cut the order short
        for child in reversed(children):
            child.end()
        setup.let_go()
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _keep(children: list[Child]) -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        if addresses.is_embedded():
            addresses.server().revive()
        for child in children:
            child.revive()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def refuse_strong_app() -> None:
    """Refuse, as CannotServe, to serve as a user of the database who could undo what protects the books."""
    strong = [line for line in doctor.app_rights() if not line.ok]
    if strong:
        raise CannotServe(f"Rochdale does not serve: {strong[0].what}: {strong[0].says}. {strong[0].to_do}")


def refuse_newer_tables() -> None:
    """Refuse, as CannotServe, to serve tables that a newer Rochdale made."""
    unknown = unsafe.newer()
    if unknown:
        raise CannotServe(
            f"Rochdale does not serve: the tables were made by a newer version ({unknown[0]}). "
            "Put that version back in place, or restore a backup."
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse, as CannotServe, an address and port that somebody else listens on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise CannotServe(f"Cannot listen on {host}:{port}: {taken.strerror}. Choose another with --port.") from None


def _wait_for_answer(host: str, port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection((_shown(host), port), timeout=1).close()
            return
        except OSError:
            time.sleep(LOOK_SECONDS)
        for child in children:
            child.revive()
    raise CannotServe(f"The web server did not answer on {host}:{port} within {READY_SECONDS:.0f} s.")


def _shown(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not listened on
