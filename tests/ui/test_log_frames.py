"""Runs and their records as tables and files: the words for what happened, and the order they are read in."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.run import Outcome, OutcomeStatus, Progress, Run, RunStatus
from qbsync.domain.wanted import SyncKind
from qbsync.proforge.table_files import SpreadsheetFiles
from qbsync.ui.sync_log import frames

AT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


def run(number: int = 1, **given: Any) -> Run:
    values: dict[str, Any] = {"status": RunStatus.DONE, "created_at": AT, **given}
    return Run(
        id=f"run-{number}",
        plan_id="p",
        connection_id=1,
        trigger="manual",
        confirmed_by="ada@ridgeline.example",
        fence=1,
        failures=0,
        cancel_requested=False,
        note="",
        **values,
    )


def outcome(seq: int, status: OutcomeStatus = OutcomeStatus.DONE, **given: Any) -> Outcome:
    values: dict[str, Any] = {
        "kind": SyncKind.BILL,
        "core_id": f"B-{seq}",
        "title": f"Bill {seq}",
        "action": Action.CREATE,
        **given,
    }
    return Outcome(seq=seq, status=status, **values)


def test_every_status_has_a_word_of_its_own():
    for words, statuses in ((frames.RESULTS, RunStatus), (frames.OUTCOMES, OutcomeStatus)):
        assert set(words) == set(statuses)
        assert len({label for label, _ in words.values()}) == len(statuses)
    assert set(frames.DONE_WORDS) == set(Action)


def test_what_is_not_done_and_says_nothing_itself_is_explained():
    explained = set(frames.MEANINGS) | {OutcomeStatus.DONE, OutcomeStatus.FAILED}
    assert explained == set(OutcomeStatus)


def test_a_run_shows_what_was_done_failed_and_held_back():
    counts = {OutcomeStatus.DONE: 5, OutcomeStatus.FAILED: 2, OutcomeStatus.STALE: 1, OutcomeStatus.WAITING: 4}
    frame = frames.runs(
        [run(started_at=AT, finished_at=AT + timedelta(seconds=12))], [Progress(counts=counts)], UTC_ZONE
    )
    (row,) = frame.to_dict("records")
    assert (row["Done"], row["Failed"], row["Held back"]) == (5, 2, 1)
    assert (row["Took"], row["Run"], row["Started"]) == ("12 s", "run-1", datetime(2026, 11, 22, 17, 0))


def test_an_open_run_shows_no_counts_which_its_card_has_as_they_are_now():
    counts = {OutcomeStatus.DONE: 5, OutcomeStatus.WAITING: 4}
    (row,) = frames.runs([run(status=RunStatus.RUNNING)], [Progress(counts=counts)], UTC_ZONE).to_dict("records")
    assert (row["Done"], row["Failed"], row["Held back"]) == (None, None, None)


SPANS = [
    (0.4, "under 1 s"),
    (1.2, "1 s"),
    (12, "12 s"),
    (59.6, "1 min 0 s"),
    (185, "3 min 5 s"),
    (3600, "1 h 0 min"),
    (7380, "2 h 3 min"),
]


@pytest.mark.parametrize(("seconds", "read"), SPANS)
def test_a_span_reads_as_people_say_it(seconds: float, read: str):
    assert frames.seconds_text(timedelta(seconds=seconds)) == read


def test_an_open_run_has_no_duration_yet():
    assert frames.duration(run(status=RunStatus.RUNNING, started_at=AT)) == ""


def test_what_was_not_done_is_read_first():
    found = [outcome(1), outcome(2, OutcomeStatus.FAILED), outcome(3), outcome(4, OutcomeStatus.STALE)]
    assert [one.seq for one in frames.worst_first(found)] == [2, 4, 1, 3]


def test_only_results_that_occur_are_counted():
    found = [outcome(1), outcome(2, OutcomeStatus.FAILED), outcome(3)]
    assert frames.counts(found) == {OutcomeStatus.DONE: 2, OutcomeStatus.FAILED: 1}


FILTERS = [
    # statuses                    kinds                   text          records left
    ((), (), "", [1, 2, 3]),
    ((OutcomeStatus.FAILED,), (), "", [2]),
    ((), (SyncKind.VENDOR,), "", [3]),
    ((), (), "GRANITE", [3]),
    ((), (), "closed", [2]),
    ((), (), "4711", [1]),
    ((), (), "b-2", [2]),
    ((OutcomeStatus.DONE,), (), "closed", []),
]


@pytest.mark.parametrize(("statuses", "kinds", "text", "left"), FILTERS)
def test_records_are_found_by_result_kind_and_text(
    statuses: tuple[OutcomeStatus, ...], kinds: tuple[SyncKind, ...], text: str, left: list[int]
):
    found = [
        outcome(1, ledger_id="4711"),
        outcome(2, OutcomeStatus.FAILED, message="The books are closed."),
        outcome(3, kind=SyncKind.VENDOR, title="Granite Ready Mix"),
    ]
    assert [one.seq for one in frames.narrowed(found, statuses, kinds, text)] == left


def test_the_file_has_a_cell_for_every_heading():
    done = outcome(
        1, at=AT, ledger_id="4711", run_id="run-1", trace="t-1", posted_minutes=0, posted_amount=Decimal("1240.5")
    )
    (row,) = frames.export_rows([done], {"run-1": "Ana Ruiz", "run-2": "scheduler"})
    assert dict(zip(frames.EXPORT_HEADINGS, row, strict=True)) == {
        "Run": "run-1",
        "Confirmed by": "Ana Ruiz",
        "When (UTC)": "2026-11-22 17:00:00",
        "Result": "Done",
        "Action": "create",
        "Type": "Vendor bill",
        "Core id": "B-1",
        "Record": "Bill 1",
        "QuickBooks id": "4711",
        "Hours in QuickBooks": "",
        "Amount in QuickBooks": "1240.50",
        "What happened": "",
        "What to do": "",
        "Code": "",
        "Trace id": "t-1",
    }


COLUMNS = [
    # the records                                                     the columns beside result, type and record
    ([outcome(1, ledger_id="4711")], ["QuickBooks id"]),
    ([outcome(1, OutcomeStatus.FAILED, message="No.")], ["What happened"]),
    ([outcome(1, ledger_id="4711"), outcome(2, message="No.")], ["QuickBooks id", "What happened"]),
    ([outcome(1, OutcomeStatus.WAITING)], []),
]


@pytest.mark.parametrize(("found", "beside"), COLUMNS)
def test_a_column_that_would_be_empty_is_left_out(found: list[Outcome], beside: list[str]):
    assert frames.columns_of(found) == ["Result", "Type", "Record", *beside]


HOURS = [(450, "7.50"), (20, "0.33"), (-60, "-1.00"), (0, ""), (None, "")]


@pytest.mark.parametrize(("minutes", "text"), HOURS)
def test_hours_are_written_as_payroll_reads_them(minutes: int | None, text: str):
    (row,) = frames.export_rows([outcome(1, kind=SyncKind.TIME_ENTRY, posted_minutes=minutes)], {})
    assert row[frames.EXPORT_HEADINGS.index("Hours in QuickBooks")] == text


def test_what_settles_is_called_so_in_the_file():
    (row,) = frames.export_rows([outcome(1, action=Action.PULL)], {})
    assert row[frames.EXPORT_HEADINGS.index("Action")] == "settle"


FORMULAS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1"]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_name_never_becomes_a_formula_in_the_file(name: str):
    rows = frames.export_rows([outcome(1, OutcomeStatus.FAILED, title=name, core_id=name, message=name)], {})
    written = SpreadsheetFiles().write("log.csv", frames.EXPORT_HEADINGS, rows)
    (row,) = csv.DictReader(io.StringIO(written.decode("utf-8-sig")))
    for heading in ("Record", "Core id", "What happened"):
        assert row[heading] == f"'{name}"


@pytest.mark.parametrize("status", OutcomeStatus)
def test_what_was_done_or_waits_cannot_be_tried_again(status: OutcomeStatus):
    assert frames.can_retry(outcome(1, status)) is (status not in (OutcomeStatus.DONE, OutcomeStatus.WAITING))


def test_a_span_of_days_begins_at_midnight():
    now = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    assert frames.since("Today", now) == datetime(2026, 11, 24, tzinfo=UTC)
    assert frames.since("7 days", now) == datetime(2026, 11, 17, tzinfo=UTC)
    assert frames.since(None, now) is None


def test_a_code_is_read_with_what_it_means():
    assert frames.code_text("6210").startswith("6210: ")
    assert len(frames.code_text("6210")) > 15
    assert frames.code_text("99999") == "99999"
