"""Reports: what is asked, how the answer is built, and that its sums are those of the books."""

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.sandbox.sandbox_client import Company, Json, Served, fault_of

NAMES: Final = (
    "TrialBalance", "ProfitAndLoss", "BalanceSheet", "GeneralLedger", "AccountList", "VendorBalance",
    "CustomerBalance", "VendorBalanceDetail", "VendorExpenses", "AgedPayables", "AgedReceivables", "TimeActivities",
)  # fmt: skip


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    """The contractor's company on the day before Thanksgiving."""
    running.control("reset", {"seed": "contractor"})
    running.control("clock", {"now": "2026-11-25T10:00:00-08:00"})
    company: Company = running.connect()
    return company


def report(company: Company, name: str, **parameters: str) -> Json:
    answer = company.call("GET", f"reports/{name}", params=parameters)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def rows_of(told: Json) -> list[Json]:
    found: list[Json] = told["Rows"].get("Row", [])
    return found


def values(row: Json) -> list[str]:
    return [cell["value"] for cell in row["ColData"]]


def table(told: Json) -> dict[str, list[str]]:
    """Name → the other values, of the rows that hold data; also those inside sections."""
    found: dict[str, list[str]] = {}
    for row in rows_of(told):
        if "ColData" in row:
            name, *rest = values(row)
            found[name] = rest
        found |= table(row) if "Rows" in row else {}
    return found


def group(told: Json, name: str) -> list[str]:
    """The summary of the section of this group."""
    return next(values(row["Summary"]) for row in rows_of(told) if row.get("group") == name)


REFUSED: list[tuple[str, dict[str, str], str, str]] = [
    # report, parameters, code, element
    ("Weather", {}, "500", ""),
    ("trialbalance", {}, "500", ""),
    ("TrialBalance", {"date_macro": "Some Day"}, "2170", "date_macro"),
    ("TrialBalance", {"date_macro": "This Year"}, "2170", "date_macro"),
    ("TrialBalance", {"start_date": "2026-01-01"}, "2020", "end_date"),
    ("TrialBalance", {"end_date": "2026-01-01"}, "2020", "start_date"),
    ("TrialBalance", {"start_date": "soon", "end_date": "2026-01-01"}, "2060", "start_date"),
    ("TrialBalance", {"start_date": "2026-02-01", "end_date": "2026-01-01"}, "2190", "end_date"),
    ("TrialBalance", {"date_macro": "Today", "start_date": "2026-01-01", "end_date": "2026-01-02"}, "2600",
     "date_macro"),
    ("TrialBalance", {"report_date": "2026-01-01"}, "2010", "report_date"),
    ("TrialBalance", {"accounting_method": "Cash"}, "500", ""),
    ("TrialBalance", {"vendor": "1"}, "2010", "vendor"),
    ("TrialBalance", {"summarize_column_by": "Month"}, "2010", "summarize_column_by"),
    ("VendorBalance", {"report_date": "x"}, "2060", "report_date"),
    ("VendorBalance", {"report_date": "2026-01-01", "date_macro": "Today"}, "2600", "report_date"),
    ("VendorBalance", {"vendor": "1"}, "2500", "vendor"),
    ("VendorBalance", {"vendor": "36,x"}, "2030", "vendor"),
    ("TimeActivities", {"employee": "999"}, "2500", "employee"),
    ("TimeActivities", {"department": "1"}, "2500", "department"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "code", "element"), REFUSED)
def test_a_report_is_refused(shared: Company, name: str, parameters: dict[str, str], code: str, element: str) -> None:
    answer = shared.call("GET", f"reports/{name}", params=parameters)
    assert answer.status_code == 400
    error = fault_of(answer)
    assert (error["code"], error["element"]) == (code, element)


@pytest.mark.parametrize("name", NAMES)
def test_every_report_has_a_header_columns_and_rows_that_fit_them(shared: Company, name: str) -> None:
    told = report(shared, name, date_macro="This Fiscal Year")
    assert told.keys() == {"Header", "Columns", "Rows"}  # and no time: a report has no envelope
    assert told["Header"]["ReportName"] == name
    assert told["Header"]["Currency"] == "USD"
    width = len(told["Columns"]["Column"])
    assert told["Columns"]["Column"][-1].keys() == {"ColTitle", "ColType"}
    _check_widths(rows_of(told), width)
    empty = {"Name": "NoReportData", "Value": "false" if rows_of(told) else "true"}
    assert told["Header"]["Option"] == [empty]


def _check_widths(rows: list[Json], width: int) -> None:
    for row in rows:
        assert ("ColData" in row) == (row["type"] == "Data")
        for part in (row, row.get("Header"), row.get("Summary")):
            if part is not None and "ColData" in part:
                assert len(part["ColData"]) == width
        _check_widths(rows_of(row) if "Rows" in row else [], width)


MACROS = [
    # the macro on 25 November 2026, a Wednesday; first day, last day
    ("Today", "2026-11-25", "2026-11-25"),
    ("Yesterday", "2026-11-24", "2026-11-24"),
    ("This Week", "2026-11-22", "2026-11-28"),
    ("this week-to-date", "2026-11-22", "2026-11-25"),
    ("Last Week", "2026-11-15", "2026-11-21"),
    ("Last Week-to-date", "2026-11-15", "2026-11-18"),
    ("Next 4 Weeks", "2026-11-29", "2026-12-26"),
    ("This Month", "2026-11-01", "2026-11-30"),
    ("Last Month", "2026-10-01", "2026-10-31"),
    ("Last Month-to-date", "2026-10-01", "2026-10-25"),
    ("Next Month", "2026-12-01", "2026-12-31"),
    ("This Fiscal Quarter", "2026-10-01", "2026-12-31"),
    ("Last Calendar Quarter", "2026-07-01", "2026-09-30"),
    ("Last Fiscal Quarter-to-date", "2026-07-01", "2026-08-25"),
    ("This Calendar Year-to-date", "2026-01-01", "2026-11-25"),
    ("Last Fiscal Year", "2025-01-01", "2025-12-31"),
    ("Next Calendar Year", "2027-01-01", "2027-12-31"),
]


@pytest.mark.parametrize(("macro", "first", "last"), MACROS)
def test_a_macro_names_its_days(shared: Company, macro: str, first: str, last: str) -> None:
    header = report(shared, "TrialBalance", date_macro=macro)["Header"]
    assert (header["StartPeriod"], header["EndPeriod"], header["DateMacro"]) == (first, last, macro.lower())


def test_a_report_without_dates_is_of_the_fiscal_year_to_date(shared: Company) -> None:
    header = report(shared, "ProfitAndLoss")["Header"]
    assert (header["StartPeriod"], header["EndPeriod"]) == ("2026-01-01", "2026-11-25")
    everything = report(shared, "ProfitAndLoss", date_macro="All")["Header"]
    assert not {"StartPeriod", "EndPeriod"} & everything.keys()


def test_the_trial_balance_is_what_was_posted_by_the_last_day(shared: Company) -> None:
    told = report(shared, "TrialBalance", start_date="2026-01-01", end_date="2026-05-31")
    assert table(told) == {
        "Accounts Payable (A/P)": ["", "8916.08"],
        "Checking": ["", "8420.50"],
        "Job Costs:Equipment Rental": ["5750.00", ""],
        "Job Costs:Job Materials": ["11586.58", ""],
    }
    assert group(told, "GrandTotal") == ["TOTAL", "17336.58", "17336.58"]


def test_what_was_earned_before_the_period_is_retained(shared: Company) -> None:
    told = table(report(shared, "TrialBalance", start_date="2026-06-01", end_date="2026-06-30"))
    assert told["Retained Earnings"] == ["17336.58", ""]
    assert "Job Costs:Job Materials" not in told


def test_profit_and_loss_and_the_balance_sheet_agree(shared: Company) -> None:
    earned = group(report(shared, "ProfitAndLoss"), "NetIncome")[1]
    sheet = report(shared, "BalanceSheet")
    assert table(sheet)["Net Income"] == [earned] == ["-59081.90"]
    assert group(sheet, "TotalAssets")[1] == group(sheet, "TotalLiabilitiesAndEquity")[1] == "-29636.58"


def test_the_general_ledger_tells_every_line_of_an_account(shared: Company) -> None:
    told = report(shared, "GeneralLedger", start_date="2026-06-01", end_date="2026-06-30")
    checking = next(row for row in rows_of(told) if row["Header"]["ColData"][0]["value"] == "Checking")
    lines = [values(row) for row in rows_of(checking)]
    assert [(line[0], line[1], line[5], line[6], line[7]) for line in lines] == [
        ("Beginning Balance", "", "", "", "-8420.50"),
        ("2026-06-04", "Bill Payment", "Accounts Payable (A/P)", "-3166.08", "-11586.58"),
        ("2026-06-18", "Bill Payment", "Accounts Payable (A/P)", "-5750.00", "-17336.58"),
    ]
    assert values(checking["Summary"])[6] == "-8916.08"


def test_vendor_reports_tell_what_is_owed_to_whom(shared: Company) -> None:
    steel = shared.id_of("Vendor", "Allied Steel Fabricators")
    told = report(shared, "VendorBalance", vendor=steel)
    assert table(told) == {"Allied Steel Fabricators": ["21840.00"]}
    assert told["Header"]["Vendor"] == steel
    assert rows_of(told)[0]["ColData"][0]["id"] == steel
    everyone = report(shared, "VendorBalance")
    assert group(everyone, "GrandTotal") == ["TOTAL", "29445.32"]
    early = report(shared, "VendorBalance", report_date="2026-04-30")
    assert table(early) == {"Granite Ready Mix": ["8420.50"]}
    detail = report(shared, "VendorBalanceDetail", vendor=shared.id_of("Vendor", "Granite Ready Mix"))
    assert [values(row) for row in rows_of(rows_of(detail)[0])] == [
        ["2026-04-14", "Bill", "GRM-20418", "8420.50", "8420.50"],
        ["2026-05-12", "Bill Payment", "", "-8420.50", "0.00"],
    ]


def test_open_bills_stand_under_their_days_overdue(shared: Company) -> None:
    told = report(shared, "AgedPayables", report_date="2026-09-30")
    assert table(told) == {  # due 1 August (Tri-County), 22 August, 10 September and 24 September
        "Tri-County Disposal": ["0.00", "0.00", "486.75", "0.00", "0.00", "486.75"],
        "Allied Steel Fabricators": ["0.00", "0.00", "21840.00", "0.00", "0.00", "21840.00"],
        "Office Depot": ["0.00", "213.37", "0.00", "0.00", "0.00", "213.37"],
        "Redwood Drywall Co.": ["0.00", "6905.20", "0.00", "0.00", "0.00", "6905.20"],
    }


def test_time_is_told_by_person_and_narrowed(shared: Company) -> None:
    everyone = report(shared, "TimeActivities", date_macro="All")
    assert group(everyone, "GrandTotal")[5] == "157:30"  # 20 entries of 8 hours, five of them half an hour less
    aaron = shared.id_of("Employee", "Aaron Delacroix")
    alone = report(shared, "TimeActivities", date_macro="All", employee=aaron)
    assert [values(row["Summary"])[5] for row in rows_of(alone)] == ["22:30", "22:30"]
    city = shared.id_of("Customer", "City of Larkspur")
    both = report(shared, "TimeActivities", date_macro="All", employee=aaron, customer=city)
    assert [values(row) for row in rows_of(rows_of(both)[0])] == [
        ["2026-05-26", "City of Larkspur", "Steel Erection Labor", "Steel Erection Labor, week of 2026-05-25", "No",
         "7:30"]
    ]  # fmt: skip
    assert rows_of(report(shared, "TimeActivities", start_date="2026-11-01", end_date="2026-11-30")) == []


def test_a_report_in_xml_stands_in_the_envelope(shared: Company) -> None:
    text = shared.call("GET", "reports/VendorBalance", headers={"Accept": "application/xml"}).text
    assert text.count("<Report>") == 1
    assert '<Row type="Section" group="GrandTotal"><Summary><ColData value="TOTAL"/>' in text


def test_a_batch_can_ask_for_reports(shared: Company) -> None:
    answer = shared.batch(
        {"bId": "1", "ReportQuery": "/reports/VendorBalance?report_date=2026-04-30"},
        {"bId": "2", "ReportQuery": "VendorBalance?report_date=2026-04-30"},
        {"bId": "3", "ReportQuery": "/reports/Weather"},
        {"bId": "4", "ReportQuery": 5},
    ).json()["BatchItemResponse"]
    assert table(answer[0]["Report"]) == table(answer[1]["Report"]) == {"Granite Ready Mix": ["8420.50"]}
    assert [item["Fault"]["Error"][0]["code"] for item in answer[2:]] == ["500", "2010"]


def test_reports_are_metered_and_only_read(shared: Company) -> None:
    shared.served.control("stats", method="DELETE")
    report(shared, "TrialBalance")
    assert fault_of(shared.call("POST", "reports/TrialBalance", json={}))["code"] == "500"
    assert shared.call("GET", "reports").status_code == 404
    assert shared.call("GET", "reports/TrialBalance/pdf").status_code == 404
    shared.batch({"bId": "1", "ReportQuery": "TrialBalance"})
    stats = shared.served.control("stats", method="GET")
    assert (stats["metered"], stats["kind:report"]) == (2, 4)


# the sums of the books, whatever was written


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["bill", "credit", "pay", "overpay", "journal", "expense", "delete", "void"]),
        st.integers(1, 50_000),
        st.integers(0, 20),
    ),
    min_size=5,
    max_size=12,
)


class Writer:
    """Carries out steps with whatever was made before them; a step that the books refuse changes nothing."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.vendors = [company.ref("Vendor", name) for name in ("Summit Electric", "Office Depot")]
        self.accounts = [company.ref("Account", name) for name in ("Job Costs:Job Materials", "Rent", "Vehicles")]
        self.bank = company.ref("Account", "Checking")
        self.payables = company.ref("Account", "Accounts Payable (A/P)")
        self.made: list[tuple[str, str]] = []

    def step(self, what: str, amount: int, choice: int) -> None:
        money = amount / 100
        if what in {"delete", "void"}:
            self._undo(what, choice)
        elif what in {"pay", "overpay"}:
            self._pay(money, choice, money if what == "overpay" else 0.0)
        else:
            self._keep(*getattr(self, f"_{what}")(money, choice))

    def _keep(self, entity: str, body: Json) -> None:
        answer = self.company.post(entity, {"TxnDate": f"2026-{9 + len(self.made) % 3:02}-15", **body})
        if answer.status_code == 200:
            self.made.append((entity, answer.json()[entity]["Id"]))

    def _line(self, money: float, choice: int) -> Json:
        kind = "AccountBasedExpenseLineDetail"
        return {"Amount": money, "DetailType": kind, kind: {"AccountRef": self.accounts[choice % 3]}}

    def _bill(self, money: float, choice: int) -> tuple[str, Json]:
        lines = [self._line(money, choice), self._line(0.005, choice), self._line(0.005, choice + 1)]
        return "Bill", {"VendorRef": self.vendors[choice % 2], "Line": lines}

    def _credit(self, money: float, choice: int) -> tuple[str, Json]:
        return "VendorCredit", {"VendorRef": self.vendors[choice % 2], "Line": [self._line(money, choice)]}

    def _expense(self, money: float, choice: int) -> tuple[str, Json]:
        return "Purchase", {"PaymentType": "Cash", "AccountRef": self.bank, "Line": [self._line(money, choice)]}

    def _journal(self, money: float, choice: int) -> tuple[str, Json]:
        kind = "JournalEntryLineDetail"
        name = {"Entity": {"Type": "Vendor", "EntityRef": self.vendors[choice % 2]}}
        sides = ("Debit", "Credit") if choice % 3 else ("Credit", "Debit")
        details = [{"AccountRef": self.payables, **name}, {"AccountRef": self.accounts[choice % 3]}]
        lines = [
            {"Amount": money, "DetailType": kind, kind: {"PostingType": side, **detail}}
            for side, detail in zip(sides, details, strict=True)
        ]
        return "JournalEntry", {"Line": lines}

    def _pay(self, money: float, choice: int, more: float) -> None:
        bills = [key for entity, key in self.made if entity == "Bill"]
        if not bills:
            return
        bill = self.company.read("Bill", bills[choice % len(bills)])
        paid = min(money, bill["Balance"])
        body = {
            "VendorRef": {"value": bill["VendorRef"]["value"]},
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": self.bank},
            "TotalAmt": round(paid + more, 2),
            "Line": [{"Amount": paid, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        }
        self._keep("BillPayment", body)

    def _undo(self, what: str, choice: int) -> None:
        if not self.made:
            return
        entity, key = self.made[choice % len(self.made)]
        token = self.company.read(entity, key)["SyncToken"]
        parameters = {"operation": "delete"} if what == "delete" else {"include": "void"}
        answer = self.company.post(entity, {"Id": key, "SyncToken": token}, **parameters)
        if answer.status_code == 200 and what == "delete":
            self.made.remove((entity, key))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(steps=STEPS)
def test_debits_equal_credits_and_vendors_are_owed_what_their_reports_say(
    running: Served, steps: list[tuple[str, int, int]]
) -> None:
    running.control("reset", {"seed": "contractor"})
    running.control("clock", {"now": "2026-12-15T10:00:00-08:00"})
    company = running.connect()
    writer = Writer(company)
    for what, amount, choice in steps:
        writer.step(what, amount, choice)
    told = report(company, "TrialBalance", date_macro="All")
    _, debits, credits_ = group(told, "GrandTotal")
    assert debits == credits_
    owed = {name: row[0] for name, row in table(report(company, "VendorBalance", report_date="2026-12-31")).items()}
    vendors = company.rows("select * from Vendor maxresults 1000")
    assert owed == {row["DisplayName"]: f"{row['Balance']:.2f}" for row in vendors if row["Balance"]}
    aged = table(report(company, "AgedPayables", report_date="2026-12-31"))
    assert {name: row[-1] for name, row in aged.items()} == owed
    balances = {
        row["FullyQualifiedName"]: f"{row['CurrentBalance']:.2f}"
        for row in company.rows("select * from Account maxresults 1000")
    }
    assert {name: row[3] for name, row in table(report(company, "AccountList")).items()} == balances
    sheet = report(company, "BalanceSheet", date_macro="All")
    assert group(sheet, "TotalAssets")[1] == group(sheet, "TotalLiabilitiesAndEquity")[1]
