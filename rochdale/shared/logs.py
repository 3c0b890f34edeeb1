"""What the program says about itself: one JSON line per event, on the standard error, through Python's logging.

Lines hold codes and ids of things, never names, addresses, amounts or who did it: those are in the audit trail.
"""

from __future__ import annotations

import structlog


def set_up() -> None:
    """Send structlog's lines through Python's logging, so that one setting (ROCHDALE_LOG) rules both."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
