"""What the program says goes through Python's logging, as JSON, and never to the standard output."""

from __future__ import annotations

import json
import logging

import pytest
import structlog


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
