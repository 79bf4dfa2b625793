"""Records that are left alone: one word for each, the later one counts, and both ways stand in the audit trail."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from qbsync.domain.left_alone import LeftAlone
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.left_alone import LeftAloneRecords
from qbsync.store.tables import AuditRow
from tests.store.stored import NOW, WHO, connected, later

BILL = LeftAlone(kind=SyncKind.BILL, core_id="VB-7", title="Bill 7", reason="Paid by card.", who=WHO, at=NOW)


def audited(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.execute(
            select(AuditRow).where(col(AuditRow.subject) == BILL.key).order_by(col(AuditRow.id))
        ).scalars()
        return [(row.who, row.what, row.detail) for row in rows]


def test_a_later_word_replaces_an_earlier_one_and_both_are_in_the_audit_trail(database: Database):
    connection, records = connected(database), LeftAloneRecords(database)
    records.add(connection.id, BILL)
    anew = replace(BILL, reason="Entered by hand.", who="clerk", at=later(5))
    records.add(connection.id, anew)
    assert records.all(connection.id) == {"bill:VB-7": anew}
    assert audited(database) == [
        (WHO, "left a record alone", "Paid by card."),
        ("clerk", "left a record alone", "Entered by hand."),
    ]


def test_what_is_taken_up_again_is_left_alone_no_more(database: Database):
    connection, records = connected(database), LeftAloneRecords(database)
    records.add(connection.id, BILL)
    assert records.remove(connection.id, BILL.kind, "VB-7", who="clerk", at=later(1)) is True
    assert records.remove(connection.id, BILL.kind, "VB-7", who="clerk", at=later(2)) is False
    assert records.all(connection.id) == {}
    assert audited(database)[1:] == [
        ("clerk", "took a record up again", f"It was left alone by {WHO}: Paid by card."),
    ]


def test_each_company_has_its_own(database: Database):
    connection, records = connected(database), LeftAloneRecords(database)
    records.add(connection.id, BILL)
    assert records.all(connection.id + 1) == {}
