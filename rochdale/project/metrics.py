"""`/metrics`: counts of requests and jobs, and gauges read from the database when a monitor asks."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterator

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

import rochdale
from rochdale.shared import coops, metrics, module, web
from rochdale.shared.postgres import migrations

from . import doctor

HEALTH_SECONDS = 300.0
"""How long what the doctor found is told again: it enters every co-op, and a monitor asks often."""
LOOPBACK = frozenset({"127.0.0.1", "::1"})
QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
    count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed'),
    coalesce(extract(epoch FROM now() - (SELECT max(last_heartbeat) FROM procrastinate_workers)), -1),
    coalesce(extract(epoch FROM now() - min(scheduled_at) FILTER (WHERE status = 'todo' AND scheduled_at <= now())), 0)
FROM procrastinate_jobs
"""
_health: dict[str, tuple[float, list[module.HealthLine]]] = {}


@web.everyone
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Tell a monitor what this host counts: to who shows ROCHDALE_METRICS_TOKEN, or without one to this machine only."""
    if not _may_ask(request):
        raise Http404
    return HttpResponse(metrics.exposition([Gauges()]), content_type=CONTENT_TYPE_LATEST)


def _may_ask(request: HttpRequest) -> bool:
    token = os.environ.get("ROCHDALE_METRICS_TOKEN", "")
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    return request.META.get("REMOTE_ADDR", "") in LOOPBACK and not forwarded


class Gauges(Collector):
    """What stands now: the queue, the co-ops, the tables, and how well the doctor finds everything."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each gauge; the questions are few and small."""
        yield metrics.gauge("rochdale_info", "The version that serves.", [((rochdale.__version__,), 1)], ("version",))
        with coops.public(), connection.cursor() as cursor:
            cursor.execute(QUEUE)
            waiting, doing, failed, heard, oldest = (float(number) for number in cursor.fetchone())
        states = [(("waiting",), waiting), (("running",), doing), (("failed",), failed)]
        yield metrics.gauge("rochdale_queue_jobs", "Jobs in the queue.", states, ("state",))
        yield metrics.gauge("rochdale_queue_oldest_seconds", "How long the oldest due job has waited.", [((), oldest)])
        yield metrics.gauge("rochdale_worker_heard_seconds", "Since a worker was last heard; -1: never.", [((), heard)])
        reached, wanted = migrations.reached(), migrations.fingerprint()
        everyone = coops.everywhere()
        yield metrics.gauge("rochdale_coops", "Co-ops on this host.", [((), len(everyone))])
        behind = sum(reached.get(schema) != wanted for schema in [coops.PUBLIC, coops.TEMPLATE, *everyone])
        yield metrics.gauge("rochdale_schemas_behind", "Schemas that lack a migration.", [((), behind)])
        lines = health()
        well = [((line.what,), float(line.ok)) for line in lines]
        yield metrics.gauge("rochdale_health", "What the doctor looked at: 1 well, 0 something is to do.", well, ("what",))
        numbers = [((line.what,), line.number) for line in lines if line.number is not None]
        yield metrics.gauge("rochdale_health_number", "The number the doctor found, where there is one.", numbers, ("what",))


def health() -> list[module.HealthLine]:
    """Return what the doctor finds, looked at again after five minutes."""
    known = _health.get("lines")
    if known is None or time.monotonic() - known[0] > HEALTH_SECONDS:
        unique = {line.what: line for line in doctor.examine()}
        known = _health["lines"] = (time.monotonic(), list(unique.values()))
    return known[1]
