"""Waiting for what another process or thread brings about."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS_MAX = 120


def wait_for(holds: Callable[[], object], what: str, seconds: float = SECONDS_MAX) -> None:
    """Wait until something is so; the test ends in an error when it never is."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
