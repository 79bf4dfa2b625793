"""Histories of two writers over a few records: every accepted change counts one, every other write changes nothing."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.sandbox_client import REALM, Company, Json, fault_of
from tests.sandbox.watched import Watched

API, PERSON = "API API", "root"
NOTES = {"TimeActivity": "Description", "Bill": "PrivateNote", "Vendor": "PrintOnCheckName", "Invoice": "PrivateNote"}
DELETABLE = ("TimeActivity", "Bill", "Invoice", "BillPayment")
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def shared() -> Iterator[Company]:
    watched = Watched.start("--no-throttle")
    try:
        yield watched.connect()
        assert watched.is_well()
    finally:
        watched.stop()


@dataclass
class Known:
    """A record as it must be by now."""

    kind: str
    id: str
    body: Json
    log: list[tuple[str, str]]  # (operation, writer), one for each token
    deleted: bool = False
    payments: list["Known"] = field(default_factory=list)
    pays: "Known | None" = None
    bills: "Known | None" = None  # the time entry that an invoice bills

    @property
    def token(self) -> str:
        return str(len(self.log) - 1)

    @property
    def writer(self) -> str:
        return self.log[-1][1]


class Story:
    """Carries acts out, and keeps what must follow from each."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.records: list[Known] = []
        self.done: list[tuple[str, str, str, str]] = []
        self.before = max((write["seq"] for write in company.applied()), default=0)

    # acts that are accepted

    def make(self, kind: str) -> Known:
        return self._made(kind, self.company.create(kind, **self._new_body(kind)))

    def _made(self, kind: str, body: Json, writer: str = API) -> Known:
        assert body["SyncToken"] == "0"
        known = Known(kind=kind, id=body["Id"], body=body, log=[("create", writer)])
        self.records.append(known)
        self._did(known, "create", writer)
        return known

    def _new_body(self, kind: str) -> Json:
        match kind:
            case "TimeActivity":
                return self.company.time(BillableStatus="Billable", HourlyRate=50)
            case "Bill":
                return self.company.bill()
            case "Vendor":
                return {"DisplayName": f"Story {next(_numbers)}"}
            case _:
                item = {"ItemRef": self.company.ref("Item", "Carpentry Labor")}
                line = {"Amount": 80, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item}
                return {"CustomerRef": self.company.ref("Customer", "City of Larkspur"), "Line": [line]}

    def change(self, known: Known, writer: str) -> None:
        note = f"note {next(_numbers)}"
        if writer == PERSON:
            wish = {"entity": known.kind, "id": known.id, "changes": {NOTES[known.kind]: note}}
            body = self.company.served.control(f"{REALM}/edit", wish)
        else:
            body = self.company.update(known.kind, **{**known.body, NOTES[known.kind]: note})
        assert body[NOTES[known.kind]] == note
        self._changed(known, "update", writer)

    def delete(self, known: Known, writer: str) -> None:
        if writer == PERSON:
            self.company.served.control(f"{REALM}/delete", {"entity": known.kind, "id": known.id})
        else:
            wish = {"Id": known.id, "SyncToken": known.token}
            answer = self.company.post(known.kind, wish, operation="delete")
            gone = answer.json()[known.kind]
            assert gone == {"status": "Deleted", "domain": "QBO", "Id": known.id}
        known.deleted = True
        self._changed(known, "delete", writer)
        self._let_go(known, writer)

    def pay(self, bill: Known, writer: str) -> None:
        if writer == PERSON:
            body = self.company.served.control(f"{REALM}/pay", {"bill_id": bill.id, "amount": 10})
        else:
            line = {"Amount": 10, "LinkedTxn": [{"TxnId": bill.id, "TxnType": "Bill"}]}
            check = {"BankAccountRef": self.company.ref("Account", "Checking")}
            vendor = {"value": bill.body["VendorRef"]["value"]}
            body = self.company.create(
                "BillPayment", VendorRef=vendor, TotalAmt=10, PayType="Check", CheckPayment=check, Line=[line]
            )
        payment = self._made("BillPayment", body, writer)
        payment.pays = bill
        bill.payments.append(payment)
        self._touched(bill, writer)

    def invoice_time(self, entry: Known) -> None:
        link = {"LinkedTxn": [{"TxnId": entry.id, "TxnType": "TimeActivity"}]}
        body = self.company.create("Invoice", **self._new_body("Invoice"), **link)
        known = self._made("Invoice", body)
        known.bills = entry
        self._touched(entry, API)

    def void(self, known: Known) -> None:
        how = {"operation": "void"} if known.kind == "Invoice" else {"operation": "update", "include": "void"}
        wish = {"Id": known.id, "SyncToken": known.token, "sparse": True}
        answer = self.company.post(known.kind, wish, **how)
        assert answer.status_code == 200, answer.text
        self._changed(known, "void", API)
        self._let_go(known, API)

    def _let_go(self, known: Known, writer: str) -> None:
        """What was linked is free again, and has changed by that."""
        if known.pays is not None:
            known.pays.payments.remove(known)
            self._touched(known.pays, writer)
            known.pays = None
        if known.bills is not None:
            self._touched(known.bills, writer)
            known.bills = None

    def _changed(self, known: Known, operation: str, writer: str) -> None:
        known.log.append((operation, writer))
        self._did(known, operation, writer)
        self._look_again(known)

    def _touched(self, known: Known, writer: str) -> None:
        known.log.append(("linked", writer))
        self._look_again(known)

    def _look_again(self, known: Known) -> None:
        if not known.deleted:
            known.body = self.company.read(known.kind, known.id)

    def _did(self, known: Known, operation: str, writer: str) -> None:
        self.done.append((known.kind, known.id, operation, writer))

    # acts that are refused, or repeated

    def come_late(self, known: Known, token: Any, operation: str) -> None:
        body = {**known.body, "SyncToken": token}
        answer = self.company.post(known.kind, body, **({"operation": operation} if operation else {}))
        if known.deleted:
            assert fault_of(answer)["code"] == "610"
            return
        error = fault_of(answer)
        if not isinstance(token, str):
            assert (answer.status_code, error["code"], error["element"]) == (400, "2010", "SyncToken")
            return
        assert (answer.status_code, error["code"]) == (400, "5010")
        assert error["Detail"] == (
            f"Stale Object Error : You and {known.writer} were working on this at the same time. "
            f"{known.writer} finished before you did, so your work was not saved."
        )

    def repeat(self, known: Known) -> None:
        """The same request id twice: the second time the bytes of the first."""
        body = {**known.body, NOTES[known.kind]: f"note {next(_numbers)}"}
        key = f"story-{next(_numbers)}"
        first = self.company.post(known.kind, body, requestid=key)
        assert first.status_code == 200, first.text
        self._changed(known, "update", API)
        second = self.company.post(known.kind, body, requestid=key)
        assert (second.status_code, second.content) == (200, first.content)

    # what must hold

    def check(self) -> None:
        for known in self.records:
            answer = self.company.call("GET", f"{known.kind.lower()}/{known.id}")
            if known.deleted:
                assert fault_of(answer)["code"] == "610"
                continue
            body = answer.json()[known.kind]
            assert body == known.body
            assert body["SyncToken"] == known.token, known

    def check_logs(self) -> None:
        told = [write for write in self.company.applied() if write["seq"] > self.before]
        assert [(one["entity"], one["id"], one["operation"], one["writer"]) for one in told] == self.done
        for known in self.records:
            address = f"{self.company.served.url}/company/{REALM}/{known.kind}/{known.id}"
            page = requests.get(address, timeout=10).text.partition("<h2>History</h2>")[2]
            rows = [
                re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
                for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
            ]
            history = [(row[0], row[3], row[2]) for row in rows if row]
            meant = [(str(token), *entry) for token, entry in enumerate(known.log)]
            assert history == list(reversed(meant))


@st.composite
def act(draw: st.DrawFn, story: Story) -> None:
    """One act that the records allow by now."""
    alive = [known for known in story.records if not known.deleted]
    free = [known for known in alive if not known.payments and not _is_billed(story, known)]
    choices: list[Any] = [lambda: story.make(draw(st.sampled_from(sorted(NOTES))))]
    if story.records:
        known = draw(st.sampled_from(story.records))
        late = draw(st.sampled_from([str(len(known.log)), str(len(known.log) - 2), "x", "", 0, "-1", "00", " 0"]))
        operation = draw(st.sampled_from(["", "delete"] if known.kind in DELETABLE else [""]))
        choices.append(lambda: story.come_late(known, late, operation))
    writer = draw(st.sampled_from([API, PERSON]))
    noted = [known for known in free if known.kind in NOTES and not _is_void(known)]
    if noted:
        chosen = draw(st.sampled_from(noted))
        choices += [lambda: story.change(chosen, writer), lambda: story.repeat(chosen)]
    gone = [known for known in free if known.kind in DELETABLE]
    if gone:
        choices.append(lambda: story.delete(draw(st.sampled_from(gone)), writer))
    bills = [known for known in alive if known.kind == "Bill"]
    if bills:
        choices += [lambda: story.pay(draw(st.sampled_from(bills)), writer)] * 2
    entries = [known for known in free if known.kind == "TimeActivity"]
    if entries:
        choices.append(lambda: story.invoice_time(draw(st.sampled_from(entries))))
    voidable = [known for known in alive if known.kind in {"Invoice", "BillPayment"} and not _is_void(known)]
    if voidable:
        choices.append(lambda: story.void(draw(st.sampled_from(voidable))))
    draw(st.sampled_from(choices))()


def _is_void(known: Known) -> bool:
    return any(operation == "void" for operation, _ in known.log)


def _is_billed(story: Story, known: Known) -> bool:
    return any(other.bills is known for other in story.records)


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_every_accepted_change_counts_one_and_nothing_else_does(shared: Company, data: st.DataObject) -> None:
    story = Story(shared)
    for kind in ("Bill", "TimeActivity"):
        story.make(kind)
    for _ in range(data.draw(st.integers(4, 14))):
        data.draw(act(story))
        story.check()
    story.check_logs()


def test_a_linked_bill_is_not_deleted_and_nothing_of_it_changes(shared: Company) -> None:
    story = Story(shared)
    bill = story.make("Bill")
    story.pay(bill, API)
    answer = shared.post("Bill", {"Id": bill.id, "SyncToken": bill.token}, operation="delete")
    assert fault_of(answer)["code"] == "800"
    story.check()
    story.check_logs()
