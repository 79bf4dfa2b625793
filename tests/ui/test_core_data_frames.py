"""Core's records, readings and row problems as tables, and a loading in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from qbsync.domain.decide import Agreed
from qbsync.domain.errors import Severity
from qbsync.domain.intake import HeadingReading, RowIssue, SheetReading
from qbsync.domain.ledger import BillDocument, ExpenseLine, LedgerKind, Posted, Reference
from qbsync.domain.link import Link
from qbsync.domain.records import CoreKind
from qbsync.domain.row_names import RowName
from qbsync.domain.wanted import SyncKind
from qbsync.services.story import Now
from qbsync.ui.core_data import core_side, frames, story_frames
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
    # what a loading did                                                 in a sentence or two
    ({}, "No row could be kept."),
    ({"vendor": {"unchanged": 9}}, "Nothing changed: all of this was loaded before."),
    ({"vendor": {"new": 1}}, "1 record loaded: 1 new."),
    (
        {"vendor": {"new": 1200, "unchanged": 3}, "project": {"changed": 2, "retired": 1}},
        "1,202 records loaded: 1,200 new, 2 changed. 1 record is gone.",
    ),
    ({"vendor_bill": {"retired": 2}}, "2 records are gone."),
]


@pytest.mark.parametrize(("counts", "sentence"), LOADINGS)
def test_a_loading_is_told_in_a_sentence_or_two(counts: dict[str, dict[str, int]], sentence: str):
    assert frames.summary(counts) == sentence


def test_what_changed_is_told_by_kind_in_the_order_of_the_screen():
    counts: dict[str, dict[str, int]] = {CoreKind.VENDOR: {"new": 2}, CoreKind.PROJECT: {"retired": 1}}
    assert [(one.kind, one.new, one.retired) for one in frames.changes(counts)] == [
        ("Projects", 0, 1),
        ("Vendors", 2, 0),
    ]


def test_a_problem_names_its_record_its_remedy_and_its_place():
    issues = [
        RowIssue(
            file="a.csv",
            sheet="",
            row=7,
            column="Rate",
            problem="Not a number.",
            remedy="Type one.",
            record=RowName(what="Bill 4711", whose="Acme Supply", detail="line 2"),
        ),
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
    assert first == {
        "Severity": ["Error"],
        "What is wrong": "Bill 4711 of Acme Supply, line 2: Not a number.",
        "What to do": "Type one.",
        "Where": "a.csv, row 7, Rate",
    }
    assert (second["Severity"], second["What is wrong"], second["Where"]) == (
        ["Warning"],
        "No rows.",
        "b.xlsx, sheet Bills",
    )
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
    (LINK, None, "Written"),
    (replace(LINK, agreed=None), None, "Linked"),
    (LINK, seen(BILL), "As it was written"),
    (LINK, seen(EDITED), "Edited there since"),
    (LINK, seen(BILL, active=False), "Inactive there"),
    (LINK, {}, "Not there any more"),
    (replace(LINK, dropped=True), {}, "Deletion accepted"),
    (replace(LINK, agreed=None), seen(EDITED), "Linked"),
]


@pytest.mark.parametrize(("link", "now", "badge"), STATES, ids=[row[2] for row in STATES])
def test_a_link_says_how_it_stands(link: Link, now: Now | None, badge: str):
    assert story_frames.state_of(link, now)[0] == badge


def test_both_sides_of_a_record_stand_beside_each_other():
    (number,) = [row for row in story_frames.side_rows(LINK, seen(EDITED)) if row["Field"] == "Bill number"]
    assert number == {"Field": "Bill number", "As agreed last": "INV-7", "In QuickBooks now": "INV-8"}
    assert all("In QuickBooks now" not in row for row in story_frames.side_rows(LINK, None))
    assert story_frames.side_rows(replace(LINK, agreed=None), None) == []


LINE = ExpenseLine(
    amount=Decimal("7389.00"),
    description="Delivery 1",
    account=Reference(id="7", name="Job Materials"),
    customer=Reference(id="59", name="Harborview Tower"),
)
LINED = replace(BILL, lines=(LINE,))
SHOWN = {
    "Account or item": "Job Materials",
    "Customer": "Harborview Tower",
    "Text": "Delivery 1",
    "Amount": "7,389.00",
}


def test_the_lines_of_a_bill_stand_in_a_table_of_their_own():
    link = replace(LINK, agreed=Agreed(core=LINED, posted=LINED))
    assert list(story_frames.lines_of(link, None)) == [("Lines as both agreed last (total 7,389.00)", [SHOWN])]
    assert all(row["Field"] != "Lines" for row in story_frames.side_rows(link, seen(LINED)))


def test_lines_that_quickbooks_has_otherwise_stand_below_those_written():
    link = replace(LINK, agreed=Agreed(core=LINED, posted=LINED))
    assert len(list(story_frames.lines_of(link, seen(LINED)))) == 1
    edited = replace(LINED, lines=(replace(LINE, amount=Decimal("7000.00")),))
    _, (title, rows) = story_frames.lines_of(link, seen(edited))
    assert (title, rows) == ("Lines in QuickBooks now (total 7,000.00)", [{**SHOWN, "Amount": "7,000.00"}])


def test_the_lines_in_core_name_their_codes():
    first, _ = core_side.lines(BOOK, "VB-1")
    assert first == {
        "Cost code": "03-310 Ready mix",
        "Project": "P1 Harborview Tower",
        "Text": "Load 1",
        "Amount": "60.10",
    }
    assert core_side.lines(BOOK, "gone") == []


SAID = [
    # kind                  record                            what Core says of it, what is empty left out
    (CoreKind.PROJECT, "P1", "Name: Harborview Tower · Customer: C1 Harborview Partners · Status: Active"),
    (CoreKind.EMPLOYEE, "E1", "Name: Ada Stone · Type: Employee · Pay rate: 42.50 · Bill rate: 95.00 · Active: Yes"),
    (CoreKind.COST_CODE, "03-310", "Description: Ready mix · Category: Materials"),
    (
        CoreKind.PAYROLL_ROW,
        "2026-11-22|E1|P1|03-300|Day",
        "Week ending: 22 Nov 2026 · Status: Submitted · Employee: E1 Ada Stone · Project: P1 Harborview Tower · "
        "Cost code: 03-300 Concrete labor · Shift: Day · Monday: 8 h · Tuesday: 8 h · Wednesday: 7 h 30 min",
    ),
    (
        CoreKind.PAYROLL_ROW,
        "2026-11-22|E404|P1|03-300|Day",
        "Week ending: 22 Nov 2026 · Status: Submitted · Employee: E404 · Project: P1 Harborview Tower · "
        "Cost code: 03-300 Concrete labor · Shift: Day · Monday: 4 h",
    ),
    (
        CoreKind.VENDOR_BILL,
        "VB-1",
        "Vendor: V1 Granite Ready Mix · Number: INV-7 · Bill date: 3 Nov 2026 · Due date: 3 Dec 2026 · "
        "Status: Submitted · Total: 100.00",
    ),
    (CoreKind.VENDOR, "gone", ""),
]


@pytest.mark.parametrize(("kind", "core_id", "said"), SAID)
def test_the_story_begins_with_what_core_says_now(kind: CoreKind, core_id: str, said: str):
    rows = core_side.fields(BOOK, kind, core_id)
    told = " · ".join(f"{row['Field']}: {row['In Core now']}" for row in rows)
    assert told.replace(" · Prevailing wage: No", "") == said


TITLES = [
    (CoreKind.VENDOR_BILL, "Granite Ready Mix INV-7"),
    (CoreKind.PAYROLL_ROW, "Ada Stone, week ending 22 Nov 2026"),
    (CoreKind.EMPLOYEE, "Ada Stone"),
    (CoreKind.COST_CODE, "Concrete labor"),
]


@pytest.mark.parametrize(("kind", "title"), TITLES)
def test_a_record_is_called_what_people_call_it(kind: CoreKind, title: str):
    table = frames.records(BOOK, kind)
    assert frames.title_of(table.iloc[0], str(table.index[0])) == title


def test_a_record_whose_state_is_not_known_has_no_badge():
    frame = frames.with_state(frames.records(BOOK, CoreKind.VENDOR_BILL), {})
    assert frame[frames.STATE].tolist() == [[]]
