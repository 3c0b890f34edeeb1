"""What the program says goes through Python's logging, as JSON, and never to the standard output."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from rochdale.shared import logs


def test_a_line_is_json_and_goes_through_logging(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("rochdale.test").warning("action_denied", action="music.play")
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("rochdale.test", logging.WARNING)
    line = json.loads(record.getMessage())
    assert (line["event"], line["action"], line["level"]) == ("action_denied", "music.play", "warning")
    assert capsys.readouterr().out == ""


def test_what_is_below_the_level_is_not_said(caplog: pytest.LogCaptureFixture) -> None:
    structlog.get_logger("rochdale.test").debug("chatter")
    assert caplog.records == []


@pytest.fixture
def said() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Read what is said, in the form it has in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Lines())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


ADA = "Ada Lovelace, ada@nineplays.example, +353 86 123 4567, IE29 AIBK 9311 5212 3456 78"


def test_a_librarys_line_says_nothing_personal(said: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("some.library").error("could not reach ada@nineplays.example at +353 86 123 4567")
    (line,) = said()
    assert line["event"] == "could not reach [left out] at [left out]"
    assert (line["level"], line["logger"]) == ("error", "some.library")


@pytest.mark.parametrize("logger", ["django.request", "rochdale.members"])
def test_an_error_is_told_by_kind_and_place_and_not_by_what_was_typed(
    logger: str, said: Callable[[], list[dict[str, Any]]]
) -> None:
    try:
        int(ADA)
    except ValueError:
        structlog.get_logger(logger).exception("job_failed") if logger.startswith("rochdale") else logging.getLogger(
            logger
        ).exception("failed")
    (line,) = said()
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["frames"][-1]
    assert not any(word in json.dumps(line) for word in ("Ada", "ada@", "353", "9311"))


@pytest.mark.django_db
def test_an_error_of_the_database_is_told_by_its_constraint(said: Callable[[], list[dict[str, Any]]], public_db: Any) -> None:
    from django.db import IntegrityError, connection, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for _turn in range(2):
                cursor.execute("INSERT INTO audit_key (id, body) VALUES ('00000000-0000-0000-0000-00000000ada0', 'ada')")
    except IntegrityError:
        logging.getLogger("django.db").exception("failed")
    (line,) = said()
    assert line["sqlstate"] == "23505"
    assert line["constraint"] == "audit_key_pkey"
    assert "ada" not in json.dumps({name: line[name] for name in line if name != "frames"}).replace("audit", "")


def test_djangos_line_about_a_request_keeps_the_route_and_not_the_address(
    said: Callable[[], list[dict[str, Any]]], client: Any, public_db: Any
) -> None:
    assert client.get("/c/nobody/Ada%20Lovelace/?q=ada@nineplays.example").status_code == 404
    (line,) = [each for each in said() if each["logger"] == "django.request"]
    assert (line["event"], line["method"], line["route"]) == ("answered 404", "GET", "")
    assert "Ada" not in json.dumps(line)
