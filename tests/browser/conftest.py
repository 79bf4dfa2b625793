"""The running product, and a real browser before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.driver import Dashboard
from tests.browser.product import NoBrowser, Running, chromium, running_product


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium without a screen."""
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
    """A browser window on the running dashboard, as wide as a small laptop's."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", timezone_id="America/Denver")
    yield Dashboard(context.new_page(), running.base)
    context.close()
