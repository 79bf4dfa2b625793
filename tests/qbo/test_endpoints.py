"""Where QuickBooks is, and which addresses are safe enough for secrets."""

from __future__ import annotations

import pytest

from qbsync.domain.connection import Environment
from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import LedgerKind
from qbsync.qbo.endpoints import endpoints_for, is_loopback, is_safe
from qbsync.qbo.links import web_link


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://quickbooks.api.intuit.com", True),
        ("http://quickbooks.api.intuit.com", False),
        ("http://127.0.0.1:8610", True),
        ("http://localhost:8610", True),
        ("http://[::1]:8610", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://evil.example/127.0.0.1", False),
        ("http://127.0.0.1@evil.example", False),
        ("http://10.0.0.7", False),
        ("ftp://127.0.0.1", False),
        ("https://", False),
        ("", False),
    ],
)
def test_secrets_travel_by_https_or_stay_on_this_machine(url, safe):
    assert is_safe(url) is safe


def test_an_unsafe_override_is_refused_with_the_setting_that_is_wrong():
    with pytest.raises(BadInput, match=r"QBSYNC_QBO_API_BASE is 'http://books\.example'"):
        endpoints_for(Environment.PRODUCTION, api_base="http://books.example")


def test_each_environment_has_its_own_hosts():
    hosts = {environment: endpoints_for(environment).api_base for environment in Environment}
    assert hosts == {
        Environment.LOCAL: "http://127.0.0.1:8610",
        Environment.SANDBOX: "https://sandbox-quickbooks.api.intuit.com",
        Environment.PRODUCTION: "https://quickbooks.api.intuit.com",
    }


def test_overrides_replace_one_address_each():
    found = endpoints_for(Environment.SANDBOX, api_base="https://proxy.example/")
    assert found.api_base == "https://proxy.example"
    assert found.graphql_url == endpoints_for(Environment.SANDBOX).graphql_url


def test_a_malformed_address_is_not_this_machine():
    assert not is_loopback("nonsense")


@pytest.mark.parametrize(
    ("environment", "kind", "link"),
    [
        (Environment.PRODUCTION, LedgerKind.BILL, "https://app.qbo.intuit.com/app/bill?txnId=25"),
        (Environment.SANDBOX, LedgerKind.VENDOR, "https://sandbox.qbo.intuit.com/app/vendordetail?nameId=25"),
        (
            Environment.PRODUCTION,
            LedgerKind.TIME_ACTIVITY,
            "https://app.qbo.intuit.com/app/timeactivity?txnId=25",
        ),
        (Environment.PRODUCTION, LedgerKind.EMPLOYEE, ""),
    ],
)
def test_a_record_can_be_opened_in_quickbooks(environment, kind, link):
    assert web_link(endpoints_for(environment), "123", kind, "25") == link


def test_no_record_has_no_link():
    assert web_link(endpoints_for(Environment.PRODUCTION), "123", LedgerKind.BILL, "") == ""
