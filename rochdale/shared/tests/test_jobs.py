"""Jobs: in the right co-op, in one transaction, once, and again after a worker was killed."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection
from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector

from rochdale.shared import coops, jobs
from rochdale.shared.module import Job
from rochdale.shared.postgres import addresses, roles, testing


@pytest.fixture
def queue(own_database, monkeypatch):
    """An app with a queue of its own, whose worker connects to the test's database."""
    monkeypatch.setattr(addresses, "arguments", lambda who: testing.server.address(roles.APP, own_database.name))
    app = App(connector=DjangoConnector())
    app.task(name="jobs.retry_stalled", pass_context=True)(jobs.retry_stalled)
    return app


def work(app):
    """Run a worker until the queue is empty."""

    async def run():
        async with jobs.worker_app(app).open_async() as own:
            await own.run_worker_async(**{**jobs.worker_options(), "wait": False, "install_signal_handlers": False})

    asyncio.run(run())


def states(database):
    with database.connect(roles.AUDITOR) as auditor:
        return auditor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id").fetchall()


def here():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        return (coops.current(), cursor.fetchone()[0], connection.in_atomic_block)


def test_a_job_per_co_op_runs_in_each_of_them_with_its_role_in_a_transaction(queue, own_database):
    seen = []
    jobs._declare_per_coop(queue, Job("test.look", "0 0 * * *", True, lambda: seen.append(here())))
    queue.configure_task("test.look.tick").defer(timestamp=0)
    work(queue)  # the tick …
    work(queue)  # … and what it queued
    assert sorted(seen) == [("coop_alpha", "coop_alpha", True), ("coop_beta", "coop_beta", True)]
    assert states(own_database) == []  # what went well is not kept


def test_a_public_job_runs_in_public_without_a_transaction(queue):
    seen = []
    jobs._declare_in_public(queue, Job("test.sweep", "0 0 * * *", False, lambda: seen.append(here())))
    queue.configure_task("test.sweep").defer(timestamp=0)
    work(queue)
    assert seen == [("public", "rochdale_app", False)]


def test_a_second_tick_does_not_queue_a_co_op_twice(queue, own_database):
    jobs._declare_per_coop(queue, Job("test.look", "0 0 * * *", True, lambda: None))
    for _ in range(2):
        queue.tasks["test.look.tick"].func(timestamp=0)
    assert states(own_database) == [("test.look", "todo")] * 2


def test_a_failed_job_leaves_no_rows_and_does_not_stop_the_others(queue, own_database):
    ran = []

    def fail_in_alpha():
        if coops.current() == "coop_alpha":
            queue.configure_task("jobs.retry_stalled").defer(timestamp=0)  # deferred in the job's own transaction
            raise ValueError("no")
        ran.append(coops.current())

    jobs._declare_per_coop(queue, Job("test.fail", "0 0 * * *", True, fail_in_alpha))
    queue.tasks["test.fail.tick"].func(timestamp=0)
    work(queue)
    assert ran == ["coop_beta"]
    assert states(own_database) == [("test.fail", "failed")]


def test_deferring_is_part_of_the_transaction(queue, own_database):
    with pytest.raises(ZeroDivisionError), coops.inside(own_database.coop.schema_name):
        queue.configure_task("jobs.retry_stalled").defer(timestamp=0)
        raise ZeroDivisionError
    assert states(own_database) == []
    with coops.inside(own_database.coop.schema_name):
        queue.configure_task("jobs.retry_stalled").defer(timestamp=0)
    assert states(own_database) == [("jobs.retry_stalled", "todo")]


def test_what_a_killed_worker_left_is_run_again(queue, own_database):
    seen = []
    jobs._declare_per_coop(queue, Job("test.look", "0 0 * * *", True, lambda: seen.append(coops.current())))
    queue.configure_task("test.look").defer(coop="coop_alpha")
    with own_database.connect(roles.OWNER) as owner:
        owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes')")
        owner.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)")
    queue.configure_task("jobs.retry_stalled").defer(timestamp=0)
    work(queue)
    work(queue)
    assert seen == ["coop_alpha"]


def test_every_declared_job_became_a_task():
    from procrastinate.contrib.django import app

    from rochdale.shared import module

    for plug in module.installed():
        for job in plug.jobs():
            assert job.name in app.tasks, job.name
            assert not job.per_coop or f"{job.name}.tick" in app.tasks
