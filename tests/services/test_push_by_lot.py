"""Two hundred changes, and up to six mishaps drawn by lot while they are pushed: each is done once, or explained."""

from __future__ import annotations

import copy
import itertools
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from qbsync.domain.decide import Action
from qbsync.domain.errors import ConnectionExpired, Fault, OutcomeUnknown, QbsyncError, Throttled, Unavailable
from qbsync.domain.ledger import EmployeeCard, LedgerKind
from qbsync.domain.mapping import MapKind
from qbsync.domain.plan import Change
from qbsync.domain.posted import mark_in
from qbsync.domain.records import Employee, PayrollRow
from qbsync.domain.run import Outcome, OutcomeStatus, RunStatus
from qbsync.domain.wanted import mark_of
from qbsync.services.run import Running
from qbsync.store.database import Database
from qbsync.store.runs import Runs
from tests.domain.samples import payroll_row
from tests.doubles.ledger import MemoryLedger
from tests.doubles.ledger_text import AskedWrite
from tests.services.desk import Desk, open_desk, to

CREW = [f"W{number:02}" for number in range(40)]
TO_UPDATE, TO_DELETE, TO_CREATE = CREW[:12], CREW[12:20], CREW[20:]  # 60, 40 and 100 entries, of five days each
MISHAPS_MAX = 6
PUSHES_MAX = 60
BATCHES_EACH = 2  # of seven: else the first push would leave nothing that can go wrong
POINTS = ("before_sending", "before_push", "after_push", "inside_record", "after_record")
ITEM_FAULTS = ["10000", "130", "3001", "5010", "6000"]
ENDED = frozenset(OutcomeStatus) - {OutcomeStatus.WAITING}
BY_LOT = settings(
    max_examples=20,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),  # a failure is told as it was drawn: to make it smaller would take minutes
    suppress_health_check=list(HealthCheck),
)


class Killed(BaseException):
    """The worker's process ends here, as by a power cut."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """A confirmed run of two hundred changes that nobody has pushed yet, to be copied."""

    file: Path
    ledger: MemoryLedger
    desk: Desk
    run_id: str
    changes: dict[int, Change]


@pytest.fixture
def start(sqlite: Database, tmp_path: Path) -> Start:
    desk = open_desk(sqlite, *(Employee(core_id=name, name=f"Worker {name}") for name in CREW))
    for name in CREW:
        card = EmployeeCard(display_name=f"Worker {name}", given_name="Worker", family_name=name)
        desk.map(to(MapKind.EMPLOYEE, name, LedgerKind.EMPLOYEE, desk.ledger.add(LedgerKind.EMPLOYEE, card).id))
    desk.load(*weeks([*TO_UPDATE, *TO_DELETE], "8 8 8 8 8 0 0"))
    assert desk.sync().status is RunStatus.DONE
    desk.load(
        *weeks(TO_UPDATE, "7 7 7 7 7 0 0"), *weeks(TO_DELETE, "0 0 0 0 0 0 0"), *weeks(TO_CREATE, "6 6 6 6 6 0 0")
    )
    plan = desk.preview()
    changes = {one.seq: one for one in plan.changes if one.operation}
    counts = Counter(one.action for one in changes.values())
    assert counts == {Action.UPDATE: 60, Action.DELETE: 40, Action.CREATE: 100}
    run = desk.confirm(plan, *(one.key for one in changes.values()))
    sqlite.engine.dispose()
    file = tmp_path / "start.db"
    shutil.copy(tmp_path / "qbsync.db", file)
    return Start(file=file, ledger=desk.ledger, desk=desk, run_id=run.id, changes=changes)


def weeks(crew: list[str], hours: str) -> list[PayrollRow]:
    return [payroll_row(hours, employee=name) for name in crew]


class Pushing(RuleBasedStateMachine):
    """A worker pushes; QuickBooks, the line, the power and people interfere."""

    def __init__(self, start: Start, folder: Path) -> None:
        super().__init__()
        shutil.copy(start.file, folder / "lot.db")
        for left in ("lot.db-wal", "lot.db-shm"):
            (folder / left).unlink(missing_ok=True)
        self.database = Database(f"sqlite:///{folder / 'lot.db'}", folder / "locks")
        self.desk = Desk(self.database, copy.deepcopy(start.ledger))
        self.desk.clock.now = start.desk.clock.now
        self.run_id, self.changes, self.before = start.run_id, start.changes, dict(start.ledger.posted)
        self.runs = Runs(self.database, at_point=self.pass_point)
        self.marks = {seq: mark_of(change.core_id) for seq, change in self.changes.items()}
        self.mishaps = 0
        self.at: tuple[str, int, Callable[[], None]] | None = None
        self.ended: dict[int, Outcome] = {}

    # mishaps ------------------------------------------------------------------------------------------------

    def may_go_wrong(self) -> bool:
        return self.mishaps < MISHAPS_MAX

    def goes_wrong(self, push: bool) -> None:
        """One mishap more: it may meet the worker at once, or together with the next one."""
        self.mishaps += 1
        if push:
            self.push()

    @precondition(may_go_wrong)
    @rule(after_write=st.booleans(), push=st.booleans())
    def an_answer_is_lost(self, after_write: bool, push: bool) -> None:
        self.desk.ledger.lose_next_answer(after_write=after_write)
        self.goes_wrong(push)

    @precondition(may_go_wrong)
    @rule(which=st.sampled_from(["throttled", "down", "broken"]), times=st.integers(1, 4), push=st.booleans())
    def a_request_is_turned_away(self, which: str, times: int, push: bool) -> None:
        for _ in range(times):
            self.desk.ledger.fail_next_send(self.trouble(which))
        self.goes_wrong(push)

    def trouble(self, which: str) -> QbsyncError:
        if which == "throttled":
            return Throttled(self.desk.clock() + timedelta(seconds=60))
        return Unavailable("Down.") if which == "down" else OutcomeUnknown("Broken.", code="10000")

    @precondition(may_go_wrong)
    @rule(
        fault=st.sampled_from(ITEM_FAULTS),
        number=st.integers(0, 199),
        times=st.sampled_from([1, 2, 5, None]),
        push=st.booleans(),
    )
    def an_item_is_refused(self, fault: str, number: int, times: int | None, push: bool) -> None:
        self.refuse(fault, number, times)
        self.goes_wrong(push)

    @initialize(number=st.integers(0, 199), times=st.integers(1, 5), after_write=st.booleans())
    def quickbooks_breaks_at_an_item(self, number: int, times: int, after_write: bool) -> None:
        self.refuse("10000", number, times, after_write=after_write)
        self.goes_wrong(False)

    def refuse(self, code: str, number: int, times: int | None, *, after_write: bool = False) -> None:
        change = list(self.changes.values())[number]

        def is_it(asked: AskedWrite) -> bool:
            if change.ledger_id:
                return asked.id == change.ledger_id
            return asked.content is not None and mark_in(asked.content) == self.marks[change.seq]

        self.desk.ledger.set_clock(self.desk.clock())
        self.desk.ledger.refuse(Fault(code=code), is_it, times=times, after_write=after_write)

    @precondition(may_go_wrong)
    @rule(push=st.booleans())
    def the_consent_ends(self, push: bool) -> None:
        self.desk.ledger.fail_next_send(ConnectionExpired("The consent has ended."))
        self.goes_wrong(push)

    @precondition(may_go_wrong)
    @rule(point=st.sampled_from(POINTS), passes=st.integers(1, 5))
    def the_worker_is_killed(self, point: str, passes: int) -> None:
        self.at = (point, passes, self.die)
        self.goes_wrong(True)

    @precondition(may_go_wrong)
    @rule(point=st.sampled_from(POINTS[:3]), passes=st.integers(1, 5))
    def another_worker_takes_over(self, point: str, passes: int) -> None:
        self.at = (point, passes, self.push)
        self.goes_wrong(True)

    @precondition(lambda self: MISHAPS_MAX // 2 < self.mishaps < MISHAPS_MAX)  # late: it ends the run
    @rule()
    def somebody_cancels(self) -> None:
        if self.runs.get(self.run_id).is_open:
            self.runs.cancel(self.run_id, "clerk@ridgeline.example", self.desk.clock())
            self.goes_wrong(False)

    @precondition(may_go_wrong)
    @rule(after_write=st.booleans())
    def half_a_day_passes_after_a_lost_answer_and_quickbooks_forgets_the_request_ids(self, after_write: bool) -> None:
        self.desk.ledger.lose_next_answer(after_write=after_write)
        self.push()
        self.desk.clock.forward(hours=13)
        self.desk.ledger.answers.clear()
        self.goes_wrong(True)

    # the worker ---------------------------------------------------------------------------------------------

    @rule(batches=st.integers(1, 3))
    def push(self, batches: int = BATCHES_EACH) -> None:
        """The worker pushes so many batches once the run is due, and then is stopped."""
        run = self.runs.get(self.run_id)
        if run.retry_at is not None:
            self.desk.clock.now = max(self.desk.clock(), run.retry_at)
        if self.run_id not in {run.id for run in self.runs.due(self.desk.clock())}:
            return
        begun = itertools.count()
        running: Running = replace(
            self.desk.running, runs=self.runs, at_point=self.pass_point, stopping=lambda: next(begun) >= batches
        )
        with suppress(Killed):
            running.push(self.run_id)

    @rule()
    def somebody_connects(self) -> None:
        self.desk.connect()

    def pass_point(self, point: str) -> None:
        if self.at is None or self.at[0] != point:
            return
        _, passes, act = self.at
        self.at = (point, passes - 1, act) if passes > 1 else None
        if passes == 1:
            act()

    def die(self) -> None:
        raise Killed

    # what always holds --------------------------------------------------------------------------------------

    @invariant()
    def the_counters_equal_the_rows(self) -> None:
        outcomes = self.runs.outcomes(self.run_id)
        progress = self.runs.progress(self.run_id)
        assert progress.counts == Counter(one.status for one in outcomes)
        assert progress.total == len(self.changes)

    @invariant()
    def what_has_ended_stays_as_it_ended(self) -> None:
        now = {one.seq: one for one in self.runs.outcomes(self.run_id) if one.status in ENDED}
        assert {seq: now.get(seq) for seq in self.ended} == self.ended
        self.ended = now

    @invariant()
    def nothing_was_done_twice(self) -> None:
        assert {seq: times for seq, times in self.times_done().items() if times > 1} == {}

    @invariant()
    def one_request_id_always_has_the_same_bytes(self) -> None:
        sends = set(self.desk.ledger.sends)
        assert len({request_id for request_id, _ in sends}) == len(sends)

    def times_done(self) -> dict[int, int]:
        """How often QuickBooks carried each change out."""
        marks = Counter(mark_in(one.content) for one in self.desk.ledger.posted.values())
        return {seq: self.times(change, marks[self.marks[seq]]) for seq, change in self.changes.items()}

    def times(self, change: Change, marked: int) -> int:
        """How often one was: as often as its mark is there, its record is gone, or its token went up."""
        posted, key = self.desk.ledger.posted, (change.ledger_kind, change.ledger_id)
        if change.action is Action.CREATE:
            return marked
        if change.action is Action.DELETE:
            return int(key not in posted)
        return int(posted[key].sync_token) - int(self.before[key].sync_token)

    def teardown(self) -> None:
        """The mishaps are over: the run comes to its end, and its rows say what is in the books."""
        try:
            self.at = None
            self.desk.ledger.refuse_nothing()
            for _ in range(PUSHES_MAX):
                self.desk.connect()
                self.push()
                if not self.runs.get(self.run_id).is_open:
                    break
            run = self.runs.get(self.run_id)
            assert not run.is_open, run
            self.the_counters_equal_the_rows()
            self.what_has_ended_stays_as_it_ended()
            times = self.times_done()
            for outcome in self.runs.outcomes(self.run_id):
                is_done_once_or_explained(outcome, times[outcome.seq])
            assert self.run_id not in {run.id for run in self.runs.due(self.desk.clock())}
        finally:
            self.database.close()


def is_done_once_or_explained(outcome: Outcome, times: int) -> None:
    if outcome.status is OutcomeStatus.DONE:
        assert (times, bool(outcome.ledger_id)) == (1, True), outcome
        return
    assert outcome.status is not OutcomeStatus.WAITING
    assert outcome.message, outcome
    assert times <= (outcome.status is OutcomeStatus.UNANSWERED), outcome  # "it may be there" is all it says
    assert outcome.remedy or outcome.status is OutcomeStatus.CANCELLED, outcome


@pytest.mark.promise(1, 25)
def test_each_change_is_done_once_or_explained_whatever_happens(start: Start, tmp_path: Path):
    class Lot(Pushing):
        def __init__(self) -> None:
            super().__init__(start, tmp_path)

    run_state_machine_as_test(Lot, settings=BY_LOT)
