"""A refusal is said with the names of what the record was posted with, and of what of Core's posted it there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.errors import Fault
from qbsync.domain.explain import explain, is_explained
from qbsync.domain.ledger import BillDocument, CustomerCard, LedgerKind, ListEntry, Reference, VendorCard
from qbsync.domain.mapping import MapKind, ShiftTarget
from qbsync.domain.plan import Change
from qbsync.domain.records import Shift
from qbsync.domain.refusal import ANSWER_MAX, answer_text, explain_refusal
from qbsync.domain.want_bills import want_bills
from qbsync.domain.want_items import want_items
from qbsync.domain.want_time import want_time
from qbsync.domain.wanted import SyncKind, Wanted
from tests.domain.samples import book, lists, mapping, payroll_row, resolver, rule, vendor_bill

INACTIVE = (
    "Invalid Reference Id : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


def change_of(one: Wanted, **given: Any) -> Change:
    """A preview's line that would make a record."""
    values: dict[str, Any] = {"action": Action.CREATE, "reason": "New in Core.", "content": one.content, **given}
    return Change(seq=1, kind=one.kind, core_id=one.core_id, title=one.title, ledger_kind=one.ledger_kind, **values)


def hours(**given: Any) -> Change:
    (one,) = want_time(book(payroll_row("8 0 0 0 0 0 0")), resolver())
    return change_of(one, **given)


def bill(*amounts: str, **given: Any) -> Change:
    (one,) = want_bills(book(vendor_bill(*amounts)), resolver(), currency="USD")
    return change_of(one, **given)


def said(change: Change, *faults: Fault) -> str:
    return str(explain_refusal(faults, change, entry_of=lists().get))


NAMED = [
    # code, element, QuickBooks' detail, record, and what a clerk reads
    ("2500", "ItemRef", INACTIVE, "hours", 'Cost code 03-300 posts to item "Labor", which is inactive in QuickBooks.'),
    ("610", "ItemRef", INACTIVE, "hours", 'Cost code 03-300 posts to item "Labor", which is inactive in QuickBooks.'),
    ("2500", "CustomerRef", INACTIVE, "hours", 'Project P1 posts to customer "Harborview Tower", which is inactive'),
    (
        "6250",
        "",
        "The customer is inactive",
        "hours",
        'Project P1 posts to customer "Harborview Tower", which is inact',
    ),
    ("2500", "EmployeeRef", INACTIVE, "hours", 'Employee E1 is posted as employee "Ada Stone", which is inactive'),
    ("2500", "VendorRef", INACTIVE, "bill", 'The bill posts to vendor "Granite Ready Mix", which is inactive'),
    ("2500", "AccountRef", INACTIVE, "bill", 'Cost code 03-310 posts to account "Job Materials", which is inactive'),
    ("2500", "Line[0].AccountRef.value", INACTIVE, "bill", 'Cost code 03-310 posts to account "Job Materials", which'),
    (
        "2500",
        "AccountRef",
        "Invalid Reference Id : Accounts element id 7 not found",
        "bill",
        'Cost code 03-310 posts to account "Job Materials", which is no longer in QuickBooks.',
    ),
    (
        "2500",
        "",
        "Invalid Reference Id : Accounts element id 7 not found",
        "bill",
        'account "Job Materials", which is no',
    ),
    (
        "2500",
        "",
        "Invalid Reference Id : Names element id 31 not found",
        "bill",
        'vendor "Granite Ready Mix", which is',
    ),
    (
        "2500",
        "",
        "Invalid Reference Id : Names element id 59 not found",
        "hours",
        'customer "Harborview Tower", which is',
    ),
    ("2500", "", "Invalid Reference Id : Items element id 2 not found", "hours", 'item "Labor", which is no longer'),
    (
        "2500",
        "",
        "Invalid Reference Id : Klasses element id 50 not found",
        "bill",
        "class that the record carries in Qu",
    ),
    (
        "2500",
        "",
        "Invalid Reference Id : Depts element id 3 not found",
        "bill",
        "location that the record carries in Qu",
    ),
    (
        "2500",
        "ClassRef",
        INACTIVE,
        "bill",
        "The class that the record carries in QuickBooks is inactive in QuickBooks.",
    ),
    (
        "610",
        "",
        INACTIVE,
        "bill",
        'One of these is inactive in QuickBooks: The bill posts to vendor "Granite Ready',
    ),
    (
        "610",
        "",
        "Object Not Found",
        "hours",
        "One of these is gone or inactive in QuickBooks: Employee E1 is posted as",
    ),
    (
        "6430",
        "",
        "Invalid account type",
        "bill",
        'Cost code 03-310 posts to account "Job Materials", which is of a kind',
    ),
    ("2020", "CurrencyRef", "Required parameter CurrencyRef is missing in the request", "bill", "Build a new preview"),
    (
        "2020",
        "VendorRef",
        "Required parameter VendorRef is missing in the request",
        "bill",
        "needs the vendor, which is",
    ),
    (
        "2050",
        "Description",
        "String length does not match the supported length. Min:0 Max:4,000 supported. Supplied length: 4,006",
        "hours",
        "The description has 4,006 characters; QuickBooks takes 4,000.",
    ),
    ("2050", "DocNumber", "too long", "bill", "The bill number is longer than QuickBooks allows."),
    (
        "2220",
        "CurrencyRef",
        "Invalid Currency",
        "bill",
        'Vendor "Granite Ready Mix" is kept in another currency and the',
    ),
    ("6210", "", "The account period has closed", "bill", "QuickBooks' books are closed for Tuesday, 3 Nov 2026."),
    ("6200", "", "closed", "hours", "QuickBooks' books are closed for Monday, 16 Nov 2026."),
    (
        "6140",
        "",
        "This number has already been used. DocNumber=INV-7 is assigned to TxnType=Bill with TxnId=6575",
        "bill",
        "QuickBooks already has a document with the number INV-7: its Bill with the id 6575.",
    ),
    ("6140", "", "Duplicate", "bill", "QuickBooks already has a document with the number INV-7."),
    (
        "5010",
        "",
        "Stale Object Error : You and Craig Carlson were working on this at the same time. Craig Carlson finished",
        "bill",
        "Craig Carlson changed this record in QuickBooks at the same time",
    ),
    (
        "5010",
        "",
        "You and API API were working on this at the same time.",
        "bill",
        "Somebody changed this record in Qu",
    ),
    (
        "6000",
        "",
        "Business Validation Error: Odd thing.",
        "bill",
        "QuickBooks says: Business Validation Error: Odd thing.",
    ),
    ("1010", "", "Internal trouble", "bill", "could not create the record. QuickBooks says: Internal trouble."),
]


def vendor() -> Change:
    return Change(
        seq=1,
        kind=SyncKind.VENDOR,
        core_id="V1",
        title="Acme",
        action=Action.CREATE,
        reason="",
        ledger_kind=LedgerKind.VENDOR,
        content=VendorCard(display_name="Acme"),
    )


RECORDS = {"hours": hours, "bill": bill, "vendor": vendor}


@pytest.mark.promise(14)
@pytest.mark.parametrize(("code", "element", "detail", "record", "expected"), NAMED, ids=range(len(NAMED)))
def test_a_refusal_names_the_thing_and_what_posts_there(
    code: str, element: str, detail: str, record: str, expected: str
):
    fault = Fault(code=code, message="Raw message", detail=detail, element=element)
    assert expected in said(RECORDS[record](), fault)


def test_the_remedy_says_where():
    inactive = Fault(code="2500", detail=INACTIVE, element="ItemRef")
    assert said(hours(), inactive).endswith("Reactivate it there or choose another on the Mapping page.")
    gone = Fault(code="2500", detail="Invalid Reference Id : Items element id 2 not found", element="ItemRef")
    assert said(hours(), gone).endswith("Choose another on the Mapping page.")


@pytest.mark.promise(14)
def test_of_several_the_one_that_the_lists_know_to_be_inactive_is_named():
    stored = lists(ListEntry(kind=LedgerKind.CUSTOMER, id="59", name="Tower (deleted)", full_name="T", active=False))
    found = explain_refusal([Fault(code="610", detail=INACTIVE)], hours(), entry_of=stored.get)
    assert found.message == 'Project P1 posts to customer "Tower (deleted)", which is inactive in QuickBooks.'


def test_without_lists_the_names_are_those_of_the_preview():
    found = explain_refusal([Fault(code="2500", detail=INACTIVE, element="ItemRef")], hours())
    assert 'item "Labor"' in found.message


def test_what_the_run_made_itself_is_found_by_the_id_that_it_got():
    one = CustomerCard(display_name="Tower", parent=Reference(id="new:customer:C1", name="Harborview"))
    job = Change(
        seq=1,
        kind=SyncKind.PROJECT,
        core_id="P1",
        title="Tower",
        action=Action.CREATE,
        reason="",
        ledger_kind=LedgerKind.CUSTOMER,
        content=one,
    )
    fault = Fault(code="2500", detail="Invalid Reference Id : Names element id 77 not found", element="ParentRef")
    gone = explain_refusal([fault], job, {"customer:C1": (LedgerKind.CUSTOMER, "77")})
    assert gone.message == 'It belongs to customer "Harborview", which is no longer in QuickBooks.'
    taken = explain_refusal([Fault(code="6240", detail="The name supplied already exists.")], job)
    assert taken.message.startswith('Another customer, vendor or employee of QuickBooks is named "Tower" already')


def test_all_reasons_are_said_each_once():
    item = Fault(code="2500", detail=INACTIVE, element="ItemRef")
    customer = Fault(code="2500", detail=INACTIVE, element="CustomerRef")
    text = said(hours(), item, customer, item)
    assert text.count('item "Labor"') == text.count('customer "Harborview Tower"') == 1
    assert text.count("Reactivate it there") == 1


def test_a_record_that_may_itself_be_gone_blames_nothing_else():
    text = said(hours(action=Action.UPDATE, ledger_id="5"), Fault(code="610", detail=INACTIVE))
    assert text == str(explain(Fault(code="610")))


def test_a_long_list_of_suspects_is_cut():
    whole = bill()
    assert isinstance(whole.content, BillDocument)
    line = whole.content.lines[0]
    lines = tuple(replace(line, account=Reference(id=f"A{n}", name=f"Account {n}")) for n in range(7))
    text = said(
        replace(whole, content=replace(whole.content, lines=lines)),
        Fault(code="2500", detail=INACTIVE, element="AccountRef"),
    )
    assert 'account "Account 3"; and 3 more.' in text
    assert "Account 4" not in text


@pytest.mark.parametrize("record", list(RECORDS))
def test_every_code_is_said_in_whole_sentences_about_any_record(record: str):
    for code in (str(number) for number in range(100, 10_300)):
        if is_explained(code):
            found = explain_refusal([Fault(code=code)], RECORDS[record]())
            for text in (found.message, found.remedy):
                assert text[0].isupper(), code
                assert text.endswith("."), code


PLACES = [
    # the record, the faults, where they are mended
    ("hours", [("2500", "ItemRef")], "mapping/cost_code/03-300"),
    ("hours", [("2500", "CustomerRef")], "mapping/project/P1"),
    ("hours", [("6300", "")], "mapping/employee/E1"),
    ("hours", [("6310", "")], "mapping/project/P1"),
    ("hours", [("2500", "ItemRef"), ("2500", "CustomerRef")], "mapping"),
    ("hours", [("2500", "ItemRef"), ("2040", "")], ""),
    ("hours", [("6200", "")], ""),
    ("hours", [("6340", "")], "core_data/payroll_row/2026-11-22"),
    ("bill", [("2250", "")], "core_data/vendor_bill/VB-1"),
    ("vendor", [("2040", "")], "core_data/vendor/V1"),
    ("bill", [("2500", "VendorRef")], "mapping/vendor/Granite Ready Mix"),
    ("bill", [("6430", "")], "mapping/cost_code/03-310"),
    ("bill", [("3200", "")], "connection"),
    ("vendor", [("6240", "")], "mapping/vendor/V1"),
]


@pytest.mark.parametrize(("record", "faults", "place"), PLACES)
def test_a_refusal_leads_to_the_row_where_it_is_mended(record: str, faults: list[tuple[str, str]], place: str):
    given = [Fault(code=code, element=element) for code, element in faults]
    assert str(explain_refusal(given, RECORDS[record](), entry_of=lists().get).place) == place


def test_an_answer_is_kept_as_quickbooks_gives_it():
    fault = Fault(code="2040", message="Bad", detail="<b>Ü</b>", element="Name")
    assert json.loads(answer_text([fault])) == {
        "Fault": {"Error": [{"code": "2040", "Message": "Bad", "Detail": "<b>Ü</b>", "element": "Name"}]}
    }
    assert len(answer_text([replace(fault, detail="x" * 1_000_000)])) == ANSWER_MAX


def night_hours() -> Change:
    """Hours whose shift gives them a class."""
    nights = ListEntry(kind=LedgerKind.CLASS, id="70", name="Nights", full_name="Nights")
    chosen = mapping(shift_target=ShiftTarget.CLASS, shift_class_ids={Shift.NIGHT: "70"})
    (one,) = want_time(book(payroll_row("8 0 0 0 0 0 0", shift=Shift.NIGHT)), resolver(chosen, lists(nights)))
    return change_of(one, core_content=one.content)


def new_item() -> Change:
    """A service item that a cost code lacks."""
    new = mapping(rule(MapKind.COST_CODE, "03-300", LedgerKind.ITEM), income_account_id="8")
    (one,) = want_items(book(), resolver(new))
    return change_of(one, core_content=one.content)


ALSO_OURS = [
    (
        night_hours(),
        "2500",
        "ClassRef",
        INACTIVE,
        'Its shift posts to class "Nights", which is inactive in QuickBooks.',
    ),
    (
        night_hours(),
        "2500",
        "",
        "Invalid Reference Id : Klasses element id 70 not found",
        'Its shift posts to class "Nights", which is no longer in QuickBooks.',
    ),
    (
        new_item(),
        "2500",
        "IncomeAccountRef",
        "Invalid Reference Id : Accounts element id 8 not found",
        'New service items are sold under account "Supplies", which is no longer in QuickBooks.',
    ),
    (
        new_item(),
        "6240",
        "",
        "The name supplied already exists.",
        'Another product or service of QuickBooks is named "03-300 Concrete labor" already.',
    ),
]


@pytest.mark.parametrize(("change", "code", "element", "detail", "reads"), ALSO_OURS)
def test_classes_and_new_items_are_named_like_all_that_we_post(
    change: Change, code: str, element: str, detail: str, reads: str
):
    assert said(change, Fault(code=code, message="", detail=detail, element=element)).startswith(reads)
