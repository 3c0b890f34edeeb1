"""What the program says about itself: one JSON line per event, on the standard error, through Python's logging.

Lines hold codes, routes and ids of things, never names, addresses, amounts or who did it: those are in the
audit trail. Our own lines are made so; those of libraries and the texts of errors are cleaned before they
leave (`scrubbed`), because an error likes to repeat what somebody typed.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

LEFT_OUT = "[left out]"
_PERSONAL = re.compile(
    r"[^\s@<>\"'(]+@[^\s@<>\"')]+"  # an address
    r"|\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,}[A-Z0-9 ]*"  # an IBAN
    r"|(?<![\w-])\+?\d(?:[ ()./-]?\d){7,}(?![\w-])"  # a phone number, a card, an amount in micro-units
)
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|“[^”\n]*”|«[^»\n]*»|\([^()\n]*\)=\([^()\n]*\)")
FRAMES = 12


def scrubbed(text: str) -> str:
    """Return a text without what may be personal: addresses, phone and account numbers."""
    return _PERSONAL.sub(LEFT_OUT, text)


def said_by(error: BaseException) -> dict[str, Any]:
    """Describe an error for the log: kind, place and codes; of its text only what was not typed by anybody.

    Of the database's errors the state and the constraint are kept and the text is not: it repeats values.
    """
    cause = error.__cause__ if getattr(error.__cause__, "sqlstate", None) else error
    known: dict[str, Any] = {"error": type(error).__name__, "frames": list(_frames(error))}
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return known | {"text": scrubbed(_QUOTED.sub(LEFT_OUT, str(error)))[:500]}
    told = getattr(cause, "diag", None)
    named = {name: getattr(told, f"{name}_name", None) for name in ("constraint", "table", "column")}
    return known | {"sqlstate": state} | {name: value for name, value in named.items() if value}


def _frames(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]:
        place = frame.filename.replace("\\", "/").split("/site-packages/")[-1]
        yield f"{'/'.join(place.split('/')[-3:])}:{frame.lineno} {frame.name}"


def _from_libraries(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Clean a line that came through Python's logging; of Django's lines about a request keep the route only."""
    record: logging.LogRecord | None = event.get("_record")
    request = getattr(record, "request", None)
    if record is not None and request is not None and hasattr(request, "method"):
        match = getattr(request, "resolver_match", None)
        event["event"] = f"answered {getattr(record, 'status_code', '')}".strip()
        event["method"], event["route"] = request.method, match.route if match else ""
    event["event"] = scrubbed(str(event.get("event", "")))
    return event


def _errors(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Put an error into the line as codes and frames, without what was typed."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple) or given is True:
        given = (given if isinstance(given, tuple) else sys.exc_info())[1]
    if isinstance(given, BaseException):
        event.update(said_by(given))
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def set_up() -> None:
    """Send structlog's lines through Python's logging, so that one setting (ROCHDALE_LOG) rules both."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            _errors,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


class Lines(structlog.stdlib.ProcessorFormatter):
    """The form of every line: ours are JSON already, those of libraries become it here."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder(allow=[])],
            processors=[_from_libraries, _errors, structlog.stdlib.ProcessorFormatter.remove_processors_meta, _json],
            use_get_message=True,
        )

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        text = record.getMessage()
        if text.startswith("{") and record.name.startswith("rochdale"):
            return text
        return super().format(record)


_json = structlog.processors.JSONRenderer(sort_keys=True)


def settings(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything from `level` on goes to the standard error as JSON lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "rochdale.shared.logs.Lines"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        # Django's own handlers would write plain lines, and mail what somebody typed to ADMINS
        "loggers": {"django": {"handlers": [], "level": "NOTSET", "propagate": True}},
    }
