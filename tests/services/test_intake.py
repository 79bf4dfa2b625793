"""Loading Core's exports: names become ids, good rows are kept, every problem is told, and a check keeps nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import text

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
    assert issue.said == f"Hours of Ada Stone, week ending 22 Nov 2026, project P1, cost code 03-400: {issue.problem}"
    (kept,) = core.issues(loaded.import_id)
    assert (kept.problem, kept.place, kept.remedy) == (issue.said, issue.place, issue.remedy)
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


def test_rows_that_a_week_no_longer_has_are_told_before_and_after_the_loading(intake: Intake, core: CoreRecords):
    intake.load(files(employees=EMPLOYEES, hours=week("Submitted", "8", "2")), who=WHO)
    shorter = files(shorter=week("Submitted", "7"))
    for loaded in (intake.check(shorter), intake.load(shorter, who=WHO)):
        (warning,) = loaded.reading.warnings
        assert warning.place == "shorter.csv"
        assert warning.said == (
            "Hours of Ada Stone, week ending 22 Nov 2026: Gone are 2 h on project P1, cost code 03-310: "
            "an earlier file had them, and this one has the week without them."
        )
    assert loaded.counts["payroll_row"]["retired"] == 1
    assert core.rows_to_mend() == 0  # it may be meant so
    assert intake.load(shorter, who=WHO).reading.warnings == ()


def test_rows_that_are_cancelled_by_name_are_no_surprise(intake: Intake):
    intake.load(files(employees=EMPLOYEES, hours=week("Submitted", "8", "2")), who=WHO)
    assert intake.load(files(hours=week("Cancelled", "8", "2")), who=WHO).reading.warnings == ()


def test_the_good_rows_of_a_new_week_wait_for_the_one_that_cannot_be_read(intake: Intake, core: CoreRecords):
    loaded = intake.load(files(employees=EMPLOYEES, hours=week("Submitted", "8", "7.33")), who=WHO)
    assert loaded.counts["payroll_row"]["new"] == 1
    (row,) = core.book().payroll_rows
    assert row.doubt == "hours.csv, row 3, Monday: '7.33' hours is not a whole number of minutes."
    intake.load(files(hours=week("Submitted", "8", "7.50")), who=WHO)
    assert [row.doubt for row in core.book().payroll_rows] == ["", ""]


def test_a_row_that_can_no_longer_be_read_is_kept_and_its_fault_with_it(intake: Intake, core: CoreRecords):
    intake.load(files(employees=EMPLOYEES, hours=week("Submitted", "8", "2")), who=WHO)
    intake.load(files(hours=week("Submitted", "8", "7.33").replace("E1", "Ada Stone")), who=WHO)
    doubts = {row.cost_code: row.doubt for row in core.book().payroll_rows}
    fault = "hours.csv, row 3, Monday: '7.33' hours is not a whole number of minutes."
    assert doubts == {"03-300": fault, "03-310": fault}  # a week is posted whole
    intake.load(files(hours=week("Submitted", "8", "2")), who=WHO)
    assert [row.doubt for row in core.book().payroll_rows] == ["", ""]


E1_HOURS = "11/22/2026,Submitted,E1,P1,03-300,,8,,,,,,\n"


def test_a_week_whose_rows_clash_by_number_and_by_name_is_held_back_whole(intake: Intake, core: CoreRecords):
    intake.load(files(employees=EMPLOYEES), who=WHO)
    intake.load(files(hours=f"{PAYROLL}{E1_HOURS}11/22/2026,Submitted,Ada Stone,P1,03-300,,4,,,,,,\n"), who=WHO)
    (row,) = core.book().payroll_rows
    assert "stands twice, once by number and once by name" in row.doubt


def test_a_faulty_row_by_name_leaves_what_is_there_of_the_week_by_number(intake: Intake, core: CoreRecords):
    night = "11/22/2026,Submitted,{},P1,03-300,Night,,{},,,,,\n"
    intake.load(files(employees=EMPLOYEES, hours=PAYROLL + E1_HOURS + night.format("E1", 8)), who=WHO)
    loaded = intake.load(files(hours=PAYROLL + E1_HOURS + night.format("Ada Stone", "lots")), who=WHO)
    assert loaded.counts["payroll_row"]["retired"] == 0
    assert len(core.book().payroll_rows) == 2
    assert all(row.doubt for row in core.book().payroll_rows)


def test_a_bill_that_clashes_by_number_and_by_name_is_held_back(intake: Intake, core: CoreRecords):
    intake.load(files(vendors="Vendor ID,Vendor Name\nV1,Granite Ready Mix\n"), who=WHO)
    bills = (
        "Vendor,Invoice Number,Bill Date,Status,Amount\n"
        "V1,INV-7,2026-11-03,Submitted,100\n"
        "Granite Ready Mix,INV-7,2026-11-03,Submitted,90\n"
    )
    intake.load(files(bills=bills), who=WHO)
    (bill,) = core.book().bills
    assert "stands twice" in bill.doubt
    intake.load(files(bills=bills.replace("Granite Ready Mix,INV-7", "V1,INV-8")), who=WHO)
    assert [one.doubt for one in core.book().bills] == ["", ""]


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


BAD_HOURS = PAYROLL + "11/22/2026,Submitted,E1,P1,03-300,,8,,,,,,\n11/22/2026,Submitted,E1,P1,03-400,,lots,,,,,,\n"
NEXT_WEEK = PAYROLL + "11/29/2026,Submitted,E1,P1,03-300,,8,,,,,,\n"
MENDED = PAYROLL + "11/22/2026,Submitted,E1,P1,03-300,,8,,,,,,\n11/22/2026,Submitted,E1,P1,03-400,,4,,,,,,\n"


def test_a_row_error_outlives_a_clean_file_of_the_next_week_and_ends_with_its_own(intake: Intake, core: CoreRecords):
    intake.load(files(employees=EMPLOYEES, week47=BAD_HOURS), who=WHO)
    intake.load(files(week48=NEXT_WEEK), who=WHO)
    (standing,) = core.open_errors()
    assert (standing.issue.file, standing.issue.row, standing.issue.about) == ("week47.csv", 3, "2026-11-22|E1")
    intake.load(files(week47_again=MENDED), who=WHO)
    assert core.open_errors() == []


def test_a_row_error_outlives_a_clean_file_of_other_people_in_its_week(intake: Intake, core: CoreRecords):
    intake.load(files(employees=EMPLOYEES, week47=BAD_HOURS), who=WHO)
    others = BAD_HOURS.replace("E1", "E2").replace("lots", "4")
    intake.load(files(week47_others=others), who=WHO)
    assert [one.issue.about for one in core.open_errors()] == ["2026-11-22|E1"]
    by_name = MENDED.replace("E1", "Ada Stone")
    intake.load(files(week47_by_name=by_name), who=WHO)
    assert core.open_errors() == []


def test_a_row_whose_week_cannot_be_read_is_of_the_only_week_of_its_file(intake: Intake, core: CoreRecords):
    hours = PAYROLL + "11/22/2026,Submitted,E1,P1,03-300,,8,,,,,,\nsoon,Submitted,E1,P1,03-400,,8,,,,,,\n"
    intake.load(files(employees=EMPLOYEES, hours=hours), who=WHO)
    assert [one.issue.about for one in core.open_errors()] == ["2026-11-22|E1"]


def test_a_bill_s_error_ends_when_that_bill_is_read_well(intake: Intake, core: CoreRecords):
    head = "Vendor,Invoice Number,Invoice Date,Description,Amount,Status\n"
    vendors = "Vendor Number,Vendor Name\nV-1,Granite\n"
    intake.load(files(vendors=vendors, october=head + "Granite,7,2026-10-03,Load,much,Submitted\n"), who=WHO)
    intake.load(files(november=head + "V-1,8,2026-11-03,Load,5.00,Submitted\n"), who=WHO)
    assert [one.issue.about for one in core.open_errors()] == ["V-1|7"]
    intake.load(files(corrected=head + "V-1,7,2026-10-03,Load,5.00,Submitted\n"), who=WHO)
    assert core.open_errors() == []


def test_setting_errors_aside_is_written_down(intake: Intake, core: CoreRecords, sqlite: Database):
    intake.load(files(hours=BAD_HOURS), who=WHO)
    assert intake.set_aside([one.id for one in core.open_errors()], who=WHO) == 1
    assert core.open_errors() == []
    with sqlite.read() as session:
        trail = session.execute(text("SELECT what, subject FROM audit ORDER BY id DESC LIMIT 1")).one()
    assert tuple(trail) == ("set row errors aside", "1 row error")
