"""Writes the sample contractor's exports: `python -m examples.ridgeline.make`. The same files every time.

All of it is invented. What is wrong in the files is wrong on purpose; README.md beside this file lists it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from bench.generate import DAYS, hours_text
from examples.ridgeline import company
from qbsync.proforge.tables import Cell, write_csv, write_xlsx

SEED = 20261114
WEEKS = [date(2026, 9, 26) + timedelta(weeks=number) for number in range(9)]  # the last one is a draft
BILLS = 176  # beside those that are wrong or special on purpose
FOLDER = Path(__file__).parent

Record = dict[str, Cell]

SHEETS = {
    "customers": "Customers",
    "projects": "Projects",
    "employees": "Employees",
    "cost-codes": "Cost Codes",
    "vendors": "Vendors",
    "weekly-payroll": "Weekly Payroll",
    "vendor-bills": "Vendor Bills",
}


def make() -> dict[str, list[Record]]:
    """The records of each file, by the file's name."""
    dice = random.Random(SEED)
    return {
        "customers": _customers(),
        "projects": _projects(),
        "employees": _employees(),
        "cost-codes": _cost_codes(),
        "vendors": _vendors(),
        "weekly-payroll": _payroll(dice),
        "vendor-bills": _bills(dice),
    }


def _customers() -> list[Record]:
    return [
        {
            "Customer ID": number,
            "Customer Name": name,
            "Contact": contact,
            "Email": f"ap@{number.casefold()}.example",
            "Phone": f"(555) 010-01{index:02}",
            "Address": street,
            "City": city,
            "State": "CA",
            "ZIP Code": postal_code,
        }
        for index, (number, name, contact, street, city, postal_code) in enumerate(_rows(company.CUSTOMERS))
    ]


def _projects() -> list[Record]:
    return [
        {
            "Project Number": number,
            "Project Name": name,
            "Customer": customer,
            "Status": status,
            "Prevailing Wage": wage,
            "Retainage": Decimal(retainage),
            "Contract Value": Decimal(value),
            "Address": f"{100 + index * 12} Site Road",
            "City": "Larkspur",
            "State": "CA",
            "ZIP Code": "94939",
        }
        for index, (number, name, customer, status, wage, retainage, value) in enumerate(_rows(company.PROJECTS))
    ]


def _employees() -> list[Record]:
    return [
        {
            "Employee ID": _employee_id(index),
            "Employee Name": name,
            "Type": kind,
            "Classification": classification,
            "Pay Rate": Decimal(rate),
            "Bill Rate": (Decimal(rate) * Decimal("1.6")).quantize(Decimal("0.01")),
            "Email": f"e{101 + index}@ridgeline.example",
            "Status": "Inactive" if name == company.LEFT else "Active",
        }
        for index, (name, kind, classification, rate, _) in enumerate(_rows(company.EMPLOYEES))
    ]


def _cost_codes() -> list[Record]:
    codes: list[Record] = [
        {"Code": code, "Description": description, "Category": category}
        for code, description, category in _rows(company.COST_CODES)
    ]
    return [*codes, {"Code": "09-950", "Description": "Wall Coverings", "Category": "Finishes"}]


def _vendors() -> list[Record]:
    return [
        {
            "Vendor ID": f"V-{index:03}",
            "Vendor Name": name,
            "Email": f"billing{index}@vendor.example",
            "Phone": f"(555) 010-02{index:02}",
            "Address": f"{index * 7} Commerce Street",
            "City": "Oakland",
            "State": "CA",
            "ZIP Code": "94607",
            "1099": "No",
            "Status": "Active",
        }
        for index, (name, _) in enumerate(_rows(company.VENDORS), start=1)
    ]


def _rows(table: str) -> list[list[str]]:
    return company.rows_of(table)


def _employee_id(index: int) -> str:
    return f"E-{101 + index}"


def _id_of(name: str) -> str:
    return next(_employee_id(index) for index, row in enumerate(_rows(company.EMPLOYEES)) if row[0] == name)


def _payroll(dice: random.Random) -> list[Record]:
    """Every employee's weeks, and then what is wrong in some of them."""
    active = [row[0] for row in _rows(company.PROJECTS) if row[3] == "Active"]
    records: list[Record] = []
    for week in WEEKS:
        for index, (name, _, _, _, code) in enumerate(_rows(company.EMPLOYEES)):
            if name == company.LEFT and week > WEEKS[1]:
                continue
            projects = [active[index % len(active)], active[(index + 4) % len(active)]]
            records += _week(dice, week, _employee_id(index), projects, code)
    _spoil_payroll(records)
    return records


def _week(dice: random.Random, week: date, employee: str, projects: Sequence[str], code: str) -> list[Record]:
    """One or two projects, some clean-up, and now and then a late shift; most days are split."""
    work = [(projects[0], code, ""), (projects[1], code, "")]
    if dice.random() < 0.25:
        work.append((projects[0], "01-740" if code != "01-740" else "01-500", ""))
    if dice.random() < 0.15:
        work.append((projects[1], code, dice.choice(("Night", "Swing"))))
    minutes = [[0] * 7 for _ in work]
    for day in range(6 if dice.random() < 0.25 else 5):
        if dice.random() > 0.03:
            for part, spent in _parts(dice, len(work)):
                minutes[part][day] += spent
    return [_payroll_row(week, employee, line, days) for line, days in zip(work, minutes, strict=True) if any(days)]


def _parts(dice: random.Random, count: int) -> list[tuple[int, int]]:
    """How one day is spent: on one line or on two, in quarters of an hour, now and then over eight hours."""
    total = dice.choice((480, 480, 480, 480, 510, 450, 540, 600, 615))
    first = dice.randrange(count)
    if dice.random() < 0.45:
        return [(first, total)]
    spent = dice.randrange(60, total - 60, 15)
    return [(first, spent), ((first + 1) % count, total - spent)]


def _payroll_row(week: date, employee: str, line: tuple[str, str, str], days: Sequence[int]) -> Record:
    project, code, shift = line
    return {
        "Week Ending Date": week,
        "Status": "Draft" if week == WEEKS[-1] else "Submitted",
        "Employee": employee,
        "Project": project,
        "Cost Code": code,
        "Shift": shift or None,
        **{name: Decimal(hours_text(spent)) if spent else None for name, spent in zip(DAYS, days, strict=True)},
    }


def _spoil_payroll(records: list[Record]) -> None:
    """The faults: 25 hours in a day, a code that nobody maps, hours that are no number, a repeated row."""
    _row_of(records, WEEKS[4], "Luis Ortega")["Wednesday"] = Decimal(25)
    _row_of(records, WEEKS[6], "Hector Ramírez")["Cost Code"] = company.ODD_CODE
    repeated = _row_of(records, WEEKS[5], "Emily Tran")
    records.insert(records.index(repeated) + 1, dict(repeated))
    faulty = dict(_row_of(records, WEEKS[2], "Felix Brandt"))
    faulty |= {**dict.fromkeys(DAYS), "Project": "24-113", "Tuesday": "7,5x"}
    last = _row_of(records, WEEKS[2], "Felix Brandt")
    records.insert(records.index(last) + 1, faulty)


def _row_of(records: list[Record], week: date, name: str) -> Record:
    employee = _id_of(name)
    return next(row for row in records if row["Week Ending Date"] == week and row["Employee"] == employee)


def _bills(dice: random.Random) -> list[Record]:
    """Ordinary bills by date, the special ones among them, a line a row."""
    vendors = {name: codes.split() for name, codes in _rows(company.VENDORS)}
    bills = [_bill(dice, name, vendors[name]) for name in _billed(dice, list(vendors))]
    bills += _special_bills()
    bills.sort(key=lambda lines: str(lines[0]["Invoice Date"]))
    for number, lines in enumerate(bills, start=1):
        for line in lines:
            line["Bill ID"] = f"BILL-26-{number:04}"
    return [line for lines in bills for line in lines]


def _billed(dice: random.Random, names: Sequence[str]) -> list[str]:
    """Every vendor at least once, the first ones of the list more often."""
    return [*names, *(names[int(len(names) * dice.random() ** 2)] for _ in range(BILLS - len(names)))]


def _bill(dice: random.Random, vendor: str, codes: Sequence[str]) -> list[Record]:
    active = [row[0] for row in _rows(company.PROJECTS) if row[3] == "Active"]
    day = date(2026, 9, 1) + timedelta(days=dice.randrange(80))
    count = min(dice.choice((1, 1, 1, 2, 2, 3, 3, 4, 6, 9, 12)), 12)
    main = dice.choice(active)
    lines = [
        (
            _described(dice.choice(codes), number),
            dice.randrange(4_500, 950_000, 25),
            main if dice.random() < 0.6 else dice.choice(active),
        )
        for number in range(1, count + 1)
    ]
    order = f"PO-{dice.randrange(400, 999)}" if dice.random() < 0.2 else ""
    return _bill_lines(vendor, f"{dice.randrange(1_000, 99_999)}", day, lines, order=order)


def _described(code: str, number: int) -> tuple[str, str]:
    description = next(row[1] for row in _rows(company.COST_CODES) if row[0] == code)
    return code, f"{description}, delivery {number}"


def _bill_lines(
    vendor: str,
    number: str,
    day: date | str,
    lines: Sequence[tuple[tuple[str, str], int, str]],
    *,
    order: str = "",
    status: str = "Submitted",
    misstated: int = 0,
) -> list[Record]:
    """The rows of one bill. `misstated` is how many cents its total differs from its lines."""
    total = _dollars(sum(cents for _, cents, _ in lines) + misstated)
    return [
        {
            "Bill ID": None,
            "Vendor": vendor,
            "Invoice Number": number or None,
            "Invoice Date": day,
            "Due Date": day + timedelta(days=30) if isinstance(day, date) else None,
            "Description": text,
            "Amount": _dollars(cents),
            "Project": project or None,
            "Cost Code": code,
            "Total Amount": total,
            "Purchase Order": order or None,
            "Status": status,
        }
        for (code, text), cents, project in lines
    ]


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _special_bills() -> list[list[Record]]:
    """The bills that a careful preview must notice, and one that cannot be read."""
    one = [(("03-310", "Ready-mix, 5 sack, 18 yd"), 342_000, "24-105")]
    return [
        _bill_lines("Granite Ready Mix", "", date(2026, 10, 6), one),
        _bill_lines("Cascade Lumber & Supply", "88310", date(2026, 10, 8), [(("06-110", "Studs"), 118_450, "24-108")]),
        _bill_lines("Cascade Lumber & Supply", "88310", date(2026, 10, 22), [(("06-110", "Joists"), 96_025, "24-101")]),
        _bill_lines(
            "Redwood Drywall Co.",
            "RD-5521",
            date(2026, 10, 14),
            [
                (("09-260", "Level 4 finish, floor 3"), 1_240_000, "24-101"),
                (("09-260", "Patching"), 86_500, "24-102"),
            ],
            misstated=9_000,
        ),
        _bill_lines(
            "Larkspur Plumbing Supply",
            "CM-2207",
            date(2026, 10, 19),
            [(("22-100", "Returned fixtures"), -46_275, "24-101")],
        ),
        _bill_lines(
            "Peninsula Paving",
            "7719",
            date(2026, 8, 14),
            [(("32-120", "Patch at dock 4"), 612_500, "24-109")],
        ),
        _bill_lines(
            "Köhler Sport Equipment",
            "INV-2026-10-WESTFIELD-00017",
            date(2026, 10, 27),
            [(("11-660", "Bleacher deposit"), 2_150_000, "24-106")],
        ),
        _bill_lines(
            "Clear Span Glazing",
            "CSG-3304",
            date(2026, 11, 17),
            [(("08-800", "Lobby storefront"), 1_890_000, "24-111")],
            status="Draft",
        ),
        _bill_lines(
            "Allied Steel Fabricators",
            "AS-9042",
            date(2026, 11, 3),
            [
                (("05-125", "Beams, sequence 2"), 4_218_000, "24-112"),
                (("05-500", "Embeds"), 187_350, "24-112"),
            ],
            order="PO-611",
        ),
        _bill_lines(
            "Harbor Tool & Fastener",
            "HT-60118",
            date(2026, 10, 30),
            [(("01-520", "Anchors and bits"), 41_260, ""), (("01-520", "Blades"), 18_995, "24-103")],
        ),
        _bill_lines(
            "Lone Pine Portables",
            "LP-2290",
            date(2026, 11, 5),
            [((company.ODD_CODE, "Unit moved twice"), 27_500, "24-110")],
        ),
        _bill_lines(
            "Old Mill Quarry",
            "OM-1177",
            date(2026, 10, 12),
            [(("31-230", "Base rock, 44 t"), 158_400, "24-109")],
        ),
        _bill_lines(
            "Summit Electric",
            "SE-4410",
            date(2026, 11, 9),
            [(("26-900", "Rough-in, floor 2"), 972_000, "24-111")],
        ),
        _bill_lines("Quick Print Plans", "QP-118", "13/32/2026", [(("01-320", "Plan sets"), 8_450, "24-103")]),
    ]


def write(folder: Path) -> None:
    """The CSV files, dates as an American screen shows them, and the workbook, with real dates."""
    made = make()
    for name, records in made.items():
        rows = [[_written(cell) for cell in record.values()] for record in records]
        (folder / f"{name}.csv").write_bytes(write_csv(list(records[0]), rows))
    sheets = {
        SHEETS[name]: (list(records[0]), [list(record.values()) for record in records])
        for name, records in made.items()
    }
    (folder / "ridgeline.xlsx").write_bytes(write_xlsx(sheets))


def _written(cell: Cell) -> Cell:
    return f"{cell:%m/%d/%Y}" if isinstance(cell, date) else cell


if __name__ == "__main__":
    write(FOLDER)
