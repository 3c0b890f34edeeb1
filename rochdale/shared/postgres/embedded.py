"""Our own start and stop of the embedded PostgreSQL.

Who uses the server holds a *shared* lock on `use.lock`; whoever starts or stops it holds
`start.lock` alone. On leaving, one tries for the exclusive lock without waiting: who gets it was
the last one, and stops the server. The kernel drops the locks of killed processes, so
nothing goes stale, and no list of pids is kept.

    <folder>/start.lock use.lock      the two locks
    <folder>/data                     the cluster, 0700, the server's user
    <folder>/run                      the socket, 0700 (or a folder in the temp folder, see `_socket_folder`)
    <folder>/<role>.pass              password files in libpq's form, 0600, ours
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from . import programs as pg
from .programs import NoServer, Programs

SUPERUSER = "postgres"
START_SECONDS = 60
STOP_SECONDS = 60
_SOCKET_ROOM = 107 - len("/.s.PGSQL.5432.lock")

SETTINGS: Mapping[str, str] = {
    "shared_buffers": "128MB",
    "max_connections": "80",
    "max_locks_per_transaction": "256",
    "max_wal_size": "2GB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # its log repeats no statement, no parameter and no row: they hold names and addresses
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


@dataclass
class Server:
    """An embedded server in one folder. `hold` starts or joins it; `let_go` leaves, the last one stops it."""

    folder: Path
    programs: Programs = field(default_factory=pg.of_the_wheel)
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)
    _held: int | None = None
    _held_by: int = 0
    _child: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        return _socket_folder(self.folder)

    def hold(self) -> None:
        """Start the server or join the running one, and hold it until `let_go` or the end of this process."""
        if self._held is not None and self._held_by == os.getpid():
            return
        if self._held is not None:
            os.close(self._held)  # forked: the lock of our parent, which would outlive it in us
            self._held = None
        _make_reachable(self.folder)
        with _alone(self.folder / "start.lock"):
            held = os.open(self.folder / "use.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(held, fcntl.LOCK_SH)
                self._start()
            except BaseException:
                os.close(held)
                raise
        self._held, self._held_by = held, os.getpid()
        atexit.register(self.let_go)

    def revive(self) -> bool:
        """Start the server again if it was killed while it was held; return whether it had to be."""
        if self._held is None or self.running() is not None:
            return False
        with _alone(self.folder / "start.lock"):
            if self.running() is None:
                self._start()
        return True

    def let_go(self) -> None:
        """Let go of the server; whoever was the last one stops it. Does nothing when it is not held."""
        held, self._held = self._held, None
        if held is None or self._held_by != os.getpid():
            return
        atexit.unregister(self.let_go)
        with _alone(self.folder / "start.lock"):
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self._stop()
            finally:
                os.close(held)

    def running(self) -> int | None:
        """Return the pid of our own running postmaster, or None. A stale pid of another program is not ours."""
        if self._child is not None:
            self._child.poll()  # a dead child of ours stays a zombie until someone asks
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if _is_ours(pid, self.data) else None

    def address(self, role: str, database: str = "postgres") -> dict[str, str]:
        """Return psycopg's connection arguments for a role that has a password file."""
        return {"host": str(self.socket_folder), "user": role, "dbname": database, "passfile": str(self.password_file(role))}

    def connect(self, role: str = SUPERUSER, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """Connect, autocommit, as a role that has a password file."""
        return psycopg.connect(**{"autocommit": True, **self.address(role, database), **options})

    def password_file(self, role: str) -> Path:
        return self.folder / f"{role}.pass"

    def password(self, role: str) -> str:
        """Return the role's password, made on first use and kept in a file only its owner may read."""
        return password_in(self.password_file(role))

    def _start(self) -> None:
        user = pg.system_user()
        programs = pg.reachable(self.programs, user, self.folder)
        self._prepare(user)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(programs, user)
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(programs.major):
            raise NoServer(
                f"The data in {self.data} are of PostgreSQL {found}, the programs of {programs.major}. "
                "Nothing was changed. Install the Rochdale that wrote them, or move the data with dump and restore."
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.running() is None:
                self._clear_traces()
                self._launch(programs, user)
            if self._answers():
                return
            time.sleep(0.02)
        raise NoServer(f"PostgreSQL did not answer within {START_SECONDS} s. Its own words:\n{self._last_words()}")

    def _prepare(self, user: pwd.struct_passwd | None) -> None:
        """Make the folders the server's user must own; the folder itself stays ours."""
        for place in (self.data, self.socket_folder):
            if not place.exists():
                place.mkdir(mode=0o700)
                if user is not None:
                    os.chown(place, user.pw_uid, user.pw_gid)
            told = place.lstat()
            if told.st_uid != (user.pw_uid if user else os.geteuid()):
                who = user.pw_name if user else "you"
                raise NoServer(f"{place} belongs to someone else, not to {who}. Set ROCHDALE_HOME to another folder.")
        if user is None:
            return
        probe = subprocess.run(["test", "-x", str(self.data)], cwd="/", check=False, **pg.run_as(user))  # type: ignore[call-overload]
        if probe.returncode:
            raise NoServer(
                f"As root, PostgreSQL runs as the user {user.pw_name}, who cannot reach {self.data}: "
                "a folder above it is closed. Set ROCHDALE_HOME to a folder that user can reach (/var/lib/rochdale), "
                "or start Rochdale as an ordinary user."
            )

    def _make_cluster(self, programs: Programs, user: pwd.struct_passwd | None) -> None:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if programs.major >= 17 else []
        words = self.socket_folder / "first-password"
        words.write_text(self.password(SUPERUSER) + "\n")
        words.chmod(0o600)
        if user is not None:
            os.chown(words, user.pw_uid, user.pw_gid)
        try:
            done = subprocess.run(
                [
                    *(programs.path("initdb"), "-D", str(self.data), f"--username={SUPERUSER}", "--encoding=UTF8"),
                    *("--auth=scram-sha-256", f"--pwfile={words}", *locale, "--locale=C", "--no-instructions"),
                    *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
                ],
                capture_output=True,
                text=True,
                cwd="/",
                check=False,
                **pg.run_as(user),  # type: ignore[call-overload]  # user, group, extra_groups
            )
        finally:
            words.unlink()
        if done.returncode:
            raise NoServer(f"PostgreSQL could not set up its data in {self.data}:\n{done.stderr.strip()}")

    def _launch(self, programs: Programs, user: pwd.struct_passwd | None) -> None:
        fixed = {
            "listen_addresses": "",
            "unix_socket_directories": _quoted_path(self.socket_folder),
            "unix_socket_permissions": "0700",
            "logging_collector": "on",
            "log_directory": "log",
            "log_filename": "%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
        }
        options = [word for name, value in {**self.settings, **fixed}.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "start.log").open("ab") as log:
            log.truncate(0)
            self._child = subprocess.Popen(
                [programs.path("postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                **pg.run_as(user),  # type: ignore[call-overload]  # user, group, extra_groups
            )

    def _answers(self) -> bool:
        if self._child is not None and self._child.poll() is not None and self.running() is None:
            # shared memory of killed back ends lingers for a moment: then the next start works
            words = self._last_words()
            if "shared memory" not in words and "lock file" not in words:
                raise NoServer(f"PostgreSQL did not start. Its own words:\n{words}")
            time.sleep(0.2)
            return False
        try:
            self.connect(connect_timeout=5).close()
        except psycopg.OperationalError as refused:
            if "password authentication failed" in str(refused):
                raise NoServer(
                    f"The server in {self.data} does not know the password in {self.password_file(SUPERUSER)}. "
                    "Restore the password file that belongs to these data."
                ) from None
            return False
        return self.running() is not None

    def _clear_traces(self) -> None:
        """Remove what a killed server left: its pid file and socket name a process that is not ours."""
        for trace in (
            self.data / "postmaster.pid",
            self.socket_folder / ".s.PGSQL.5432",
            self.socket_folder / ".s.PGSQL.5432.lock",
        ):
            trace.unlink(missing_ok=True)

    def _last_words(self) -> str:
        words = (self.folder / "start.log").read_text(errors="replace").strip().splitlines()[-8:]
        for log in sorted(self.data.glob("log/*.log"), key=lambda file: file.stat().st_mtime)[-1:]:
            words += log.read_text(errors="replace").strip().splitlines()[-8:]
        return "\n".join(words)

    def _stop(self) -> None:
        pid = self.running()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while self.running() is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(timeout=5)
        if self.socket_folder.parent != self.folder:
            with contextlib.suppress(OSError):
                self.socket_folder.rmdir()  # it lay in the temp folder


def _make_reachable(folder: Path) -> None:
    """Make the folder and what is missing above it so that the server's user gets through, whatever the umask.

    Folders that were there keep their rights: they are someone's.
    """
    if folder.exists():
        return
    _make_reachable(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(0o755 if os.geteuid() == 0 else 0o700)


def password_in(file: Path) -> str:
    """Return the password in a libpq password file; make the file (0600) with a fresh one where there is none."""
    if not file.exists():
        draft = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as words:
            words.write(f"*:*:*:*:{secrets.token_urlsafe(24)}\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip().rsplit(":", 1)[1]


def exit_on_sigterm() -> None:
    """Turn SIGTERM into an ordinary exit, so that this process lets go of the server politely."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def _socket_folder(folder: Path) -> Path:
    """Return where the socket lies: beside the data, or where the path is too long for a socket (107
    bytes) or holds a comma (libpq reads a list) in a folder of ours in the temp folder."""
    near = folder / "run"
    if len(os.fsencode(near)) <= _SOCKET_ROOM and "," not in str(near):
        return near
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"rochdale-{os.geteuid()}-{digest}"


def _quoted_path(path: Path) -> str:
    return '"' + str(path).replace('"', '""') + '"'


def _is_ours(pid: int, data: Path) -> bool:
    """Tell whether this process is a postmaster on our data folder (pids are used again by other programs)."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        if Path("/proc/self").exists():
            return False
        told = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, check=False).stdout
        return b"postgres" in told and os.fsencode(data) in told
    return Path(os.fsdecode(words[0])).name == "postgres" and os.fsencode(data) in words


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
