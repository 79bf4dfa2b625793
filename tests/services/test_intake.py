"""Loading Core's exports: names become ids, good rows are kept, every problem is told, and a check keeps nothing."""

from __future__ import annotations

import pytest

from qbsync.domain.errors import AmbiguousDates, UnreadableFile
from qbsync.domain.intake import DateOrder, SourceFile
from qbsync.domain.records import CoreKind
from qbsync.proforge.files import read_exports
from qbsync.services.intake import Intake
from qbsync.store.core_records import CoreRecords
from qbsync.store.database import Database
from qbsync.store.notices import Notices
from tests.services.desk import NOW, WHO

CUSTOMERS = "Customer ID,Customer Name\nC1,Harborview Partners\n"
PROJECTS = "Project Number,Project Name,Customer\nP1,Harborview Tower,Harborview Partners\n"
EMPLOYEES = "Employee ID,Employee Name\nE1,Ada Stone\n"
PAYROLL = (
    "Week Ending Date,Status,Employee,Project,Cost Code,Shift,"
    "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday\n"
)


def files(**texts: str) -> list[SourceFile]:
    return [SourceFile(name=f"{name}.csv", data=text.encode()) for name, text in texts.items()]


@pytest.fixture
def core(sqlite: Database) -> CoreRecords:
    return CoreRecords(sqlite)


@pytest.fixture
def intake(sqlite: Database, core: CoreRecords) -> Intake:
    return Intake(core=core, notices=Notices(sqlite), read=read_exports, clock=lambda: NOW)


def test_loading_keeps_the_records_and_says_what_changed(intake: Intake, core: CoreRecords):
    loaded = intake.load(files(customers=CUSTOMERS, projects=PROJECTS), who=WHO)
    assert loaded.changed_anything
    assert loaded.counts["project"] == {"new": 1, "changed": 0, "unchanged": 0, "retired": 0}
    assert core.book().projects["P1"].customer == "C1"  # the file wrote the customer's name
    (kept,) = core.imports()
    assert (kept["id"], kept["at"], kept["loaded_by"]) == (loaded.import_id, NOW, WHO)
    assert kept["files"] == "customers.csv, projects.csv"


def test_loading_the_same_files_again_changes_nothing(intake: Intake, core: CoreRecords):
    intake.load(files(customers=CUSTOMERS, projects=PROJECTS), who=WHO)
    before = core.book()
    again = intake.load(files(customers=CUSTOMERS, projects=PROJECTS), who=WHO)
    assert not again.changed_anything
    assert core.book() == before


def test_names_are_understood_from_what_was_loaded_earlier(intake: Intake, core: CoreRecords):
    intake.load(files(customers=CUSTOMERS, projects=PROJECTS, employees=EMPLOYEES), who=WHO)
    intake.load(files(hours=PAYROLL + "11/22/2026,Submitted,Ada Stone,harborview tower,03-300,,8,,,,,,\n"), who=WHO)
    (row,) = core.book().payroll_rows
    assert (row.employee, row.project, row.minutes[0]) == ("E1", "P1", 480)
    assert row.core_id == "2026-11-22|E1|P1|03-300|Day"


def test_a_bad_row_is_told_with_its_place_and_the_good_ones_are_kept(intake: Intake, core: CoreRecords):
    hours = PAYROLL + ("11/22/2026,Submitted,E1,P1,03-300,,8,,,,,,\n11/22/2026,Submitted,E1,P1,03-400,,lots,,,,,,\n")
    loaded = intake.load(files(employees=EMPLOYEES, hours=hours), who=WHO)
    (issue,) = loaded.reading.errors
    assert (issue.file, issue.row, issue.column) == ("hours.csv", 3, "Monday")
    assert issue.problem
    assert issue.remedy
    assert core.issues(loaded.import_id) == list(loaded.reading.issues)
    assert [row.cost_code for row in core.book().payroll_rows] == ["03-300"]


def test_a_check_reads_everything_and_keeps_nothing(intake: Intake, core: CoreRecords):
    checked = intake.check(files(customers=CUSTOMERS))
    assert (checked.import_id, checked.reading.count(CoreKind.CUSTOMER)) == (0, 1)
    assert not checked.changed_anything
    assert core.imports() == []
    assert sum(core.counts().values()) == 0


def test_a_file_that_cannot_be_read_keeps_nothing_of_the_others(intake: Intake, core: CoreRecords):
    with pytest.raises(UnreadableFile, match=r"broken\.xlsx"):
        intake.load([*files(customers=CUSTOMERS), SourceFile(name="broken.xlsx", data=b"not a workbook")], who=WHO)
    assert core.imports() == []
    assert core.book().customers == {}


def test_dates_that_can_be_read_two_ways_are_asked_about(intake: Intake, core: CoreRecords):
    bills = files(
        bills="Bill ID,Vendor,Invoice Number,Invoice Date,Description,Amount,Total Amount,Status\n"
        "B1,Granite,7,04/05/2026,Sand,10.00,10.00,Submitted\n"
    )
    with pytest.raises(AmbiguousDates, match="two ways"):
        intake.load(bills, who=WHO)
    intake.load(bills, who=WHO, date_order=DateOrder.DAY_FIRST)
    (bill,) = core.book().bills
    assert (bill.bill_date.month, bill.bill_date.day) == (5, 4)


def week(status: str, *hours: str, ends: str = "11/22/2026") -> str:
    """A payroll file of one employee: a row for each cost code, with its hours of Monday."""
    codes = ("03-300", "03-310")
    return PAYROLL + "".join(
        f"{ends},{status},E1,P1,{code},,{given},,,,,,\n" for code, given in zip(codes, hours, strict=False)
    )


def test_a_week_with_the_wrong_end_is_taken_back_by_loading_it_as_cancelled(intake: Intake, core: CoreRecords):
    intake.load(files(wrong=week("Submitted", "8", ends="11/21/2026")), who=WHO)
    intake.load(files(right=week("Submitted", "8")), who=WHO)
    assert len(core.book().payroll_rows) == 2
    loaded = intake.load(files(wrong=week("Cancelled", "8", ends="11/21/2026")), who=WHO)
    assert loaded.counts["payroll_row"]["retired"] == 1
    assert [row.week_ending.day for row in core.book().payroll_rows] == [22]


def test_a_row_that_can_no_longer_be_read_is_kept_and_its_fault_with_it(intake: Intake, core: CoreRecords):
    intake.load(files(employees=EMPLOYEES, hours=week("Submitted", "8", "2")), who=WHO)
    intake.load(files(hours=week("Submitted", "8", "7.33").replace("E1", "Ada Stone")), who=WHO)
    doubts = {row.cost_code: row.doubt for row in core.book().payroll_rows}
    fault = "hours.csv, row 3, Monday: '7.33' hours is not a whole number of minutes."
    assert doubts == {"03-300": "", "03-310": fault}
    intake.load(files(hours=week("Submitted", "8", "2")), who=WHO)
    assert [row.doubt for row in core.book().payroll_rows] == ["", ""]


def test_a_bill_of_a_vendor_by_name_is_found_again_when_its_newest_version_is_faulty(intake: Intake, core: CoreRecords):
    head = "Vendor,Invoice Number,Invoice Date,Amount,Status\n"
    intake.load(
        files(vendors="Vendor ID,Vendor Name\nV1,Granite\n", bills=f"{head}V1,7,2026-11-03,5,Submitted\n"), who=WHO
    )
    intake.load(files(bills=f"{head}Granite,7,2026-11-03,5.005,Submitted\n"), who=WHO)
    (bill,) = core.book().bills
    assert bill.core_id == "V1|7"
    assert bill.doubt.startswith("bills.csv, row 2, Amount: '5.005'")


def test_rows_of_a_file_that_could_not_be_read_are_not_taken_for_deleted(intake: Intake, core: CoreRecords):
    intake.load(files(hours=week("Submitted", "8", "2")), who=WHO)
    unread = files(hours=week("Submitted", "8"), more=week("Submitted", "2").replace("Tuesday", "Monday"))
    loaded = intake.load(unread, who=WHO)
    assert loaded.counts["payroll_row"]["retired"] == 0
    assert len(core.book().payroll_rows) == 2
