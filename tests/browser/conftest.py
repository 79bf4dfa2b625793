"""The running product, and a real browser before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.driver import Dashboard, window
from tests.browser.product import NoBrowser, Running, chromium, copy_company, running_product


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium without a screen.

    It does not outlive its module: while it runs, its driver's event loop stands in the way of any other.
    """
    try:
        with chromium() as started:
            yield started
    except NoBrowser as error:
        pytest.skip(str(error))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The product with nothing loaded and nobody connected."""
    with running_product(tmp_path) as product:
        yield product


@pytest.fixture
def dashboard(running: Running, browser: Browser) -> Iterator[Dashboard]:
    """A browser window on the running dashboard."""
    with window(browser, running.base) as opened:
        yield opened


@pytest.fixture(scope="module")
def contractor(ready_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The product of the sample contractor, connected and mapped, shared by the flows of one module."""
    folder = tmp_path_factory.mktemp("contractor")
    copy_company(ready_template, folder)
    with running_product(folder) as product:
        yield product


@pytest.fixture
def clerk(contractor: Running, browser: Browser) -> Iterator[Dashboard]:
    """A window of the contractor's clerk."""
    with window(browser, contractor.base) as opened:
        yield opened
