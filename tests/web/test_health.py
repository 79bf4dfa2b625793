"""The health check: it says whether the database answers, and tells nobody anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.company import Company
from tests.web.support import served


def test_a_dashboard_whose_database_answers_is_well(unconnected: Company):
    answer = served(unconnected.app()).open("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})


def _no_folder(folder: Path) -> None:
    folder.write_text("this is a file, not a folder")


def _no_database(folder: Path) -> None:
    (folder / "qbsync.db").mkdir(parents=True)


UNUSABLE: list[tuple[str, Callable[[Path], None]]] = [
    ("the data folder is a file", _no_folder),
    ("the database is a folder", _no_database),
]


@pytest.mark.parametrize(("name", "spoil"), UNUSABLE, ids=[row[0] for row in UNUSABLE])
def test_a_dashboard_whose_database_is_unusable_is_not_well(
    unconnected: Company, name: str, spoil: Callable[[Path], None]
):
    spoil(unconnected.folder)
    answer = served(unconnected.app()).open("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": "unavailable"})
    assert str(unconnected.folder) not in answer.text


def test_a_database_that_goes_away_while_the_dashboard_runs_is_noticed(unconnected: Company):
    app = unconnected.app()
    browser = served(app)
    assert browser.open("/healthz").status_code == 200
    app.database.close()
    for path in unconnected.folder.glob("qbsync.db*"):
        path.unlink()
    (unconnected.folder / "qbsync.db").mkdir()
    assert browser.open("/healthz").status_code == 503
