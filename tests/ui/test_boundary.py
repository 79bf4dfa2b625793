"""The one boundary for errors: a sentence and, for what nobody expected, an id; never a traceback."""

from __future__ import annotations

import re
import sqlite3

import pytest

from qbsync.ui.screens import SCREENS
from tests.company import Company
from tests.ui.conftest import Open
from tests.ui.support import Dashboard

IDENTITY = re.compile(r"the id \*\*([0-9a-f]{12})\*\*")


@pytest.fixture
def broken(nothing: Dashboard) -> Dashboard:
    """The dashboard runs, and then a table of its database is gone."""
    path = nothing.company.folder / "qbsync.db"
    with sqlite3.connect(path) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if not name.startswith("sqlite_"):
                database.execute(f'DROP TABLE "{name}"')
    database.close()
    return nothing


def test_a_page_whose_database_is_broken_shows_a_sentence_and_never_a_traceback(broken: Dashboard):
    for screen in SCREENS:
        broken.open(screen)
        assert {error.value.split("\\:")[0] for error in broken.at.error} == {"The database cannot be used"}, screen
        for leak in ("Traceback", "sqlalchemy", "SELECT", 'File "'):
            assert leak not in broken.said, screen


def test_what_nobody_expected_has_an_id_under_which_it_is_in_the_log(
    open_dashboard: Open, nothing: Dashboard, capsys: pytest.CaptureFixture[str]
):
    file = nothing.company.folder.parent / "file"
    file.write_text("this is a file, so no data folder can be made of it")
    dashboard = open_dashboard(Company(folder=file, books=nothing.company.books))
    for screen in SCREENS:
        dashboard.open(screen)
        logged = capsys.readouterr().err
        for error in dashboard.at.error:
            identity = IDENTITY.search(error.value)
            assert identity, screen
            assert identity[1] in logged
        assert len(dashboard.at.error) == 2, screen  # the page's, and the sidebar's
        for leak in ("Traceback", str(file), "FileExistsError"):
            assert leak not in dashboard.said, screen
