"""Makes a contractor's exports of any size, the same for the same seed."""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LAST_WEEK = date(2026, 11, 14)  # a Saturday

FIRST_NAMES = (
    *(
        "Ada",
        "Brian",
        "Cecilia",
        "Dmitri",
        "Elena",
        "Farid",
        "Gloria",
        "Henrik",
        "Ines",
        "Jorge",
        "Keiko",
        "Liam",
    ),
    *(
        "Mónica",
        "Noah",
        "Oksana",
        "Pablo",
        "Quinn",
        "René",
        "Sofia",
        "Teodor",
        "Uma",
        "Víctor",
        "Wendy",
        "Yusuf",
    ),
)
LAST_NAMES = (
    *(
        "Abara",
        "Brennan",
        "Calloway",
        "Duarte",
        "Eriksen",
        "Farrow",
        "Guzmán",
        "Hale",
        "Ibarra",
        "Jensen",
        "Keller",
    ),
    *(
        "Lindgren",
        "Maddox",
        "Núñez",
        "O'Hara",
        "Pruitt",
        "Quiroga",
        "Rusk",
        "Salazar",
        "Tanaka",
        "Usman",
        "Vance",
    ),
)
PLACES = (
    "Harbor",
    "Cedar",
    "Granite",
    "Willow",
    "Summit",
    "Meadow",
    "Orchard",
    "Canyon",
    "Prairie",
    "Juniper",
)
BUILDINGS = (
    "Clinic",
    "Library",
    "Warehouse",
    "Lofts",
    "School",
    "Garage",
    "Terminal",
    "Hotel",
    "Bridge",
    "Plaza",
)
TRADES = (
    "Carpenter",
    "Laborer",
    "Ironworker",
    "Electrician",
    "Plumber",
    "Operator",
    "Painter",
    "Roofer",
    "Mason",
)
GOODS = (
    "Lumber",
    "Concrete",
    "Steel",
    "Supply",
    "Rental",
    "Paving",
    "Glass",
    "Roofing",
    "Electric",
    "Plumbing",
)
CATEGORIES = ("Labor", "Materials", "Subcontractor", "Equipment", "Other")
SHIFTS = ("", "", "", "", "Day", "Day", "Swing", "Night")


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much to make."""

    employees: int = 40
    weeks: int = 4
    projects: int = 12
    vendors: int = 30
    cost_codes: int = 60
    bills: int = 100
    rows_per_week: int = 3  # at most, for one employee
    seed: int = 1
    last_week: date = field(default=LAST_WEEK)


def generate(
    *,
    employees: int = 40,
    weeks: int = 4,
    projects: int = 12,
    vendors: int = 30,
    cost_codes: int = 60,
    bills: int = 100,
    seed: int = 1,
    last_week: date = LAST_WEEK,
) -> dict[str, list[Row]]:
    """The rows of each export by its kind (customer, project, …), with ProForge's headings as keys."""
    size = Size(
        employees=employees,
        weeks=weeks,
        projects=projects,
        vendors=vendors,
        cost_codes=cost_codes,
        bills=bills,
        seed=seed,
        last_week=last_week,
    )
    dice = random.Random(seed)
    lists = {
        "customer": _customers(max(1, projects // 3)),
        "project": _projects(dice, projects, max(1, projects // 3)),
        "employee": _employees(dice, employees),
        "cost_code": _cost_codes(cost_codes),
        "vendor": _vendors(dice, vendors),
    }
    return {
        **lists,
        "payroll_row": list(_payroll(dice, size, lists)),
        "vendor_bill": list(_bills(dice, size, lists)),
    }


def _customers(count: int) -> list[Row]:
    return [
        {
            "Customer ID": f"C-{number:04}",
            "Customer Name": f"{PLACES[number % 10]} {LAST_NAMES[number // 10 % 22]} Holdings {number}",
            "Email": f"accounts{number}@customer.example",
        }
        for number in range(1, count + 1)
    ]


def _projects(dice: random.Random, count: int, customers: int) -> list[Row]:
    return [
        {
            "Project Number": f"{24 + number // 1000}-{100 + number % 1000}",
            "Project Name": f"{PLACES[number % 10]} {BUILDINGS[number // 10 % 10]} {number}",
            "Customer": f"C-{dice.randint(1, customers):04}",
            "Status": "Completed" if dice.random() < 0.1 else "Active",
            "Prevailing Wage": "Yes" if dice.random() < 0.3 else "No",
            "Retainage": dice.choice(("0", "5", "10")),
            "Contract Value": _cents(dice.randint(10_000_000, 2_000_000_000)),
        }
        for number in range(1, count + 1)
    ]


def _employees(dice: random.Random, count: int) -> list[Row]:
    return [
        {
            "Employee ID": f"E-{number:04}",
            "Employee Name": f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)} {number}",
            "Type": "1099" if dice.random() < 0.08 else "Employee",
            "Classification": dice.choice(TRADES),
            "Pay Rate": _cents(dice.randrange(2_400, 6_500, 25)),
            "Bill Rate": _cents(dice.randrange(6_500, 11_000, 50)),
            "Email": f"e{number}@contractor.example",
            "Status": "Active",
        }
        for number in range(1, count + 1)
    ]


def _cost_codes(count: int) -> list[Row]:
    return [
        {
            "Code": f"{1 + number // 20:02}-{100 + number % 20 * 10}",
            "Description": f"{GOODS[number % 10]} {CATEGORIES[number % 5]} {number}",
            "Category": CATEGORIES[number % 5],
        }
        for number in range(count)
    ]


def _vendors(dice: random.Random, count: int) -> list[Row]:
    return [
        {
            "Vendor ID": f"V-{number:04}",
            "Vendor Name": f"{dice.choice(PLACES)} {GOODS[number % 10]} {number}",
            "Email": f"billing{number}@vendor.example",
            "1099": "No",
            "Status": "Active",
        }
        for number in range(1, count + 1)
    ]


def _payroll(dice: random.Random, size: Size, lists: dict[str, list[Row]]) -> Iterator[Row]:
    projects = [row["Project Number"] for row in lists["project"]]
    codes = [row["Code"] for row in lists["cost_code"] if row["Category"] == "Labor"]
    codes = codes or [row["Code"] for row in lists["cost_code"]]
    for back in reversed(range(size.weeks)):
        week = size.last_week - timedelta(weeks=back)
        for employee in lists["employee"]:
            work = {
                (dice.choice(projects), dice.choice(codes), dice.choice(SHIFTS) or "Day")
                for _ in range(dice.randint(1, size.rows_per_week))
            }
            yield from _week(dice, week, employee["Employee ID"], sorted(work))


def _week(dice: random.Random, week: date, employee: str, work: Sequence[tuple[str, str, str]]) -> Iterator[Row]:
    """The rows of one employee's week; a working day belongs to one of them, now and then to two."""
    minutes = [[0] * 7 for _ in work]
    for day in range(6 if dice.random() < 0.2 else 5):
        parts = dice.sample(range(len(work)), 2 if len(work) > 1 and dice.random() < 0.2 else 1)
        for part in parts:
            minutes[part][day] = dice.randrange(420, 661, 15) // len(parts) // 15 * 15
    for (project, code, shift), days in zip(work, minutes, strict=True):
        if any(days):
            yield {
                "Week Ending Date": week.isoformat(),
                "Status": "Submitted",
                "Employee": employee,
                "Project": project,
                "Cost Code": code,
                "Shift": shift,
                **{name: hours_text(spent) for name, spent in zip(DAYS, days, strict=True)},
            }


def _bills(dice: random.Random, size: Size, lists: dict[str, list[Row]]) -> Iterator[Row]:
    projects = [row["Project Number"] for row in lists["project"]]
    codes = [row["Code"] for row in lists["cost_code"] if row["Category"] != "Labor"]
    codes = codes or [row["Code"] for row in lists["cost_code"]]
    for number in range(1, size.bills + 1):
        day = size.last_week - timedelta(days=dice.randint(0, 7 * size.weeks))
        amounts = [dice.randint(2_500, 1_500_000) for _ in range(dice.randint(1, 6))]
        vendor = dice.choice(lists["vendor"])["Vendor ID"]
        for line, cents in enumerate(amounts, start=1):
            yield {
                "Bill ID": f"BILL-{number:05}",
                "Vendor": vendor,
                "Invoice Number": f"{dice.randint(1, 9)}{number:05}" if line == 1 else "",
                "Invoice Date": day.isoformat(),
                "Due Date": (day + timedelta(days=30)).isoformat(),
                "Description": f"{dice.choice(GOODS)}, item {line}",
                "Amount": _cents(cents),
                "Project": dice.choice(projects),
                "Cost Code": dice.choice(codes),
                "Total Amount": _cents(sum(amounts)),
                "Status": "Submitted",
            }


def hours_text(minutes: int) -> str:
    """Hours as ProForge shows them: 7.5, and nothing for none."""
    if minutes == 0:
        return ""
    text = format(Decimal(minutes) / 60, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _cents(cents: int) -> str:
    return format(Decimal(cents).scaleb(-2), ".2f")


def write(rows: dict[str, list[Row]], folder: Path) -> list[Path]:
    """One CSV for each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind, listed in rows.items():
        if listed:
            path = folder / f"{kind}.csv"
            with path.open("w", newline="", encoding="utf-8-sig") as stream:
                writer = csv.DictWriter(stream, fieldnames=list(listed[0]))
                writer.writeheader()
                writer.writerows(listed)
            paths.append(path)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    defaults = Size()
    for name in ("employees", "weeks", "projects", "vendors", "cost_codes", "bills", "seed"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(defaults, name))
    parser.add_argument("--out", type=Path, required=True, help="the folder for the files")
    options = vars(parser.parse_args())
    folder = options.pop("out")
    for path in write(generate(**options), folder):
        print(path)


if __name__ == "__main__":
    main()
