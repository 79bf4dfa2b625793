"""A notice tells people that something needs attention, and on which page to attend to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeSeverity(StrEnum):
    """How urgent a notice is."""

    INFO = "info"
    ATTENTION = "attention"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notice. `page` is the page where it is attended to."""

    severity: NoticeSeverity
    title: str
    body: str
    page: str = ""
    at: datetime | None = None
    id: int = 0
    read: bool = False
