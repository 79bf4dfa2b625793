"""The Sync Log and the History page: what happened by day, why records were not done, and how to find one again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.history import Search
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.left_alone import LeftAlone
from qbsync.domain.run import OutcomeStatus, RunStatus, Settled
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.history import History
from qbsync.store.left_alone import LeftAloneRecords
from qbsync.store.runs import Runs
from tests.store.stored import NOW, WHO, bill, change, confirmed, connected

FIRST, LAST = NOW - timedelta(days=30), NOW + timedelta(days=30)
TAKEN = Settled(seq=0, status=OutcomeStatus.FAILED, code="6240", message="The name Ada is taken.")
EDITED = Settled(seq=0, status=OutcomeStatus.STALE, message="It was edited in QuickBooks.")
LOST = Settled(seq=0, status=OutcomeStatus.UNANSWERED, message="QuickBooks may already have this.")
NEEDY = Settled(seq=0, status=OutcomeStatus.SKIPPED, message="It needs customer C1, which is not in QuickBooks yet.")
DONE = Settled(seq=0, status=OutcomeStatus.DONE, ledger_id="77")


def ended(database: Database, *results: Settled, number: int = 1, at: datetime = NOW, **given: Any) -> int:
    """A run in which each change ended like this; returns its connection."""
    changes = [change(seq, Action.CREATE, **given) for seq in range(1, len(results) + 1)]
    run = confirmed(database, *changes, number=number, size=30, built_at=at)
    runs = Runs(database)
    fence = runs.take(run.id, at)
    attempt = runs.next_attempt(run.id, fence)
    assert attempt is not None
    settled = [Settled(**{**vars(one), "seq": seq}) for seq, one in enumerate(results, start=1)]
    runs.record(attempt, fence, settled, at)
    runs.finish(run.id, fence, RunStatus.PARTLY_FAILED, note="", at=at)
    return run.connection_id


def test_what_was_not_done_counts_until_a_later_run_takes_it_up_or_somebody_leaves_it_alone(database: Database):
    connection = ended(database, DONE, TAKEN, EDITED, LOST)  # V1 … V4
    history, first = History(database), ["run-1"]
    assert history.not_done(first) == {"run-1": 3}
    left = LeftAlone(kind=SyncKind.VENDOR, core_id="V4", title="V4", reason="By hand.", who=WHO, at=NOW)
    LeftAloneRecords(database).add(connection, left)
    assert history.not_done(first) == {"run-1": 2}
    ended(database, DONE, DONE, number=2, at=NOW + timedelta(days=1))  # V1 and V2, some other time
    assert history.not_done(["run-2", *first]) == {"run-1": 1}
    ended(database, DONE, DONE, EDITED, number=3, at=NOW + timedelta(days=2))
    assert history.not_done(["run-3", "run-2", *first]) == {"run-3": 1}
    assert history.not_done([]) == {}


def test_the_log_can_leave_out_what_a_later_run_met_again(database: Database):
    connection = ended(database, DONE, TAKEN, EDITED)  # V1, V2, V3
    ended(database, TAKEN, DONE, number=2, at=NOW + timedelta(days=1))  # V1 and V2
    history, search = History(database), Search(statuses=(OutcomeStatus.FAILED, OutcomeStatus.STALE))
    assert [(one.run_id, one.core_id) for one in history.search(connection, search)] == [
        ("run-2", "V1"),
        ("run-1", "V2"),
        ("run-1", "V3"),
    ]
    search = replace(search, latest=True)
    assert [(one.run_id, one.core_id) for one in history.search(connection, search)] == [
        ("run-2", "V1"),
        ("run-1", "V3"),
    ]
    assert history.counts(connection, search) == {OutcomeStatus.FAILED: 1, OutcomeStatus.STALE: 1}


def test_records_are_counted_by_day_action_and_result(database: Database):
    ended(database, DONE, DONE, TAKEN)
    connection = ended(database, DONE, number=2, at=NOW + timedelta(days=1))
    counts = History(database).per_day(connection, FIRST, LAST)
    assert sorted((one.day.isoformat(), one.action, one.status.value, one.records) for one in counts) == [
        ("2026-11-22", "create", "done", 2),
        ("2026-11-22", "create", "failed", 1),
        ("2026-11-23", "create", "done", 1),
    ]


def test_a_day_is_counted_whole_and_others_not_at_all(database: Database):
    connection = ended(database, DONE, at=datetime(2026, 11, 22, 0, 0, tzinfo=UTC))
    history = History(database)
    day = datetime(2026, 11, 22, tzinfo=UTC)
    assert [one.records for one in history.per_day(connection, day, day + timedelta(hours=24))] == [1]
    assert history.per_day(connection, day + timedelta(seconds=1), LAST) == []
    assert history.per_day(connection, FIRST, day - timedelta(seconds=1)) == []


def test_causes_are_told_apart_and_the_most_frequent_comes_first(database: Database):
    other_name = Settled(seq=0, status=OutcomeStatus.FAILED, code="6240", message="The name Max is taken.")
    connection = ended(database, LOST, LOST, TAKEN, other_name, TAKEN, EDITED, DONE, *[NEEDY] * 4)
    causes = History(database).causes(connection, FIRST, LAST)
    assert [(one.code, one.message, one.records) for one in causes] == [
        ("", NEEDY.message, 4),
        ("6240", "The name Ada is taken.", 3),  # one code is one cause, whatever record its sentence names
        ("", "QuickBooks may already have this.", 2),
        ("", "It was edited in QuickBooks.", 1),
    ]


def test_a_cause_leads_to_the_runs_that_met_it(database: Database):
    connection = ended(database, TAKEN, EDITED, DONE)
    ended(database, TAKEN, LOST, number=2, at=NOW + timedelta(hours=1))
    history = History(database)
    names = {one.code or one.message: one.key for one in history.causes(connection, FIRST, LAST)}

    def runs(*causes: str, last: datetime = LAST) -> frozenset[str]:
        return history.runs_of_causes(connection, [names[cause] for cause in causes], FIRST, last)

    assert runs("6240") == {"run-1", "run-2"}
    assert runs("6240", last=NOW + timedelta(minutes=59)) == {"run-1"}
    assert runs(EDITED.message) == {"run-1"}
    assert runs(EDITED.message, LOST.message) == {"run-1", "run-2"}
    assert history.runs_of_causes(connection, ["3100"], FIRST, LAST) == frozenset()
    assert history.runs_of_causes(connection + 1, ["6240"], FIRST, LAST) == frozenset()


def test_without_failures_there_are_no_causes(database: Database):
    connection = ended(database, DONE)
    assert History(database).causes(connection, FIRST, LAST) == []


def logged(database: Database) -> int:
    """Two runs: three vendors, then a bill with a percent sign in its title."""
    connection = ended(database, DONE, TAKEN, EDITED)
    ended(
        database,
        DONE,
        number=2,
        at=NOW + timedelta(hours=1),
        kind=SyncKind.BILL,
        core_id="VB-100%",
        title="Granite · INV_7",
        ledger_kind=LedgerKind.BILL,
        content=bill(),
    )
    return connection


SEARCHES: list[tuple[dict[str, Any], list[str]]] = [
    # narrowed by                                     found, newest first
    ({}, ["VB-100%", "V1", "V2", "V3"]),
    ({"run_id": "run-1"}, ["V1", "V2", "V3"]),
    ({"kinds": (SyncKind.BILL,)}, ["VB-100%"]),
    ({"statuses": (OutcomeStatus.FAILED, OutcomeStatus.STALE)}, ["V2", "V3"]),
    ({"text": "granite"}, ["VB-100%"]),
    ({"text": "v2"}, ["V2"]),
    ({"text": "%"}, ["VB-100%"]),  # what is typed is meant as it stands
    ({"text": "_7"}, ["VB-100%"]),
    ({"text": "nobody"}, []),
    ({"text": "VENDOR", "statuses": (OutcomeStatus.DONE,)}, ["V1"]),
    ({"text": "TAKEN"}, ["V2"]),
    ({"text": "77"}, ["VB-100%", "V1"]),  # QuickBooks' id, whole
    ({"text": "7"}, ["VB-100%"]),
    ({"codes": ("6240",)}, ["V2"]),
    ({"who": WHO}, ["VB-100%", "V1", "V2", "V3"]),
    ({"who": "somebody.else@ridgeline.example"}, []),
    ({"since": NOW + timedelta(minutes=1)}, ["VB-100%"]),
    ({"latest": True}, ["VB-100%", "V1", "V2", "V3"]),
]


@pytest.mark.parametrize(("narrowed", "found"), SEARCHES, ids=[str(row[0]) for row in SEARCHES])
def test_the_log_finds_records_again(sqlite: Database, narrowed: dict[str, Any], found: list[str]):
    history, connection, search = History(sqlite), logged(sqlite), Search(**narrowed)
    assert [one.core_id for one in history.search(connection, search)] == found
    assert sum(history.counts(connection, search).values()) == len(found)
    paged = [history.search(connection, search, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [one.core_id for part in paged for one in part] == found


def test_the_log_reads_the_same_on_both_databases_and_what_waits_comes_last(database: Database):
    connection = logged(database)
    confirmed(database, change(9), number=3, built_at=NOW + timedelta(hours=2))
    found = History(database).search(connection, Search())
    assert [one.core_id for one in found] == ["VB-100%", "V1", "V2", "V3", "V9"]
    assert (found[0].run_id, found[0].ledger_id, found[-1].at) == ("run-2", "77", None)


def test_another_companys_log_is_not_shown(database: Database):
    logged(database)
    assert History(database).search(connected(database).id + 1, Search()) == []
