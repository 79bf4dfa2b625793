"""How the news of a run that has ended reads."""

from __future__ import annotations

import pytest

from qbsync.domain.run import OutcomeStatus, Progress, RunStatus
from qbsync.ui.sync.progress import how_it_ended
from tests.ui.test_log_frames import run

ENDED = [
    # status                  failed  the news
    (RunStatus.DONE, 0, ("success", "Sync finished: 2,914 records done.")),
    (
        RunStatus.PARTLY_FAILED,
        3,
        ("warning", r"Sync partly failed\: 2,914 records done, 3 not\. See each of them below. "),
    ),
]


@pytest.mark.parametrize(("status", "failed", "news"), ENDED)
def test_a_run_that_ended_is_told_with_its_records_near(status: RunStatus, failed: int, news: tuple[str, str]):
    progress = Progress(counts={OutcomeStatus.DONE: 2914, OutcomeStatus.FAILED: failed})
    assert how_it_ended(run(status=status), progress, where="below") == news
