"""The job queue: it lies in PostgreSQL's public schema, holds ids only, and enters the co-op for the job.

A module declares its regular jobs in its plug (`Module.jobs()`); `declare` makes tasks of them when
the queue starts. A job for one co-op runs in one transaction inside it, the one whose schema stands in its
argument `coop`; any other runs in public without a transaction of its own. Deferring goes through
Django's connection, so a job is there when the transaction commits, and not when it is rolled back.
Every job must be safe to repeat: one that a killed worker left behind is run again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connections
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.worker import Worker

from rochdale.shared import action, clock, coops, metrics, module
from rochdale.shared.postgres import addresses

HEARTBEAT_SECONDS = 10.0
STALLED_SECONDS = 60.0
"""A worker that was not heard of for so long is dead, and its jobs are run again."""
GRACE_SECONDS = 20.0
CONCURRENCY = 2
_RETRY = RetryStrategy(max_attempts=5, exponential_wait=4, retry_exceptions={OperationalError})


def declare(app: App) -> None:
    """Make a task of every job the modules declare, and one that picks up what killed workers left."""
    for plug in module.installed():
        for job in plug.jobs():
            _declare_per_coop(app, job) if job.per_coop else _declare_in_public(app, job)
    stalled = app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)(retry_stalled)
    app.periodic(cron="* * * * *")(stalled)


def worker_app(app: App) -> App:
    """Return the same tasks with a worker's own direct connections, which LISTEN for new jobs.

    The app itself keeps deferring through Django's connection, also from inside a running job.
    """
    own = App(connector=PsycopgConnector(kwargs=addresses.arguments("worker"), min_size=1, max_size=4))
    own.tasks = app.tasks
    own.periodic_registry = app.periodic_registry
    return own


def worker_options() -> dict[str, Any]:
    """Return how a worker runs: heartbeat, what it does around each job, how long it may take to stop."""
    return {
        "concurrency": CONCURRENCY,
        "task_middleware": [in_coop],
        "update_heartbeat_interval": HEARTBEAT_SECONDS,
        "stalled_worker_timeout": STALLED_SECONDS,
        "shutdown_graceful_timeout": GRACE_SECONDS,
        "delete_jobs": "successful",
    }


def in_coop(call_next: Callable[[], Any], context: JobContext, worker: Worker | None) -> Any:
    """Run a job inside the co-op its argument `coop` names, in one transaction; without one, in public."""
    schema = context.job.task_kwargs.get("coop") if context.job else None
    name = context.job.task_name if context.job else "none"
    outcome, began = "failed", time.perf_counter()
    try:
        coops.enter(coops.PUBLIC)
        if schema is None:
            result = call_next()
        else:
            with coops.inside(str(schema)):
                result = call_next()
        outcome = "done"
        return result
    except Exception as error:
        action.alarm(error, schema=str(schema or coops.PUBLIC), now=clock.now())
        raise
    finally:
        metrics.JOBS.labels(name, outcome).inc()
        metrics.JOB_SECONDS.labels(name).observe(time.perf_counter() - began)
        coops.enter(coops.PUBLIC)
        connections.close_all()


async def retry_stalled(context: JobContext, timestamp: int) -> int:
    """Queue again what a killed worker left `doing`; returns how many."""
    manager = context.app.job_manager
    found = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS))
    for job in found:
        await manager.retry_job(job)
    return len(found)


def _declare_per_coop(app: App, job: module.Job) -> None:
    def in_one(coop: str) -> None:
        job.run()

    def tick(timestamp: int) -> None:
        for schema in coops.everywhere():
            once = one.configure(queueing_lock=f"{job.name}:{schema}", lock=f"{job.name}:{schema}")
            try:
                with coops.public():  # a savepoint: what is queued already does not spoil the rest
                    once.defer(coop=schema)
            except AlreadyEnqueued:
                continue

    one = app.task(name=job.name, retry=_RETRY)(in_one)
    app.periodic(cron=job.cron)(app.task(name=f"{job.name}.tick", queueing_lock=f"{job.name}.tick")(tick))


def _declare_in_public(app: App, job: module.Job) -> None:
    def once(timestamp: int) -> None:
        job.run()

    app.periodic(cron=job.cron)(app.task(name=job.name, queueing_lock=job.name, lock=job.name, retry=_RETRY)(once))
