"""A preview that somebody asked for: the dashboard asks, the worker builds, and either may look on or cancel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from qbsync.domain.plan import Scope

STEPS = (
    "Settling what was sent and not answered",
    "Reading QuickBooks' lists",
    "Working out what Core wants",
    "Reading QuickBooks' time entries and bills",
    "Pulling payments",
    "Comparing",
    "Storing the preview",
)
STALLED_AFTER = timedelta(minutes=5)  # without a step: its worker has died, and another takes it


class RequestStatus(StrEnum):
    """How far a request is. Asked and building are open; a company has at most one open request."""

    ASKED = "asked"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_REQUESTS = (RequestStatus.ASKED, RequestStatus.BUILDING)


@dataclass(frozen=True, kw_only=True)
class PreviewRequest:
    """One request. `step` counts the steps begun, `doing` names the present one, `note` says why it failed.

    `claim` counts how often a worker took it: only the latest may report on it. `plan_id` is the preview, once ready.
    """

    id: str
    connection_id: int
    scope: Scope
    asked_by: str
    asked_at: datetime
    status: RequestStatus = RequestStatus.ASKED
    claim: int = 0
    step: int = 0
    doing: str = ""
    plan_id: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_REQUESTS

    @property
    def share(self) -> float:
        """How much is behind it, 0 to 1: the step that goes on counts as not done."""
        return max(0, self.step - 1) / len(STEPS)
