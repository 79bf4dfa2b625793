"""A local QuickBooks for the tests: started once, made new for each."""

from collections.abc import Iterator

import pytest

from tests.sandbox.sandbox_client import Company, Served


@pytest.fixture(scope="session")
def running() -> Iterator[Served]:
    served = Served.start("--no-throttle")
    yield served
    served.stop()


@pytest.fixture
def served(running: Served) -> Served:
    running.control("reset", {"seed": "contractor"})
    running.control(
        "settings",
        {
            "throttle": False,
            "loopback_redirects": True,
            "rotate": "daily",
            "refresh_days": 101,
            "code_reuse": "revoke",
            "refresh_reuse": "refuse",
            "invalid_client_status": 401,
            "retry_after": True,
            "gateway_format": "xml",
            "cdc_time_activity": False,
            "latency_ms": 0,
        },
    )
    return running


@pytest.fixture
def company(served: Served) -> Company:
    return served.connect()
