"""What the host counts of itself, for a monitor that reads Prometheus' format.

Labels are routes, codes and names of jobs: no address as it was typed, no co-op, no person. `Measured` is the
outermost middleware: it also gives each request a number of its own, which stands in its log lines, in the
answer's `X-Request-ID`, and on the page of an error.

Several processes serve; each writes its counts into a folder of its run (`begin_run`), and whoever is asked
adds them up (`exposition`).
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog
from django.http import HttpRequest, HttpResponseBase

from . import home

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Named by prometheus_client, and read when it is imported."""
Next = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger("rochdale.requests")


def begin_run() -> None:
    """Make an empty folder for the counts of the processes about to be started, and name it in the environment."""
    folder = home.data_root() / "run" / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ[FOLDER_VARIABLE] = str(folder)


if FOLDER_VARIABLE in os.environ and not Path(os.environ[FOLDER_VARIABLE]).is_dir():
    del os.environ[FOLDER_VARIABLE]  # its run is over: count in this process alone

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess  # noqa: E402
from prometheus_client.metrics_core import GaugeMetricFamily  # noqa: E402
from prometheus_client.registry import REGISTRY, Collector  # noqa: E402

REQUESTS = Counter("rochdale_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "rochdale_request_seconds",
    "How long answers took.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
REFUSALS = Counter("rochdale_refusals", "Expected refusals, by their code.", ["code"])
JOBS = Counter("rochdale_jobs", "Jobs that ended.", ["job", "outcome"])
JOB_SECONDS = Histogram("rochdale_job_seconds", "How long jobs took.", ["job"], buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 1800))


class Measured:
    """Count and time every request, and give it its number."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = secrets.token_hex(6)
        request.number = number  # type: ignore[attr-defined]  # shown on the page of an error
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=number):
            answer = self.get_response(request)
            took = time.perf_counter() - began
            route = route_of(request)
            method = request.method if request.method in METHODS else "other"
            REQUESTS.labels(method, route, str(answer.status_code)).inc()
            SECONDS.labels(route).observe(took)
            log.info("answered", method=method, route=route, status=answer.status_code, ms=round(took * 1000, 1))
        answer["X-Request-ID"] = number
        return answer


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address, with the names of its parts in place of what was asked for."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "nowhere"
    inside = "c/<slug>/" if getattr(request, "coop", None) is not None else ""
    return f"/{inside}{match.route}"


def exposition(more: Iterable[Collector] = ()) -> bytes:
    """Return all counts, of every process of this run, in Prometheus' text format; `more` is asked now."""
    if FOLDER_VARIABLE in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        parts = [generate_latest(registry)]
    else:
        parts = [generate_latest(REGISTRY)]
    for each in more:
        registry = CollectorRegistry()
        registry.register(each)
        parts.append(generate_latest(registry))
    return b"".join(parts)


def gauge(
    name: str, help_text: str, rows: Iterable[tuple[tuple[str, ...], float]], labels: tuple[str, ...] = ()
) -> GaugeMetricFamily:
    """Return one gauge with its labelled values."""
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family
