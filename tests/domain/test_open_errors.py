"""A row error stands until what it speaks of is read anew: a clean file of something else mends nothing."""

from __future__ import annotations

from datetime import date

import pytest

from qbsync.domain.errors import Severity
from qbsync.domain.intake import Reading, RowIssue, SheetReading
from qbsync.domain.open_errors import Ground
from qbsync.domain.records import CoreKind, CoreRecord, Customer, Vendor
from tests.domain.samples import payroll_row, vendor_bill

HOURS, BILLS, VENDORS = CoreKind.PAYROLL_ROW, CoreKind.VENDOR_BILL, CoreKind.VENDOR
RECORDS: dict[str, CoreRecord] = {
    "hours of 22 Nov": payroll_row(),
    "hours of 29 Nov": payroll_row(week_ending=date(2026, 11, 29)),
    "bill VB-1": vendor_bill("100.00"),
    "bill VB-2": vendor_bill("5.00", core_id="VB-2", number="8"),
    "a vendor": Vendor(core_id="V1", name="Granite"),
    "a customer": Customer(core_id="C1", name="Harborview"),
}
KINDS = {"hours": HOURS, "bill": BILLS, "a vendor": VENDORS, "a customer": CoreKind.CUSTOMER}

TABLE = [
    # error of            about            a later file     lists             with an error about   settled
    (HOURS, "2026-11-22|E1", "other.csv", "hours of 22 Nov", None, True),  # that week of hers stands in it, and is good
    (HOURS, "2026-11-22|E2", "other.csv", "hours of 22 Nov", None, False),  # hers mends nothing of somebody else's
    (HOURS, "2026-11-22|E2", "other.csv", "hours of 22 Nov", "2026-11-22|E2", True),  # it is told anew
    (HOURS, "2026-11-22|E1", "other.csv", "hours of 29 Nov", None, False),
    (HOURS, "2026-11-22", "other.csv", "hours of 22 Nov", None, True),  # nobody knows whose: any of the week will do
    (HOURS, "2026-11-22", "other.csv", "hours of 29 Nov", None, False),  # the next week mends nothing of this one
    (HOURS, "2026-11-22", "first.csv", "hours of 29 Nov", None, False),  # whatever the file is called
    (HOURS, "2026-11-22", "other.csv", "hours of 29 Nov", "2026-11-22", True),  # it is told anew
    (HOURS, "2026-11-22", "other.csv", "a vendor", None, False),
    (HOURS, "", "other.csv", "hours of 29 Nov", None, True),  # nobody knows the week: a clean payroll has to do
    (HOURS, "", "other.csv", "hours of 29 Nov", "2026-11-29", False),
    (BILLS, "VB-1", "other.csv", "bill VB-1", None, True),
    (BILLS, "VB-1", "other.csv", "bill VB-2", None, False),
    (BILLS, "VB-1", "other.csv", "bill VB-2", "VB-1", True),
    (BILLS, "2026-11-22", "other.csv", "hours of 22 Nov", None, False),  # another kind, whatever it is called
    (VENDORS, "", "other.csv", "a vendor", None, True),
    (VENDORS, "", "other.csv", "a vendor", "", False),  # a faulty list settles nothing of another one
    (VENDORS, "", "first.csv", "a vendor", "", True),  # the same list told its errors anew
    (VENDORS, "", "other.csv", "a customer", None, False),
    (None, "", "first.csv", "a customer", None, True),  # a sheet that was not recognised, read again
    (None, "", "other.csv", "a customer", None, False),
]


@pytest.mark.parametrize(("kind", "about", "file", "lists", "fault", "settled"), TABLE)
def test_an_error_is_settled_when_what_it_speaks_of_is_read_anew(
    kind: CoreKind | None, about: str, file: str, lists: str, fault: str | None, settled: bool
):
    error = issue("first.csv", kind, about)
    assert Ground.of(reading(file, lists, fault)).settles(error) is settled


def test_a_warning_leaves_a_list_clean():
    warned = reading("other.csv", "a vendor", "", Severity.WARNING)
    assert Ground.of(warned).settles(issue("first.csv", VENDORS, ""))


def issue(file: str, kind: CoreKind | None, about: str, severity: Severity = Severity.ERROR) -> RowIssue:
    return RowIssue(
        file=file, sheet="", row=3, column="", problem="No.", remedy="Mend.", severity=severity, kind=kind, about=about
    )


def reading(file: str, lists: str, fault: str | None, severity: Severity = Severity.ERROR) -> Reading:
    kind = next(kind for begins, kind in KINDS.items() if lists.startswith(begins))
    sheet = SheetReading(file=file, sheet="", kind=kind, rows_read=2, rows_kept=1, headings=())
    issues = () if fault is None else (issue(file, kind, fault, severity),)
    return Reading(sheets=(sheet,), records=(RECORDS[lists],), issues=issues, stated_weeks=frozenset())
