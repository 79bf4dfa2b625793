"""A local QuickBooks for the tests: started once, made new for each."""

from collections.abc import Iterator

import pytest

from tests.sandbox.sandbox_client import Company, Json, Served


@pytest.fixture(scope="session")
def running() -> Iterator[Served]:
    served = Served.start("--no-throttle")
    yield served
    served.stop()


@pytest.fixture(scope="session")
def at_start(running: Served) -> Json:
    """Every switch as it stands at the start."""
    return running.control("settings", method="GET")


@pytest.fixture
def served(running: Served, at_start: Json) -> Served:
    running.control("reset", {"seed": "contractor"})
    running.control("settings", at_start)
    return running


@pytest.fixture
def company(served: Served) -> Company:
    return served.connect()
