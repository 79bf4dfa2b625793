"""Where a person sees a record in QuickBooks' own pages."""

from __future__ import annotations

from urllib.parse import quote

from qbsync.domain.connection import Environment
from qbsync.domain.ledger import LedgerKind
from qbsync.qbo.endpoints import Endpoints

_PAGES = {  # employees and items have no page that opens by their id
    LedgerKind.ACCOUNT: "register?accountId=",
    LedgerKind.CUSTOMER: "customerdetail?nameId=",
    LedgerKind.VENDOR: "vendordetail?nameId=",
    LedgerKind.TIME_ACTIVITY: "timeactivity?txnId=",
    LedgerKind.BILL: "bill?txnId=",
    LedgerKind.VENDOR_CREDIT: "vendorcredit?txnId=",
    LedgerKind.BILL_PAYMENT: "billpayment?txnId=",
}


def web_link(endpoints: Endpoints, realm_id: str, kind: LedgerKind, record_id: str) -> str:
    """The address of a record's page, or "" where there is none."""
    if not record_id:
        return ""
    name = quote(record_id, safe="")
    if endpoints.environment is Environment.LOCAL:
        return f"{endpoints.app_base}/company/{realm_id}/{kind}/{name}"
    return f"{endpoints.app_base}/app/{_PAGES[kind]}{name}" if kind in _PAGES else ""
