"""Logging: constant event names, values as fields, one line each; never an observation, a key or a person."""

from __future__ import annotations

import logging
import sys

import structlog

READY = "process.ready"
"""The event a process writes once it answers; whoever started it waits for this line."""


def log_to_stderr() -> None:
    """Write structured lines to standard error: columns on a terminal, JSON elsewhere."""
    is_terminal = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if is_terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
