"""Start and stop of the embedded server: shared, stale, killed, oddly placed, as root and as an ordinary user."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from rochdale.shared.postgres import programs
from rochdale.shared.postgres.embedded import SETTINGS, Server, password_in

QUICK = {**SETTINGS, "fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}
HOLD = """
import sys, time
from pathlib import Path
from rochdale.shared.postgres.embedded import SETTINGS, Server, exit_on_sigterm
exit_on_sigterm()
server = Server(Path(sys.argv[1]), settings={**SETTINGS, "fsync": "off", "shared_buffers": "16MB", "max_connections": "20"})
server.hold()
print(server.running(), flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def place():
    """A folder every user can reach: pytest's own temporary folders are closed to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="rochdale-test-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    folder.chmod(0o755)
    yield folder
    for pid_file in folder.rglob("postmaster.pid"):
        pid = int(pid_file.read_text().split("\n")[0])
        if b"postgres" in _cmdline(pid):
            os.kill(pid, signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


def _cmdline(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pid):
    return b"postgres" in _cmdline(pid)


def until(what, seconds=10.0):
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()


def another(folder, seconds=60.0, **options):
    """Another process that holds the server; returns it and the server's pid."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), str(seconds)], stdout=subprocess.PIPE, text=True, **options
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def kill(server):
    pid = server.running()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def test_it_starts_answers_and_stops(place):
    server = Server(place / "pg", settings=QUICK)
    server.hold()
    with server.connect() as root:
        assert root.execute("SELECT current_setting('server_version_num')::int / 10000").fetchone() == (18,)
        assert root.execute("SELECT current_setting('listen_addresses')").fetchone() == ("",)
    pid = server.running()
    server.let_go()
    assert not alive(pid)
    assert server.running() is None


def test_two_processes_share_one_server_and_the_last_one_stops_it(place):
    first, pid = another(place / "pg")
    second, same = another(place / "pg")
    assert pid == same
    first.terminate()
    first.wait(10)
    assert alive(pid)
    second.terminate()  # SIGTERM is an ordinary exit
    second.wait(10)
    assert not alive(pid)


def test_six_that_start_at_once_share_one_server(place):
    found, threads = [], []
    for _ in range(6):
        threads.append(threading.Thread(target=lambda: found.append(another(place / "pg"))))
        threads[-1].start()
    for thread in threads:
        thread.join(60)
    assert len({pid for _, pid in found}) == 1
    for process, _ in found:
        process.terminate()
        process.wait(10)
    assert not alive(found[0][1])


def test_a_killed_user_leaves_nothing_stale(place):
    first, pid = another(place / "pg")
    first.kill()
    first.wait(10)
    assert alive(pid)  # nobody was left to stop it …
    server = Server(place / "pg", settings=QUICK)
    server.hold()
    assert server.running() == pid
    server.let_go()
    assert until(lambda: not alive(pid))  # … but the next one does


def test_a_forked_process_does_not_keep_its_parents_lock(place):
    server = Server(place / "pg", settings=QUICK)
    server.hold()
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            server.hold()  # its own lock, not its parent's
            os.write(ready[1], b"x")
            os.read(go[0], 1)
            server.let_go()
        finally:
            os._exit(0)
    os.read(ready[0], 1)
    pid = server.running()
    server.let_go()
    assert alive(pid)
    os.write(go[1], b"x")
    os.waitpid(child, 0)
    assert until(lambda: not alive(pid))


def test_a_killed_server_comes_back_with_what_was_committed(place):
    server = Server(place / "pg", settings=QUICK)
    server.hold()
    with server.connect() as root:
        root.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    pid = kill(server)
    began = time.monotonic()
    assert until(server.revive, 5) or server.running()
    with server.connect() as root:
        assert root.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert server.running() not in (pid, None)
    assert time.monotonic() - began < 10
    server.let_go()


def test_a_stale_pid_of_another_program_is_not_taken_for_the_server(place):
    server = Server(place / "pg", settings=QUICK)
    server.hold()
    kill(server)
    bystander = subprocess.Popen(["sleep", "60"])
    pid_file = server.data / "postmaster.pid"
    until(lambda: server.running() is None)
    pid_file.write_text("\n".join([str(bystander.pid), *pid_file.read_text().split("\n")[1:]]))
    assert server.running() is None
    server.let_go()
    server.hold()
    with server.connect() as root:
        root.execute("SELECT 1")
    server.let_go()
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


@pytest.mark.parametrize("name", ["a b", 'comma, quote\' and "more"', "long-" + "x" * 120], ids=["space", "comma", "long"])
def test_odd_places_work(name, place):
    server = Server(place / name / "pg", settings=QUICK)
    server.hold()
    with server.connect() as root:
        assert root.execute("SELECT 1").fetchone() == (1,)
    assert (server.socket_folder.stat().st_mode & 0o777) == 0o700
    server.let_go()


def test_the_socket_folder_of_someone_else_is_refused(place):
    server = Server(place / ("long-" + "x" * 120) / "pg", settings=QUICK)
    server.socket_folder.mkdir()
    try:
        os.chown(server.socket_folder, 65533, 65533)
    except PermissionError:
        pytest.skip("only root can give a folder away")
    with pytest.raises(programs.NoServer, match="belongs to someone else"):
        server.hold()
    server.socket_folder.rmdir()


def test_data_of_another_version_are_refused_untouched(place):
    server = Server(place / "pg", settings=QUICK)
    server.hold()
    server.let_go()
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(programs.NoServer, match=r"are of PostgreSQL 17, the programs of 18\. Nothing was changed"):
        server.hold()


def test_nobody_gets_in_without_the_password(place):
    server = Server(place / "pg", settings=QUICK)
    server.hold()
    for words in ("wrong", None):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host=str(server.socket_folder), user="postgres", dbname="postgres", passfile="/dev/null", password=words
            )
    server.let_go()
    files = {
        file.name: file.stat().st_mode & 0o777 for file in (server.password_file("postgres"), server.data, server.socket_folder)
    }
    assert files == {"postgres.pass": 0o600, "data": 0o700, "run": 0o700}


def test_a_password_file_is_made_once(place):
    assert password_in(place / "x.pass") == password_in(place / "x.pass")
    assert re.fullmatch(r"\*:\*:\*:\*:[\w-]{32}\n", (place / "x.pass").read_text())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_with_a_server_of_their_own(place):
    user = pwd.getpwnam("nobody")
    os.chown(place, user.pw_uid, user.pw_gid)
    copied = programs.reachable(programs.of_the_wheel(), user, place)
    child = os.fork()
    if child == 0:  # a whole new program would need a Python the user can reach
        result = 1
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            server = Server(place / "pg", copied, QUICK)
            server.hold()
            with server.connect() as root:
                root.execute("SELECT 1")
            owned = Path(f"/proc/{server.running()}").stat().st_uid == user.pw_uid
            server.let_go()
            result = 0 if owned and server.running() is None else 2
        finally:
            os._exit(result)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for the server")
def test_programs_out_of_reach_are_copied_and_nothing_is_opened(place):
    private = place / "private"
    wheel = programs.of_the_wheel().folder.parent.parent
    (private / wheel.name).mkdir(parents=True)
    shutil.copytree(
        wheel / "pginstall18", private / wheel.name / "pginstall18", symlinks=True, ignore=shutil.ignore_patterns("*.a")
    )
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), private / f"{wheel.name}.libs", symlinks=True)
    private.chmod(0o700)
    hidden = programs.Programs(private / wheel.name / "pginstall18" / "bin", 18)
    server = Server(place / "pg", hidden, QUICK)
    server.hold()
    exe = str(Path(f"/proc/{server.running()}/exe").readlink())
    server.let_go()
    assert exe.startswith(str(place / "pg" / "wheel-"))
    assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for the server")
def test_on_a_bare_machine_nobody_runs_it_and_a_strict_umask_is_no_hindrance(place, monkeypatch):
    monkeypatch.setattr(programs, "SYSTEM_USERS", ("there_is_no_such_user", "nobody"))
    before = os.umask(0o077)
    try:
        server = Server(place / "new" / "home" / "pg", settings=QUICK)
        server.hold()
    finally:
        os.umask(before)
    assert Path(f"/proc/{server.running()}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    server.let_go()
    monkeypatch.setattr(programs, "SYSTEM_USERS", ())
    with pytest.raises(programs.NoServer, match="useradd --system rochdale"):
        Server(place / "other", settings=QUICK).hold()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to the server's user")
def test_a_closed_folder_above_the_data_is_refused_with_a_remedy(place):
    place.chmod(0o700)
    with pytest.raises(programs.NoServer, match="Set ROCHDALE_HOME to a folder that user can reach"):
        Server(place / "pg", settings=QUICK).hold()
