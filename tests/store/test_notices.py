"""Notices are shown newest first until somebody has read them, and the audit trail is only ever added to."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from qbsync.domain.notice import Notice, NoticeSeverity
from qbsync.store.database import Database
from qbsync.store.notices import Notices
from qbsync.store.tables import AuditRow
from tests.store.racing import race
from tests.store.stored import NOW, WHO, connected, later


def notice(title: str, severity: NoticeSeverity = NoticeSeverity.INFO) -> Notice:
    return Notice(severity=severity, title=title, body=f"{title} – in full.", page="sync_log")


def test_notices_come_back_newest_first(database: Database):
    store = Notices(database)
    store.add(notice("First"), at=NOW)
    store.add(notice("Second", NoticeSeverity.ERROR), at=later(1), connection_id=connected(database).id)
    newest, oldest = store.latest()
    assert (newest.title, newest.severity, newest.at, newest.read) == ("Second", NoticeSeverity.ERROR, later(1), False)
    assert (oldest.title, oldest.body, oldest.page) == ("First", "First – in full.", "sync_log")
    assert [one.title for one in store.latest(limit=1)] == ["Second"]


def test_of_notices_that_are_given_once_there_is_one(database: Database):
    store = Notices(database)
    added = race(lambda number: store.add_once("consent-1-14", notice(f"From {number}"), at=NOW), racers=4)
    assert sorted(added) == [False, False, False, True]
    assert not store.add_once("consent-1-14", notice("Later"), at=later(1))
    assert store.add_once("consent-1-7", notice("Nearer"), at=later(1))
    for _ in range(2):
        store.add(notice("As often as it happens"), at=later(2))
    assert len(store.latest()) == 4


def test_reading_marks_what_is_there_and_nothing_that_comes_later(database: Database):
    store = Notices(database)
    store.add(notice("First"), at=NOW)
    store.add(notice("Second"), at=NOW)
    assert store.unread() == 2
    store.mark_read(later(1))
    assert store.unread() == 0
    store.add(notice("Third"), at=later(2))
    assert store.unread() == 1
    assert [one.read for one in store.latest()] == [False, True, True]


def test_the_audit_trail_says_who_did_what_and_when(database: Database):
    store, connection = Notices(database), connected(database)
    store.audit(who=WHO, what="loaded files", subject="payroll.csv", at=NOW)
    store.audit(
        who="scheduler", what="saved the mapping", subject="version 2", at=later(1), detail="3", connection_id=1
    )
    with database.read() as session:
        rows = session.execute(select(AuditRow).order_by(col(AuditRow.id))).scalars().all()
    assert [(row.who, row.what, row.subject, row.detail, row.connection_id) for row in rows] == [
        (WHO, "loaded files", "payroll.csv", "", None),
        ("scheduler", "saved the mapping", "version 2", "3", connection.id),
    ]
    assert [row.at for row in rows] == [NOW, later(1)]
