"""An update keeps everything of a bill or a customer that is not ours."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import (
    BillDocument,
    CustomerCard,
    ExpenseLine,
    LedgerKind,
    Operation,
    Reference,
)
from qbsync.qbo.wire import read_posted, request_item
from qbsync.qbo.wire_json import dumps, loads
from tests.qbo.wire_support import SERVER_FIELDS, bill_in, created, item, updated

STORED_BILL = loads(
    """{"VendorRef":{"value":"46","name":"Norton Lumber"},"DocNumber":"A-1","TxnDate":"2026-11-02",
    "DueDate":"2026-12-02","PrivateNote":"memo","SalesTermRef":{"value":"3"},"APAccountRef":{"value":"33"},
    "CurrencyRef":{"value":"USD"},"TotalAmt":250.00,"Balance":150.00,"HomeBalance":150.00,
    "DepartmentRef":{"value":"2"},"VendorAddr":{"Line1":"1 Lumber Way"},
    "LinkedTxn":[{"TxnId":"118","TxnType":"BillPaymentCheck"},{"TxnId":"90","TxnType":"PurchaseOrder"}],
    "Line":[
      {"Id":"1","LineNum":1,"Amount":100.00,"Description":"Studs","DetailType":"AccountBasedExpenseLineDetail",
       "ProjectRef":{"value":"416296152"},
       "AccountBasedExpenseLineDetail":{"AccountRef":{"value":"64","name":"Job Materials"},
         "ClassRef":{"value":"5000000000000142510"},"BillableStatus":"Billable","TaxCodeRef":{"value":"NON"},
         "CustomerRef":{"value":"8"}}},
      {"Id":"2","LineNum":2,"Amount":150.00,"DetailType":"ItemBasedExpenseLineDetail",
       "ItemBasedExpenseLineDetail":{"ItemRef":{"value":"11","name":"Pump"},"Qty":3,"UnitPrice":50.0,
         "ClassRef":{"value":"77"}}}],
    "Id":"25","SyncToken":"2","domain":"QBO","sparse":false,
    "MetaData":{"LastUpdatedTime":"2026-11-06T15:37:25-08:00"}}"""
)


def bill_content(**changes):
    content = read_posted(LedgerKind.BILL, STORED_BILL).content
    return BillDocument(**{**vars(content), **changes})


def line_of(content, at, **changes):
    return ExpenseLine(**{**vars(content.lines[at]), **changes})


def test_a_bill_is_read_with_its_sums_and_payments():
    posted = read_posted(LedgerKind.BILL, STORED_BILL)
    assert (posted.total, posted.balance) == (Decimal("250.00"), Decimal("150.00"))
    assert posted.payment_ids == ("118",)
    assert posted.updated_at == datetime(2026, 11, 6, 23, 37, 25, tzinfo=UTC)
    assert posted.sync_token == "2"


@pytest.mark.promise(8)
def test_an_update_of_a_bill_keeps_unmapped_fields_and_drops_read_only_ones():
    sent = updated(LedgerKind.BILL, bill_content(memo="new memo"), STORED_BILL)
    assert sent["PrivateNote"] == "new memo"
    for kept in ("SalesTermRef", "APAccountRef", "CurrencyRef", "DepartmentRef", "VendorAddr", "VendorRef"):
        assert sent[kept] == STORED_BILL[kept]
    assert not sent.keys() & {"TotalAmt", "Balance", "HomeBalance", "MetaData", "domain"}
    assert sent["LinkedTxn"] == [{"TxnId": "90", "TxnType": "PurchaseOrder"}]
    assert (sent["Id"], sent["SyncToken"], sent["sparse"]) == ("25", "2", False)


def test_a_changed_line_keeps_its_id_and_what_is_not_ours():
    content = bill_content()
    changed = bill_content(lines=(line_of(content, 0, amount=Decimal("120")), content.lines[1]))
    first, second = updated(LedgerKind.BILL, changed, STORED_BILL)["Line"]
    detail = first["AccountBasedExpenseLineDetail"]
    assert (first["Id"], first["Amount"], first["ProjectRef"]) == (
        "1",
        Decimal("120"),
        {"value": "416296152"},
    )
    assert detail["ClassRef"] == {"value": "5000000000000142510"}
    assert detail["BillableStatus"] == "Billable"
    assert second["ItemBasedExpenseLineDetail"] == STORED_BILL["Line"][1]["ItemBasedExpenseLineDetail"]


def test_a_line_put_in_front_does_not_take_over_the_ids_of_others():
    content = bill_content()
    new = ExpenseLine(amount=Decimal("5"), account=Reference(id="8"))
    sent = updated(LedgerKind.BILL, bill_content(lines=(new, *content.lines)), STORED_BILL)["Line"]
    assert [line.get("Id") for line in sent] == [None, "1", "2"]


def test_a_line_that_went_away_is_not_sent():
    content = bill_content()
    sent = updated(LedgerKind.BILL, bill_content(lines=content.lines[1:]), STORED_BILL)["Line"]
    assert [line["Id"] for line in sent] == ["2"]


def test_an_item_line_of_a_new_amount_is_one_piece_at_that_price():
    content = bill_content()
    changed = bill_content(lines=(content.lines[0], line_of(content, 1, amount=Decimal("160"))))
    detail = updated(LedgerKind.BILL, changed, STORED_BILL)["Line"][1]["ItemBasedExpenseLineDetail"]
    assert (detail["Qty"], detail["UnitPrice"], detail["ClassRef"]) == (1, Decimal("160"), {"value": "77"})


def test_a_line_moved_from_an_account_to_an_item_keeps_its_class():
    content = bill_content()
    moved = line_of(content, 0, account=None, item=Reference(id="5"))
    line = updated(LedgerKind.BILL, bill_content(lines=(moved, content.lines[1])), STORED_BILL)["Line"][0]
    assert line["DetailType"] == "ItemBasedExpenseLineDetail"
    assert "AccountBasedExpenseLineDetail" not in line
    assert line["ItemBasedExpenseLineDetail"]["ClassRef"] == {"value": "5000000000000142510"}


def test_a_billable_line_without_a_customer_is_no_longer_billable():
    content = bill_content()
    changed = bill_content(lines=(line_of(content, 0, customer=None), content.lines[1]))
    detail = updated(LedgerKind.BILL, changed, STORED_BILL)["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["BillableStatus"] == "NotBillable"
    assert "CustomerRef" not in detail


def test_lines_of_an_unknown_kind_are_kept():
    odd = {"Id": "9", "Amount": 0, "DetailType": "DescriptionOnly", "Description": "note"}
    stored = {**STORED_BILL, "Line": [odd, *STORED_BILL["Line"]]}
    content = bill_in(stored)
    assert len(content.lines) == 2
    assert odd in updated(LedgerKind.BILL, content, stored)["Line"]


def test_the_stored_record_itself_is_never_touched():
    before = dumps(STORED_BILL)
    updated(LedgerKind.BILL, bill_content(memo="x", lines=bill_content().lines[:1]), STORED_BILL)
    assert dumps(STORED_BILL) == before


def test_without_a_due_date_of_ours_quickbooks_own_stays():
    assert updated(LedgerKind.BILL, bill_content(due_date=None), STORED_BILL)["DueDate"] == "2026-12-02"


STORED_CUSTOMER = {
    **SERVER_FIELDS,
    "DisplayName": "Ocean View Road",
    "FullyQualifiedName": "Freeman:Ocean View Road",
    "Level": 1,
    "Job": True,
    "ParentRef": {"value": "7", "name": "Freeman"},
    "BillWithParent": False,
    "IsProject": True,
    "Balance": 85,
    "BalanceWithJobs": 85,
    "Active": True,
    "Notes": "Gate code 4711",
    "BillAddr": {"Id": "9", "Line1": "1 Ocean View", "Line2": "Suite 5", "Lat": "1"},
    "PrimaryEmailAddr": {"Address": "old@example.com"},
}


def test_an_update_of_a_customer_keeps_notes_and_second_address_lines():
    card = CustomerCard(display_name="Ocean View", parent=Reference(id="7"), line1="2 Ocean View", email="")
    sent = updated(LedgerKind.CUSTOMER, card, STORED_CUSTOMER)
    assert sent["Notes"] == "Gate code 4711"
    assert sent["BillAddr"] == {"Id": "9", "Line1": "2 Ocean View", "Line2": "Suite 5", "Lat": "1"}
    assert sent["BillWithParent"] is False
    assert sent["ParentRef"] == {"value": "7", "name": "Freeman"}
    assert not sent.keys() & {
        "Balance",
        "BalanceWithJobs",
        "FullyQualifiedName",
        "Level",
        "IsProject",
        "PrimaryEmailAddr",
    }


@pytest.mark.promise(22)
def test_a_new_job_says_so_in_all_three_fields():
    record = created(LedgerKind.CUSTOMER, CustomerCard(display_name="J", parent=Reference(id="7")))
    assert (record["Job"], record["ParentRef"], record["BillWithParent"]) == (True, {"value": "7"}, True)


def test_a_record_is_made_inactive_as_a_whole():
    posted = read_posted(LedgerKind.CUSTOMER, STORED_CUSTOMER)
    sent = request_item(item(LedgerKind.CUSTOMER, Operation.DEACTIVATE, posted=posted))
    assert sent["operation"] == "update"
    assert (sent["Customer"]["Active"], sent["Customer"]["Notes"]) == (False, "Gate code 4711")


def test_a_delete_names_the_record_and_its_version_only():
    posted = read_posted(LedgerKind.BILL, STORED_BILL)
    sent = request_item(item(LedgerKind.BILL, Operation.DELETE, posted=posted))
    assert sent == {"bId": "0", "operation": "delete", "Bill": {"Id": "25", "SyncToken": "2"}}


def test_a_record_that_is_still_to_be_made_cannot_be_pointed_at():
    card = CustomerCard(display_name="J", parent=Reference(id="new:P-1", name="Harbour Tower"))
    with pytest.raises(BadInput, match="Harbour Tower"):
        request_item(item(LedgerKind.CUSTOMER, Operation.CREATE, card))


@pytest.mark.parametrize("operation", Operation)
def test_a_write_without_what_it_needs_is_refused(operation):
    with pytest.raises(BadInput):
        request_item(item(LedgerKind.BILL, operation))


def test_a_new_bill_names_its_currency_where_the_company_keeps_several():
    assert created(LedgerKind.BILL, bill_content(currency="CAD"))["CurrencyRef"] == {"value": "CAD"}
    assert "CurrencyRef" not in created(LedgerKind.BILL, bill_content(currency=""))


def test_a_stored_bill_keeps_its_currency():
    sent = updated(LedgerKind.BILL, bill_content(currency="CAD"), STORED_BILL)
    assert sent["CurrencyRef"] == {"value": "USD"}


def test_a_bill_in_another_currency_is_read_with_its_worth_at_home():
    stored = {**STORED_BILL, "CurrencyRef": {"value": "EUR"}, "ExchangeRate": Decimal("1.1")}
    posted = read_posted(LedgerKind.BILL, stored)
    assert (bill_in(stored).currency, posted.exchange_rate) == ("EUR", Decimal("1.1"))
    assert (posted.total, posted.home_total) == (Decimal("250.00"), Decimal("275.00"))
    assert (posted.balance, posted.home_balance) == (Decimal("150.00"), Decimal("165.00"))
