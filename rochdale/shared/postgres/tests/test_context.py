"""Which co-op a statement reaches, and that an error is the answer when nobody said which."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.db.transaction import TransactionManagementError

from rochdale.shared import coops
from rochdale.shared.postgres import setup, testing


def where():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), current_user::text")
        return cursor.fetchone()


def test_inside_a_co_op_path_and_role_are_its_own(coop):
    assert where() == ('"coop_alpha", "public"', "coop_alpha")


def test_a_second_co_op_in_the_same_transaction_and_back(coop, second_coop):
    with coops.inside(second_coop.schema_name):
        assert where()[1] == "coop_beta"
    assert where()[1] == "coop_alpha"
    with coops.public():
        assert where() == ('"public"', "rochdale_app")
    assert where()[1] == "coop_alpha"


def test_the_context_holds_after_a_savepoint_was_rolled_back(coop, second_coop):
    with pytest.raises(ZeroDivisionError), coops.inside(second_coop.schema_name):
        assert where()[1] == "coop_beta"
        raise ZeroDivisionError
    assert where()[1] == "coop_alpha"


def test_a_savepoint_can_be_rolled_back_after_an_error_in_another_co_op(coop, second_coop):
    with pytest.raises(ProgrammingError), coops.inside(second_coop.schema_name), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM there_is_no_such_table")
    assert where()[1] == "coop_alpha"


def test_a_co_ops_tables_are_not_touched_outside_a_transaction(own_database):
    coops.enter(own_database.coop.schema_name)
    with pytest.raises(TransactionManagementError, match="inside a transaction"):
        where()
    coops.enter(coops.PUBLIC)


def test_with_no_context_the_app_reaches_no_co_ops_rows(own_database):
    with own_database.connect("rochdale_app") as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for schema coop_alpha"):
            app.execute("SELECT * FROM coop_alpha.django_migrations")
        with pytest.raises(psycopg.errors.UndefinedTable):
            app.execute("SELECT * FROM audit_record_of_nobody")


def test_one_co_ops_role_reaches_no_other_co_op(coop):
    with pytest.raises(ProgrammingError, match="permission denied for schema coop_beta"), transaction.atomic():
        connection.cursor().execute("SELECT * FROM coop_beta.django_migrations")


def test_no_role_can_be_taken_that_is_not_a_co_ops(own_database):
    with own_database.connect("rochdale_app") as app:
        for role in ("rochdale_owner", "rochdale_auditor", "postgres"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(f"SET ROLE {role}")


@contextmanager
def pooled(database, size=1):
    """Django with a pool of so many connections, as in production."""
    wanted = testing.settings_for(database)
    wanted["OPTIONS"]["pool"] = {"min_size": size, "max_size": size, "timeout": 5}
    with setup.connected_as(wanted):
        yield


def test_nothing_is_left_in_the_pool_after_an_error(own_database):
    with pooled(own_database.name):
        with pytest.raises(ZeroDivisionError), coops.inside(own_database.coop.schema_name):
            assert where()[1] == "coop_alpha"
            raise ZeroDivisionError
        connection.close()
        seen = in_a_thread(lambda: where())
        assert seen == ('"$user", public', "rochdale_app")


def test_a_new_thread_starts_in_public(own_database):
    with coops.inside(own_database.coop.schema_name):
        assert in_a_thread(coops.current) == "public"


def in_a_thread(work):
    found = []

    def run():
        try:
            found.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return found[0]


@pytest.fixture
def pgbouncer(own_database, tmp_path):
    """A transaction pooler with two server connections in front of the test's database."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pgbouncer is not installed, and CI must run this test")
        pytest.skip("pgbouncer is not installed (Debian: apt-get install pgbouncer)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    password = testing.server.password("rochdale_app")
    (tmp_path / "users").write_text(f'"rochdale_app" "{password}"\n')
    (tmp_path / "ini").write_text(
        f"[databases]\n* = host={testing.server.socket_folder}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        f"unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {tmp_path}/users\npool_mode = transaction\n"
        "default_pool_size = 2\nmax_client_conn = 100\nignore_startup_parameters = extra_float_digits\n"
    )
    user = ["-u", "postgres"] if os.geteuid() == 0 else []
    if user:
        for place in (tmp_path, *tmp_path.parents[:2]):
            place.chmod(place.stat().st_mode | 0o055)
        for file in ("users", "ini"):
            (tmp_path / file).chmod(0o644)
    pooler = subprocess.Popen([program, "-q", *user, str(tmp_path / "ini")], stderr=subprocess.PIPE)
    try:
        wait_for_port(port, pooler)
        wanted = testing.settings_for(own_database.name)
        with setup.connected_as({**wanted, "HOST": "127.0.0.1", "PORT": str(port)}):
            yield own_database
    finally:
        pooler.terminate()
        pooler.wait(10)


def wait_for_port(port, pooler):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            assert pooler.poll() is None, pooler.stderr.read()
            time.sleep(0.02)
    raise AssertionError("pgbouncer did not come up")


def test_behind_a_transaction_pooler_every_answer_is_the_right_co_ops(pgbouncer):
    wrong: list[tuple[str, str]] = []
    answers = []

    def ask(schema):
        try:
            for _ in range(60):
                with coops.inside(schema):
                    answers.append(1)
                    for _ in range(3):
                        found = where()
                        if found != (f'"{schema}", "public"', schema):
                            wrong.append(found)
                with coops.public():
                    if where()[1] != "rochdale_app":
                        wrong.append(where())
        finally:
            connections.close_all()

    both = (pgbouncer.coop.schema_name, pgbouncer.second_coop.schema_name)
    threads = [threading.Thread(target=ask, args=(both[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(answers), wrong) == (480, [])
