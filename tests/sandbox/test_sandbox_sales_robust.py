"""Whatever is sent to the sales side, the local QuickBooks answers with a fault of its own and never breaks."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.sale_bodies import ITEM, sale
from tests.sandbox.sandbox_client import Company, Json

FORMS = ("Invoice", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt")
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["1", "4", "2026-11-16", "Invoice", "CreditMemo", "TimeActivity", ITEM, "DiscountLineDetail"])
    | st.sampled_from([{"value": "4"}, {"value": "1"}, {"value": "x"}])
)
PARTS = (
    "value", "Amount", "DetailType", "LinkedTxn", "TxnId", "TxnType", ITEM, "DiscountLineDetail", "ItemRef", "Qty",
    "UnitPrice", "PercentBased", "DiscountPercent", "TaxCodeRef", "TxnTaxCodeRef", "TotalTax", "Address",
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner, max_size=4),
    max_leaves=8,
)
NAMES = (
    "CustomerRef", "Line", "TxnDate", "DocNumber", "TotalAmt", "TxnTaxDetail", "BillEmail", "EmailStatus", "Deposit",
    "DepositToAccountRef", "LinkedTxn", "CurrencyRef", "ExchangeRate", "SalesTermRef", "DueDate", "CustomerMemo",
    "PaymentMethodRef", "Code", "Name", "DisplayName", "SourceCurrencyCode", "Rate", "AsOfDate", "TaxCode",
    "TaxRateDetails", "Id", "SyncToken", "sparse",
)  # fmt: skip
KINDS = (*FORMS, "Payment", "PaymentMethod", "TaxAgency", "TaxCode", "CompanyCurrency", "ExchangeRate")


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    """A company that has everything on, so that the rules behind the switches are reached."""
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    for switch in ("UsingSalesTax", "MultiCurrencyEnabled"):
        running.prefer(company.realm, switch)
    company.create("CompanyCurrency", Code="EUR")
    return company


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS), body=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8))
def test_any_body_is_taken_or_refused_in_order(shared: Company, kind: str, body: Json) -> None:
    valid = sale(shared) if kind in FORMS else {}
    for sent in (body, {**valid, **body}):
        answer = shared.post(kind, sent)
        assert answer.status_code in {200, 400}
        assert (kind if answer.status_code == 200 else "Fault") in answer.json()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_the_tax_service_takes_or_refuses_any_body_in_order(shared: Company, body: Json) -> None:
    answer = shared.call("POST", "taxservice/taxcode", json=body)
    assert answer.status_code in {200, 400}


HALF = "\ud800"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("invoice", {"CustomerRef": {"value": HALF}}),
        ("invoice", {"DocNumber": HALF}),
        ("exchangerate", {"SourceCurrencyCode": HALF, "Rate": 1}),
        ("exchangerate", {"SourceCurrencyCode": "EUR", "Rate": 1, "AsOfDate": HALF}),
        ("exchangerate", {"SourceCurrencyCode": "EUR", "Rate": 1, "AsOfDate": 20261101}),
        ("companycurrency", {"Code": f"E{HALF}R"}),
        ("taxservice/taxcode", {"TaxCode": HALF, "TaxRateDetails": [{"TaxRateId": HALF}]}),
        ("taxservice/taxcode", {HALF: 1}),
        ("taxservice/taxcode", {"TaxCode": "A", "TaxRateDetails": [{"TaxRateId": 5}]}),
        ("taxagency", {"DisplayName": HALF}),
        ("invoice", {"LinkedTxn": [{"TxnId": "9" * 30, "TxnType": "TimeActivity"}]}),
    ],
)
def test_half_a_character_and_odd_keys_are_refused(shared: Company, path: str, body: Json) -> None:
    full = {**sale(shared), **body} if path == "invoice" else body
    assert shared.call("POST", path, json=full).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "exchangerate?sourcecurrencycode=%ED%A0%80",
        "exchangerate?sourcecurrencycode=EUR&asofdate=%00",
        "invoice/%00/pdf",
        "invoice/99999999999999999999999/pdf",
        "invoice/-1/pdf",
    ],
)
def test_odd_addresses_are_refused(shared: Company, path: str) -> None:
    assert shared.call("GET", path, headers={"Accept": "application/pdf"}).status_code == 400
