"""A company that was never connected, and the routes served for it as the dashboard serves them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.company import Company
from tests.local_books import LocalBooks
from tests.web.support import Browser, served


@pytest.fixture(scope="session")
def shared_books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBooks]:
    """One local QuickBooks for all tests here: they consent, and write nothing into its books."""
    with LocalBooks.running(tmp_path_factory.mktemp("books") / "quickbooks.db") as books:
        yield books


@pytest.fixture
def unconnected(shared_books: LocalBooks, tmp_path: Path) -> Iterator[Company]:
    """A company of which the product knows nothing yet."""
    yield Company(folder=tmp_path / "data", books=shared_books)
    requests.delete(f"{shared_books.base}/_sandbox/faults", timeout=10)


@pytest.fixture
def browser(unconnected: Company) -> Browser:
    """A browser in front of the routes of a company that was never connected."""
    return served(unconnected.app())
