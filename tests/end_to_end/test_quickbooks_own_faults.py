"""QuickBooks breaks, or turns our sign-in away: the run goes on where it can, and what it could not do is explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest

from qbsync.bootstrap import App
from qbsync.domain.connection import ConnectionState
from qbsync.domain.plan import Change, Scope
from qbsync.domain.run import Run
from qbsync.domain.wanted import SyncKind
from tests.company import Company

WEEK = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({date(2026, 10, 3)}))


def pushed_to_its_end(app: App, run_id: str) -> Run:
    """Push it again whenever it rests, without waiting."""
    for _ in range(20):
        app.running.push(run_id)
        if not app.runs.get(run_id).is_open:
            break
    return app.runs.get(run_id)


def by_status(app: App, run_id: str) -> Counter[str]:
    return Counter(outcome.status.value for outcome in app.runs.outcomes(run_id))


def writes(changes: Sequence[Change]) -> list[Change]:
    return [change for change in changes if change.operation and change.ticked_by_default]


def assert_everything_done_is_there_once(company: Company, app: App, run_id: str, before: int) -> None:
    """QuickBooks' own record of what it carried out, against the run's rows."""
    applied = [(row["entity"], str(row["id"])) for row in company.books.applied()[before:]]
    assert len(applied) == len(set(applied))
    written = {
        change.seq: change.ledger_kind.value for change in writes(app.plans.get(app.runs.get(run_id).plan_id).changes)
    }
    done = [
        (written[outcome.seq], outcome.ledger_id)
        for outcome in app.runs.outcomes(run_id)
        if outcome.status.value == "done" and outcome.seq in written
    ]
    assert sorted(done) == sorted(applied)


def test_a_record_that_breaks_quickbooks_fails_alone_and_with_its_reason(company: Company):
    app, before = company.app(), len(company.books.applied())
    plan, run_id = company.confirmed_run(WEEK)
    poison = next(change for change in plan.changes if change.kind is SyncKind.TIME_ENTRY and change.operation)
    mark = getattr(poison.content, "description", "")[-15:]
    assert mark.startswith("[PF-")
    company.books.control("faults", kind="poison", match=mark)

    assert pushed_to_its_end(app, run_id).status.value == "partly failed"

    outcomes = {outcome.seq: outcome for outcome in app.runs.outcomes(run_id)}
    failed = outcomes.pop(poison.seq)
    assert (failed.status.value, failed.code) == ("failed", "10000")
    assert "tried 4 times" in failed.message
    assert {outcome.status.value for outcome in outcomes.values()} == {"done"}
    assert_everything_done_is_there_once(company, app, run_id, before)


def test_a_request_that_breaks_quickbooks_each_time_does_not_stop_the_others(company: Company):
    company.single_writes = 0  # so that the three faults meet one request
    app, before = company.app(), len(company.books.applied())
    _, names = company.confirmed_run(Scope(kinds=frozenset(SyncKind) - {SyncKind.BILL, SyncKind.TIME_ENTRY}))
    pushed_to_its_end(app, names)
    before = len(company.books.applied())
    plan, run_id = company.confirmed_run(WEEK)
    company.books.control("faults", kind="system", route="batch", count=3)

    assert pushed_to_its_end(app, run_id).status.value == "partly failed"

    counts = by_status(app, run_id)
    assert counts["unanswered"] == 30
    assert counts["done"] == len(writes(plan.changes)) - 30 > 30
    assert_everything_done_is_there_once(company, app, run_id, before)


SIGN_INS = [
    # fault             how often   the run then   the connection then
    ("authentication", 1, "done", ConnectionState.CONNECTED),
    ("authentication", 2, "paused", ConnectionState.CONNECTED),
    ("user_removed", 2, "paused", ConnectionState.EXPIRED),
]


@pytest.mark.parametrize(("kind", "count", "status", "state"), SIGN_INS, ids=["once", "twice", "the user was removed"])
def test_only_a_consent_that_has_ended_asks_for_a_new_one(
    company: Company, kind: str, count: int, status: str, state: ConnectionState
):
    app, before = company.app(), len(company.books.applied())
    _, run_id = company.confirmed_run(WEEK)
    company.books.control("faults", kind=kind, route="batch", count=count)
    app.running.push(run_id)
    assert app.runs.get(run_id).status.value == status
    assert app.connections.get(app.runs.get(run_id).connection_id).state is state
    if status == "paused":
        assert "intuit_tid" in app.runs.get(run_id).note
    if state is ConnectionState.CONNECTED:
        assert pushed_to_its_end(app, run_id).status.value == "done"
    assert_everything_done_is_there_once(company, app, run_id, before)
