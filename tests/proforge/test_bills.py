"""Bill lines become bills, kept as the file says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from qbsync.domain.errors import Severity
from qbsync.domain.intake import Reading
from qbsync.domain.records import Status, VendorBill, VendorBillLine
from tests.proforge.support import BILLS, read, told

NO_IDS = "Vendor,Invoice Number,Invoice Date,Amount,Status,Total Amount,Project"


def bills(reading: Reading) -> list[VendorBill]:
    return [record for record in reading.records if isinstance(record, VendorBill)]


def test_lines_with_one_bill_id_are_one_bill() -> None:
    reading = read(
        BILLS + ",Due Date,PO",
        "B1,V-1,4471,9/26/2026,Studs,100.00,24-101,06-110,150.50,Submitted,10/26/2026,PO-7",
        "B2,V-2,9,9/27/2026,Fuel,5,,,5,Draft,,",
        "B1,V-1,4471,9/26/2026,Joists,50.50,24-102,06-110,150.50,Submitted,10/26/2026,PO-7",
    )
    assert bills(reading)[0] == VendorBill(
        core_id="B1",
        vendor="V-1",
        number="4471",
        bill_date=date(2026, 9, 26),
        due_date=date(2026, 10, 26),
        status=Status.SUBMITTED,
        total=Decimal("150.50"),
        lines=(
            VendorBillLine(description="Studs", amount=Decimal("100.00"), project="24-101", cost_code="06-110"),
            VendorBillLine(description="Joists", amount=Decimal("50.50"), project="24-102", cost_code="06-110"),
        ),
        purchase_order="PO-7",
    )
    assert (bills(reading)[1].status, bills(reading)[1].due_date) == (Status.DRAFT, None)
    assert reading.issues == ()
    assert reading.sheets[0].rows_kept == 3


def test_lines_that_do_not_add_up_are_kept_as_the_file_says() -> None:
    (bill,) = bills(read(BILLS, "B1,V,1,9/26/2026,a,10,P,C,100,Submitted"))
    assert (bill.total, bill.lines_total) == (Decimal(100), Decimal(10))


def test_a_missing_total_is_the_sum_of_the_lines_and_a_credit_is_negative() -> None:
    (bill,) = bills(read(BILLS, "B1,V,1,9/26/2026,a,(10.25),P,C,,Submitted", "B1,V,1,9/26/2026,b,-5,P,C,,Submitted"))
    assert bill.total == Decimal("-15.25")


def test_without_bill_ids_vendor_and_number_make_the_bill() -> None:
    reading = read(
        NO_IDS,
        "V,7,9/26/2026,10,Submitted,30,P",
        "V,8,9/26/2026,10,Submitted,10,P",
        "V,7,9/26/2026,20,Submitted,30,Q",
    )
    assert [(bill.core_id, len(bill.lines)) for bill in bills(reading)] == [("V|7", 2), ("V|8", 1)]


def test_without_bill_ids_lines_of_one_number_must_agree() -> None:
    reading = read(NO_IDS, "V,7,9/26/2026,10,Submitted,10,P", "V,7,9/27/2026,20,Submitted,20,P")
    assert bills(reading) == []
    assert told(reading)[1:] == [
        "file.csv, row 3, Invoice Date: Invoice Date is '2026-09-27' here, but '2026-09-26' in row 2 "
        "of the same bill. Make them equal, or give the two bills different Bill IDs.",
        "file.csv, row 3, Total Amount: Total Amount is '20.00' here, but '10.00' in row 2 of the same bill. "
        "Make them equal, or give the two bills different Bill IDs.",
    ]


def test_two_bills_of_one_number_with_their_own_ids_are_both_kept() -> None:
    reading = read(BILLS, "B1,V,7,9/26/2026,a,10,P,C,10,Submitted", "B2,V,7,9/27/2026,a,20,P,C,20,Submitted")
    assert [(bill.core_id, bill.number) for bill in bills(reading)] == [("B1", "7"), ("B2", "7")]
    assert reading.issues == ()


def test_a_bill_without_a_number_is_kept_and_known_by_its_date() -> None:
    reading = read(NO_IDS, "V,,9/26/2026,10,Submitted,10,P", "V,,9/27/2026,10,Submitted,10,P")
    assert [(bill.core_id, bill.number) for bill in bills(reading)] == [
        ("V||2026-09-26", ""),
        ("V||2026-09-27", ""),
    ]


def test_a_line_that_is_silent_about_its_bill_continues_the_one_above() -> None:
    reading = read(
        BILLS,
        "B1,V,7,9/26/2026,a,10,P,C,30,Submitted",
        ",,,,b,20,Q,D,,",
        "B2,V,8,9/26/2026,a,10,P,C,10,Submitted",
    )
    assert [[line.description for line in bill.lines] for bill in bills(reading)] == [["a", "b"], ["a"]]


def test_a_bill_with_a_faulty_line_is_left_out_whole() -> None:
    reading = read(
        BILLS,
        "B1,V,7,9/26/2026,a,10,P,C,30,Submitted",
        "B1,V,7,9/26/2026,b,20.005,P,C,30,Submitted",
        "B2,V,8,9/26/2026,a,10,P,C,10,Submitted",
    )
    assert [bill.core_id for bill in bills(reading)] == ["B2"]
    assert [(issue.row, issue.severity) for issue in reading.issues] == [
        (2, Severity.WARNING),
        (3, Severity.ERROR),
    ]
    assert told(reading)[0].startswith("file.csv, row 2: The other line of this bill: left out because of row 3.")
    assert (reading.sheets[0].rows_read, reading.sheets[0].rows_kept) == (3, 1)


def test_every_fault_of_a_line_is_told_at_once() -> None:
    reading = read(BILLS, "B1,,7,9/31/2026,a,,P,C,x,Paid")
    assert [issue.column for issue in reading.issues] == [
        "Invoice Date",
        "Status",
        "Total Amount",
        "Vendor",
        "Amount",
    ]
    assert bills(reading) == []


def test_the_same_bill_in_two_files_is_kept_once() -> None:
    row = "B1,V,7,9/26/2026,a,10,P,C,10,Submitted"
    reading = read(BILLS, row, row)
    assert len(bills(reading)[0].lines) == 2, "two equal lines of one file are two lines"


def test_a_line_without_project_or_code_is_kept_blank() -> None:
    (bill,) = bills(read(BILLS, "B1,V,7,9/26/2026,a,10,,,10,Submitted"))
    assert (bill.lines[0].project, bill.lines[0].cost_code) == ("", "")


def test_a_cancelled_bill_is_read_as_such() -> None:
    reading = read(BILLS, "B1,V,7,9/26/2026,a,10,P,C,10,Void", "B2,V,8,9/26/2026,a,10,P,C,10,Cancelled")
    assert [bill.status for bill in bills(reading)] == [Status.CANCELLED, Status.CANCELLED]


def test_a_faulty_bill_puts_its_earlier_version_in_doubt() -> None:
    by_id = read(BILLS, "B1,V,7,9/26/2026,a,10.005,P,C,10,Submitted", "B2,V,8,9/26/2026,a,10,P,C,10,Submitted")
    assert list(by_id.doubted_bills) == ["B1"]
    assert by_id.doubted_bills["B1"].startswith("file.csv, row 2, Amount: '10.005'")
    by_number = read(NO_IDS, "V,7,9/26/2026,x,Submitted,10,P")
    assert list(by_number.doubted_bills) == ["V|7"]
