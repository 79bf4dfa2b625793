"""A company that is ready to sync, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import Company, copied, make_ready
from tests.local_books import LocalBooks


@pytest.fixture(params=["sqlite", "postgresql"])
def stored_company(request: pytest.FixtureRequest, ready_template: Path, tmp_path: Path) -> Iterator[Company]:
    """A company that is ready to sync, on each kind of database."""
    if request.param == "sqlite":
        with copied(ready_template, tmp_path / "company") as company:
            yield company
        return
    url = request.getfixturevalue("postgres").new_database()
    folder = tmp_path / "company"
    folder.mkdir()
    with LocalBooks.running(folder / "quickbooks.db") as books:
        company = Company(folder=folder, books=books, database_url=url)
        make_ready(company)
        yield company
