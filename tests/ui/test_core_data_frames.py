"""Core's records, readings and row problems as tables, and a loading in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from qbsync.domain.decide import Agreed
from qbsync.domain.errors import Severity
from qbsync.domain.intake import HeadingReading, RowIssue, SheetReading
from qbsync.domain.ledger import BillDocument, LedgerKind, Posted, Reference
from qbsync.domain.link import Link
from qbsync.domain.records import CoreKind
from qbsync.domain.wanted import SyncKind
from qbsync.services.story import Now
from qbsync.ui.core_data import frames
from tests.domain.samples import book, payroll_row, vendor_bill

BOOK = book(
    payroll_row("8 8 7.5 0 0 0 0"), payroll_row("4 0 0 0 0 0 0", employee="E404"), vendor_bill("60.10", "39.90")
)


def test_every_kind_has_a_title_and_a_table():
    assert set(frames.TITLES) == set(CoreKind)
    for kind in CoreKind:
        assert len(frames.records(BOOK, kind)) > 0


def test_a_week_of_payroll_shows_hours_by_day_and_their_sum():
    first, second = frames.records(BOOK, CoreKind.PAYROLL_ROW).to_dict("records")
    assert [first[day] for day in ("Mon", "Tue", "Wed")] == [8, 8, 7.5]
    assert (first["Employee"], first["Hours"]) == ("Ada Stone", 23.5)
    assert second["Employee"] == "E404"  # whom Core does not know keeps the number


def test_a_bill_shows_its_vendor_lines_and_total():
    (bill,) = frames.records(BOOK, CoreKind.VENDOR_BILL).to_dict("records")
    assert (bill["Vendor"], bill["Lines"], bill["Total"]) == ("Granite Ready Mix", 2, 100.0)
    assert bill["Date"] == date(2026, 11, 3)


FOUND = [("", 2), ("ada", 1), ("ADA", 1), ("1099", 1), ("nobody", 0)]


@pytest.mark.parametrize(("text", "rows"), FOUND)
def test_a_search_looks_in_every_column(text: str, rows: int):
    assert len(frames.searched(frames.records(BOOK, CoreKind.EMPLOYEE), text)) == rows


LOADINGS: list[tuple[dict[str, dict[str, int]], str]] = [
    # what a loading did                                                 in one sentence
    ({}, "No row could be kept."),
    ({"vendor": {"unchanged": 9}}, "Nothing changed: all of this was loaded before."),
    ({"vendor": {"new": 1}}, "1 record loaded: 1 new."),
    (
        {"vendor": {"new": 1200, "unchanged": 3}, "project": {"changed": 2, "retired": 1}},
        "1,203 records loaded: 1,200 new, 2 changed, 1 retired.",
    ),
]


@pytest.mark.parametrize(("counts", "sentence"), LOADINGS)
def test_a_loading_is_told_in_one_sentence(counts: dict[str, dict[str, int]], sentence: str):
    assert frames.summary(counts) == sentence


def test_what_changed_is_told_by_kind_in_the_order_of_the_screen():
    counts: dict[str, dict[str, int]] = {CoreKind.VENDOR: {"new": 2}, CoreKind.PROJECT: {"retired": 1}}
    assert [(one.kind, one.new, one.retired) for one in frames.changes(counts)] == [
        ("Projects", 0, 1),
        ("Vendors", 2, 0),
    ]


def test_a_problem_shows_its_place_and_its_remedy():
    issues = [
        RowIssue(file="a.csv", sheet="", row=7, column="Rate", problem="Not a number.", remedy="Type one."),
        RowIssue(
            file="b.xlsx",
            sheet="Bills",
            row=None,
            column="",
            problem="No rows.",
            remedy="Add some.",
            severity=Severity.WARNING,
        ),
    ]
    first, second = frames.problems(issues).to_dict("records")
    assert (first["Severity"], first["Sheet"], first["Row"], first["What to do"]) == (["Error"], "-", 7, "Type one.")
    assert (second["Severity"], second["Sheet"]) == (["Warning"], "Bills")
    assert list(frames.problems([]).columns) == list(frames.problems(issues).columns)


def test_a_sheet_that_was_not_recognised_says_so_with_its_rows():
    headings = (HeadingReading(as_written="Colour", read_as=""), HeadingReading(as_written="Vendor", read_as="Vendor"))
    sheet = SheetReading(file="x.csv", sheet="", kind=None, rows_read=5, rows_kept=0, headings=headings)
    (row,) = frames.sheets([sheet]).to_dict("records")
    assert (row["Read as"], row["Rows"], row["Left out"]) == (["Not recognised"], 5, 5)
    assert frames.headings(sheet)["Read as"].tolist() == ["not used", "Vendor"]


def test_imports_are_listed_in_the_persons_own_time():
    found = [{"at": datetime(2026, 11, 22, 3, 0, tzinfo=UTC), "files": "a.csv", "loaded_by": "ada", "counts": {}}]
    (row,) = frames.imports(found, ZoneInfo("America/Chicago")).to_dict("records")
    assert row["When"] == datetime(2026, 11, 21, 21, 0)
    assert row["Result"] == "No row could be kept."


BILL = BillDocument(
    vendor=Reference(id="7", name="Granite"),
    number="INV-7",
    txn_date=date(2026, 11, 3),
    due_date=None,
    memo="",
    lines=(),
)
EDITED = replace(BILL, number="INV-8")
LINK = Link(
    kind=SyncKind.BILL,
    core_id="VB-1",
    title="Granite · INV-7",
    ledger_kind=LedgerKind.BILL,
    ledger_id="77",
    agreed=Agreed(core=BILL, posted=BILL),
)


def seen(content: BillDocument, **given: Any) -> Now:
    posted = Posted(kind=LedgerKind.BILL, id="77", sync_token="0", content=content, **given)
    return {(LedgerKind.BILL, "77"): posted}


STATES = [
    # the link                          what was seen just now           the badge
    (LINK, None, "Linked"),
    (LINK, seen(BILL), "As it was written"),
    (LINK, seen(EDITED), "Edited there since"),
    (LINK, seen(BILL, active=False), "Inactive there"),
    (LINK, {}, "Not there any more"),
    (replace(LINK, dropped=True), {}, "Deletion accepted"),
    (replace(LINK, agreed=None), seen(EDITED), "As it was written"),
]


@pytest.mark.parametrize(("link", "now", "badge"), STATES, ids=[row[2] for row in STATES])
def test_a_link_says_how_it_stands(link: Link, now: Now | None, badge: str):
    assert frames.state_of(link, now)[0] == badge


def test_both_sides_of_a_record_stand_beside_each_other():
    (number,) = [row for row in frames.side_rows(LINK, seen(EDITED)) if row["Field"] == "Bill number"]
    assert number == {"Field": "Bill number", "Last written": "INV-7", "In QuickBooks now": "INV-8"}
    assert all("In QuickBooks now" not in row for row in frames.side_rows(LINK, None))
    assert frames.side_rows(replace(LINK, agreed=None), None) == []
