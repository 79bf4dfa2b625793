"""A server whose every word of complaint is kept: what it prints to its error output belongs to the test."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree

import requests

from tests.sandbox.sandbox_client import REALM, ROOT, Company, Json, Served

COUNTED = (
    "Account", "Item", "Customer", "Vendor", "Employee", "Term", "Class", "Department", "TimeActivity", "Bill",
    "VendorCredit", "BillPayment", "Invoice", "Payment", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt",
    "PaymentMethod", "TaxAgency", "TaxRate", "TaxCode", "CompanyCurrency", "ExchangeRate", "PurchaseOrder", "Purchase",
    "JournalEntry", "Deposit", "Transfer", "CreditCardPaymentTxn", "Budget", "RecurringTransaction", "Attachable",
)  # fmt: skip


@dataclass
class Watched(Served):
    complaints: Path = field(default_factory=Path)

    @classmethod
    def start(cls, *options: str) -> "Watched":
        command = [sys.executable, "-m", "qbsync.sandbox", "serve", "--port", "0", *options]
        with tempfile.NamedTemporaryFile("a", prefix="sandbox-complaints-", delete=False) as kept:
            complaints = Path(kept.name)
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=kept, text=True, cwd=ROOT)
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.rpartition(" ")[2].strip()
        assert address.startswith("http://"), f"{line!r} {complaints.read_text()}"
        return cls(process=process, url=address, complaints=complaints)

    def stop(self) -> int:
        code = super().stop()
        self.complaints.unlink()
        return code

    def is_well(self) -> bool:
        """It runs and has not complained."""
        said = self.complaints.read_text()
        os.truncate(self.complaints, 0)  # the next test is not blamed for it
        assert said == "", said[-1500:]
        return self.process.poll() is None


def in_order(answer: requests.Response) -> requests.Response:
    """Whatever was sent, the answer is no breakdown, and can be read as what it says it is."""
    assert answer.status_code < 500, f"{answer.request.method} {answer.url}: {answer.text[:500]}"
    assert "Traceback" not in answer.text
    form = answer.headers.get("content-type", "")
    if answer.content and "/json" in form:
        json.loads(answer.content, parse_constant=_no_number)
    if answer.content and "/xml" in form:
        ElementTree.fromstring(answer.content)
    return answer


def _no_number(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON")


def counts(company: Company) -> Json:
    """How many records of each kind there are, active or not."""
    names = {"Account", "Item", "Customer", "Vendor", "Employee", "Term", "Class", "Department", "PaymentMethod"}
    items = [
        {"bId": kind, "Query": f"select count(*) from {kind}{' where Active in (true,false)' * (kind in names)}"}
        for kind in COUNTED
    ]
    answers = [
        item
        for first in range(0, len(items), 30)
        for item in company.batch(*items[first : first + 30]).json()["BatchItemResponse"]
    ]
    return {item["bId"]: item["QueryResponse"]["totalCount"] for item in answers}


def everything_on(served: Served) -> Company:
    """The contractor's company with each feature switched on, so that the rules behind the switches are reached."""
    served.control("reset", {"seed": "contractor"})
    for switch in ("UsingSalesTax", "MultiCurrencyEnabled", "ClassTrackingPerTxnLine", "TrackDepartments"):
        served.prefer(REALM, switch)
    return served.connect()
