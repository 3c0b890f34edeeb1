"""Trying again: bounded, with the same key, no lost and no double write (T16)."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import OperationalError, connection, connections

from rochdale.shared import coops
from rochdale.shared.postgres import retry, roles

SETUP = (
    "CREATE TABLE coop_alpha.pot (id int PRIMARY KEY, amount bigint NOT NULL)",
    "CREATE TABLE coop_alpha.drop (key text PRIMARY KEY)",
    "INSERT INTO coop_alpha.pot VALUES (1, 0), (2, 0)",
    "GRANT UPDATE ON coop_alpha.pot TO coop_alpha",
)


@pytest.fixture
def pots(own_database):
    with own_database.connect(roles.OWNER) as owner:
        for line in SETUP:
            owner.execute(line)
    return own_database


def drip(key, order):
    """Add one to both pots, in this order: two orders at once are a deadlock."""
    with coops.inside("coop_alpha"), connection.cursor() as cursor:
        cursor.execute('INSERT INTO "drop" VALUES (%s) ON CONFLICT DO NOTHING', [key])
        if not cursor.rowcount:
            return
        for pot in order:
            cursor.execute("UPDATE pot SET amount = amount + 1 WHERE id = %s", [pot])
            cursor.execute("SELECT pg_sleep(0.005)")


def test_a_storm_of_deadlocks_ends_with_every_write_once(pots):
    failed = []

    def work(number):
        try:
            for turn in range(5):
                retry.again(partial(drip, f"{number}:{turn}", (1, 2) if number % 2 else (2, 1)), tries=12)
        except OperationalError as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with pots.connect(roles.OWNER) as owner:
        amounts = owner.execute("SELECT amount FROM coop_alpha.pot ORDER BY id").fetchall()
    assert (failed, amounts) == ([], [(20,), (20,)])


@pytest.mark.parametrize(("state", "tries"), [("40001", 3), ("40P01", 3), ("55P03", 3), ("57014", 1)])
def test_only_what_may_help_is_repeated_and_not_for_ever(state, tries, own_database):
    count = []

    def always_fails():
        count.append(1)
        with coops.public(), connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")

    with pytest.raises(OperationalError):
        retry.again(always_fails, tries=3)
    assert len(count) == tries


def test_a_refusal_is_not_repeated(own_database):
    count = []

    def refused():
        count.append(1)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        retry.again(refused)
    assert len(count) == 1


def test_only_an_outermost_transaction_is_repeated(own_database):
    with coops.public(), pytest.raises(RuntimeError, match="outermost"):
        retry.again(lambda: None)


def test_a_broken_connection_is_tried_again(own_database):
    count = []

    def broken_once():
        count.append(1)
        with coops.public(), connection.cursor() as cursor:
            if len(count) == 1:
                cursor.execute("SELECT pg_backend_pid()")
                with own_database.connect("postgres") as root:
                    root.execute("SELECT pg_terminate_backend(%s)", [cursor.fetchone()[0]])
            cursor.execute("SELECT 7")
            return cursor.fetchone()[0]

    assert retry.again(broken_once) == 7
    assert len(count) == 2
