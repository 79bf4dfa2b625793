"""A worker killed at any marked point loses nothing and doubles nothing (fault 1; invariants I1 to I4, I8, I9)."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from qbsync.domain.plan import Change, Scope
from qbsync.domain.run import OutcomeStatus, RunStatus
from qbsync.domain.wanted import SyncKind
from tests.company import Company, copied, make_ready
from tests.local_books import LocalBooks

WEEK = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({date(2026, 10, 3)}))
POINTS = ("before_sending", "before_push", "after_push", "inside_record", "after_record")


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


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_worker_leaves_every_record_in_quickbooks_once(stored_company: Company, point: str):
    company = stored_company
    before = len(company.books.applied())
    plan, run_id = company.confirmed_run(WEEK)

    killed = company.command("worker", "--once", QBSYNC_CRASH_AT=f"{point}:3")
    assert killed.returncode == -signal.SIGKILL
    assert company.app().runs.get(run_id).is_open

    resumed = company.command("worker", "--once")
    assert resumed.returncode == 0, resumed.stderr

    sent = [change for change in plan.changes if change.operation and change.ticked_by_default]
    check_invariants(company, run_id, sent, company.books.applied()[before:])


def test_a_worker_killed_at_every_point_in_turn_still_ends(company: Company):
    before = len(company.books.applied())
    plan, run_id = company.confirmed_run(WEEK)
    for point in POINTS:
        assert company.command("worker", "--once", QBSYNC_CRASH_AT=f"{point}:2").returncode == -signal.SIGKILL
    assert company.command("worker", "--once").returncode == 0
    sent = [change for change in plan.changes if change.operation and change.ticked_by_default]
    check_invariants(company, run_id, sent, company.books.applied()[before:])


def check_invariants(company: Company, run_id: str, sent: list[Change], applied: list[dict[str, object]]) -> None:
    """What must hold after any fault, by QuickBooks' own record."""
    app = company.app()
    run, outcomes = app.runs.get(run_id), app.runs.outcomes(run_id)
    written = [one for one in outcomes if one.seq in {change.seq for change in sent}]

    assert run.status is RunStatus.DONE  # I8: the run ends
    assert {one.status for one in written} == {OutcomeStatus.DONE}
    entities = {change.seq: change.ledger_kind.value for change in sent}  # each entity counts its own ids
    ids = Counter((entities[one.seq], one.ledger_id) for one in written)
    assert set(ids.values()) == {1}  # I1: each change has one id of its own …
    made = Counter((row["entity"], str(row["id"])) for row in applied)
    assert set(made.values()) == {1}  # I2: … and nothing was applied twice
    assert len(made) == len(sent) > 90
    assert set(ids) == set(made)  # I3
    bodies: dict[str, set[str]] = {}
    for request in company.books.requests():
        if request["request_id"]:
            bodies.setdefault(request["request_id"], set()).add(request["body_sha256"])
    kinds = Counter(change.kind for change in sent)
    assert len(bodies) == sum(-(-count // 30) for count in kinds.values())  # full batches, and no other ones
    assert all(len(digests) == 1 for digests in bodies.values())  # I4: same id, same bytes
    assert app.runs.progress(run_id).total == len(outcomes)  # I9
    again = app.previewing.build(app.connection().id, WEEK, who="tests")
    assert not [change for change in again.changes if change.can_run]
