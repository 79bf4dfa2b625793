"""Notices: one a run, in the dashboard always, and outside it when somebody should look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from qbsync.domain.notice import Notice, NoticeSeverity
from qbsync.domain.run import OutcomeStatus, Progress, Run, RunStatus
from qbsync.services.notify import Notifying
from qbsync.store.database import Database
from qbsync.store.notices import Notices
from tests.doubles.edges import KeptNotices
from tests.services.desk import NOW

RUN = Run(
    id="r7",
    plan_id="p7",
    connection_id=1,
    status=RunStatus.DONE,
    trigger="manual",
    confirmed_by="Ada",
    fence=1,
    failures=0,
    cancel_requested=False,
    note="",
    created_at=NOW,
)
DONE, FAILED = OutcomeStatus.DONE, OutcomeStatus.FAILED

ENDINGS = [
    # status                  counts                   severity     title                                  sent
    (RunStatus.DONE, {DONE: 5}, "info", "Sync finished: 5 records done", False),
    (RunStatus.PARTLY_FAILED, {DONE: 5, FAILED: 2}, "attention", "Sync partly failed: 5 done, 2 not", True),
    (RunStatus.FAILED, {FAILED: 2}, "attention", "Sync failed: 0 done, 2 not", True),
    (RunStatus.CANCELLED, {DONE: 1, FAILED: 1}, "attention", "Sync cancelled: 1 done, 1 not", True),
]


@pytest.fixture
def outside() -> KeptNotices:
    return KeptNotices()


@pytest.fixture
def notifying(sqlite: Database, outside: KeptNotices) -> Notifying:
    return Notifying(notices=Notices(sqlite), notifier=outside, clock=lambda: NOW)


@pytest.mark.parametrize(
    ("status", "counts", "severity", "title", "sent"), ENDINGS, ids=[row[0].value for row in ENDINGS]
)
def test_the_end_of_a_run_is_one_notice(
    sqlite: Database,
    notifying: Notifying,
    outside: KeptNotices,
    status: RunStatus,
    counts: Mapping[OutcomeStatus, int],
    severity: str,
    title: str,
    sent: bool,
):
    notifying.run_ended(replace(RUN, status=status), Progress(counts=dict(counts)))
    (notice,) = Notices(sqlite).latest()
    assert (notice.severity.value, notice.title, notice.page, notice.at) == (severity, title, "sync_log", NOW)
    assert "r7" in notice.body
    assert "Ada" in notice.body
    assert outside.sent == ([(title, notice.body)] if sent else [])


def test_why_a_run_ended_before_its_time_is_what_the_notice_says(notifying: Notifying, outside: KeptNotices):
    notifying.run_ended(
        replace(RUN, status=RunStatus.FAILED, note="QuickBooks could not be reached 8 times in a row."),
        Progress(counts={FAILED: 1}),
    )
    assert outside.sent == [("Sync failed: 0 done, 1 not", "QuickBooks could not be reached 8 times in a row.")]


def test_a_lost_consent_points_to_the_connection_page(sqlite: Database, notifying: Notifying, outside: KeptNotices):
    notifying.connection_lost(1, "The consent has ended.")
    (notice,) = Notices(sqlite).latest()
    assert (notice.severity, notice.page) == (NoticeSeverity.ERROR, "connection")
    assert outside.sent == [(notice.title, notice.body)]


def test_mere_information_stays_in_the_dashboard(sqlite: Database, notifying: Notifying, outside: KeptNotices):
    notifying.tell(Notice(severity=NoticeSeverity.INFO, title="A new week was loaded", body=""))
    assert Notices(sqlite).unread() == 1
    assert outside.sent == []
