"""Logs to standard error: for people by default, as JSON where a machine reads them. Never a secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET = re.compile(r"(token|secret|password|code|authorization|assertion)", re.IGNORECASE)
SAFE_KEYS = frozenset({"code_count", "status_code"})


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cover every value whose key sounds like a secret."""
    for key in event:
        if SECRET.search(key) and key not in SAFE_KEYS:
            event[key] = "•••"
    return event


def configure_logs(form: str, level: int = logging.INFO) -> None:
    """Set the log up for this process. `form` is console or json; lines below `level` are left out."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_secrets,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
