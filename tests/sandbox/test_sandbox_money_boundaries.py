"""Time entries, bills and their payments at their bounds: what is kept, what is dropped, what is one too many."""

from typing import Any

import pytest

from tests.sandbox.sandbox_client import Company, Json, fault_of
from tests.sandbox.test_sandbox_bills import BY_ACCOUNT, BY_ITEM, item_line, payment_of

MOST = 99_999_999_999


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


# time entries

DURATIONS: list[tuple[Json, Json]] = [
    # what is sent, what comes back
    ({"Hours": 8}, {"Hours": 8, "Minutes": 0}),
    ({"Minutes": 45}, {"Hours": 0, "Minutes": 45}),
    ({"Seconds": 30}, {"Hours": 0, "Minutes": 0, "Seconds": 30}),
    ({"Hours": 1, "Minutes": 2, "Seconds": 59}, {"Hours": 1, "Minutes": 2, "Seconds": 59}),
    ({"Hours": 8760}, {"Hours": 8760, "Minutes": 0}),
    ({"Hours": 8759, "Minutes": 59}, {"Hours": 8759, "Minutes": 59}),
]


@pytest.mark.parametrize(("sent", "told"), DURATIONS, ids=str)
def test_a_duration_is_filled_up_with_zeros(shared: Company, sent: Json, told: Json) -> None:
    made = shared.create("TimeActivity", **shared.time(Hours=None, Minutes=None) | sent)
    assert {name: made[name] for name in ("Hours", "Minutes", "Seconds") if name in made} == told
    assert shared.read("TimeActivity", made["Id"]) == made


@pytest.mark.parametrize("sent", [{"Seconds": 60}, {"Seconds": -1}, {"Minutes": 60}, {"Hours": 8761}], ids=str)
def test_a_duration_has_a_range(shared: Company, sent: Json) -> None:
    body = shared.time(Hours=None, Minutes=None) | sent
    assert fault_of(shared.post("TimeActivity", body))["code"] == "6380"


def test_a_time_entry_needs_no_more_than_who_and_how_long(shared: Company) -> None:
    worker = shared.ref("Employee", "Maria Gonzalez")
    made = shared.create("TimeActivity", NameOf="Employee", EmployeeRef=worker, Hours=4)
    assert (made["Hours"], made["Minutes"], made["BillableStatus"]) == (4, 0, "NotBillable")
    assert made["TxnDate"] == made["MetaData"]["CreateTime"][:10]  # the same clock, in Pacific time
    assert made["ItemRef"]["name"] == "Hours"
    assert "CustomerRef" not in made


def test_a_break_is_kept_to_the_second_and_the_cost_beside_it(shared: Company) -> None:
    breaks = {"BreakHours": 0, "BreakMinutes": 10, "BreakSeconds": 20}
    clocked = shared.time(Hours=None, Minutes=None, StartTime="08:00:00", EndTime="16:00:00", CostRate=31.25)
    made = shared.create("TimeActivity", **clocked, **breaks)
    assert {name: made[name] for name in (*breaks, "CostRate")} == {**breaks, "CostRate": 31.25}
    assert shared.update("TimeActivity", **made)["BreakSeconds"] == 20


@pytest.mark.parametrize(("break_", "code"), [({"BreakHours": 8}, ""), ({"BreakHours": 8, "BreakSeconds": 1}, "6360")])
def test_a_break_is_no_longer_than_the_time_even_by_a_second(shared: Company, break_: Json, code: str) -> None:
    clocked = shared.time(Hours=None, Minutes=None, StartTime="08:00:00", EndTime="16:00:00")
    answer = shared.post("TimeActivity", {**clocked, **break_})
    assert (fault_of(answer)["code"] if answer.status_code != 200 else "") == code


@pytest.mark.parametrize(
    ("rate", "code"), [(0, ""), (MOST, ""), (MOST + 1, "6330"), (MOST + 0.5, "6330"), (-0.01, "6330")]
)
def test_an_hourly_rate_has_a_range(shared: Company, rate: float, code: str) -> None:
    answer = shared.post("TimeActivity", shared.time(BillableStatus="Billable", HourlyRate=rate))
    if code:
        assert (fault_of(answer)["code"], fault_of(answer)["element"]) == (code, "HourlyRate")
    else:
        assert answer.json()["TimeActivity"]["HourlyRate"] == rate


@pytest.mark.parametrize("name", ["TimeChargeId", "HoursInEmployeeTimeZone", "TimeZone", "TransactionLocationType"])
def test_what_the_system_knows_of_an_entry_may_be_sent_and_is_not_kept(shared: Company, name: str) -> None:
    made = shared.create("TimeActivity", **shared.time(), **{name: "12"})
    assert name not in made
    assert name not in shared.read("TimeActivity", made["Id"])


# bills


@pytest.mark.parametrize("entity", ["Bill", "VendorCredit"])
@pytest.mark.parametrize(("name", "most"), [("PrivateNote", 4000), ("DocNumber", 21), ("Line.Description", 4000)])
def test_a_text_has_a_length(shared: Company, entity: str, name: str, most: int) -> None:
    def body(text: str) -> Json:
        if name == "Line.Description":
            return shared.bill(Line=[{**shared.account_line(), "Description": text}])
        return shared.bill(**{name: text})

    made = shared.create(entity, **body("n" * most))
    assert (made["Line"][0]["Description"] if name == "Line.Description" else made[name]) == "n" * most
    error = fault_of(shared.post(entity, body("n" * (most + 1))))
    assert (error["code"], error["element"]) == ("2050", name.removeprefix("Line."))


@pytest.mark.parametrize("by", [BY_ACCOUNT, BY_ITEM])
def test_a_markup_is_kept_and_foreign_taxes_are_dropped(shared: Company, by: str) -> None:
    markup = {"Percent": 12.5, "PercentBased": True, "Value": 31}
    line = shared.account_line(100) if by == BY_ACCOUNT else item_line(100)
    line[by] |= {"MarkupInfo": markup, "TaxInclusiveAmt": 107}
    if by == BY_ACCOUNT:
        line[by]["TaxAmount"] = 7
    sent = shared.bill(Line=[line], GlobalTaxCalculation="TaxExcluded", RecurDataRef={"value": "4"})
    made = shared.create("Bill", **sent)
    assert made["Line"][0][by]["MarkupInfo"] == markup
    assert not {"TaxInclusiveAmt", "TaxAmount"} & made["Line"][0][by].keys()
    assert not {"GlobalTaxCalculation", "RecurDataRef"} & made.keys()
    assert made["TotalAmt"] == 100.0


def test_a_transaction_has_ten_thousand_lines_and_not_one_more(shared: Company) -> None:
    line = shared.account_line(0.01)
    body = shared.bill(Line=[line] * 10_001)
    count = len(shared.applied())
    error = fault_of(shared.post("Bill", body))
    assert (error["code"], error["element"]) == ("6000", "Line")
    assert len(shared.applied()) == count
    made = shared.create("Bill", **{**body, "Line": body["Line"][1:]})
    assert (made["TotalAmt"], len(made["Line"])) == (100.0, 10_000)


# payments of bills


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "NotSet"),
        ({"PrintStatus": "NotSet"}, "NotSet"),
        ({"PrintStatus": "NeedToPrint"}, "NeedToPrint"),
        ({"PrintStatus": "PrintComplete"}, "PrintComplete"),
        ({"PrintStatus": "Printed"}, ""),
        ({"PrintStatus": "needtoprint"}, ""),
    ],
)
def test_a_cheque_is_to_be_printed_or_not(shared: Company, sent: Json, told: str) -> None:
    bill = shared.create("Bill", **shared.bill())
    cheque = {"BankAccountRef": shared.ref("Account", "Checking"), **sent}
    answer = shared.post("BillPayment", payment_of(shared, bill, CheckPayment=cheque))
    if told:
        assert answer.json()["BillPayment"]["CheckPayment"]["PrintStatus"] == told
    else:
        assert (fault_of(answer)["code"], fault_of(answer)["element"]) == ("2170", "PrintStatus")


@pytest.mark.parametrize("kind", ["Deposit", "BillPayment", "PurchaseOrder", "Expense", "bill"])
def test_a_payment_settles_no_other_kind_of_transaction(shared: Company, kind: str) -> None:
    bill = shared.create("Bill", **shared.bill())
    lines = [{"Amount": 250.0, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": kind}]}]
    error = fault_of(shared.post("BillPayment", payment_of(shared, bill, Line=lines)))
    assert (error["code"], error["element"]) == ("620", "TxnType")
