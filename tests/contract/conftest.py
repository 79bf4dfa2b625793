"""A real local QuickBooks process, and one `world` that each test sees twice: in memory and over HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from qbsync.domain.connection import Environment
from qbsync.domain.ledger import LedgerKind, ListEntry, Reference
from qbsync.qbo.auth import OAuthClient
from qbsync.qbo.client import QboLedger
from qbsync.qbo.consent import consent_locally
from qbsync.qbo.endpoints import endpoints_for
from qbsync.qbo.transport import Transport
from tests.contract.worlds import (
    REALM,
    REDIRECT_URI,
    LocalOthers,
    LocalQuickBooks,
    NoThrottle,
    StoredTokens,
    World,
    memory_world,
    now,
)
from tests.local_books import LocalBooks


@pytest.fixture(scope="session")
def local_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A local QuickBooks of the contractor company, for the whole session."""
    with LocalBooks.running(tmp_path_factory.mktemp("contract") / "quickbooks.db") as books:
        yield books.base


@pytest.fixture(scope="session")
def local(local_base: str) -> Iterator[LocalQuickBooks]:
    """The local QuickBooks with our consent."""
    endpoints = endpoints_for(Environment.LOCAL, local_base=local_base)
    client = OAuthClient(
        client_id="local-client",
        client_secret="local-secret",
        discovery_url=endpoints.discovery_url,
        clock=now,
    )
    code, _, realm_id = consent_locally(client.authorize_url("state-1", REDIRECT_URI), REALM)
    tokens = StoredTokens(client, client.exchange(code, REDIRECT_URI))
    transport = Transport(
        endpoints=endpoints,
        realm_id=realm_id,
        tokens=tokens,
        throttle=NoThrottle(),
        clock=now,
        sleeper=lambda seconds: None,
    )
    yield LocalQuickBooks(base=local_base, endpoints=endpoints, tokens=tokens, transport=transport)
    transport.close()


@pytest.fixture(scope="session")
def local_world(local: LocalQuickBooks, numbers: Iterator[int]) -> World:
    """The contractor company, with the first fitting record of each kind."""
    ledger = QboLedger(local.transport)

    def first(kind: LedgerKind, fits: Callable[[ListEntry], bool] = lambda entry: True) -> Reference:
        fitting = [entry for entry in ledger.entries(kind) if entry.active and fits(entry)]
        return Reference(id=fitting[0].id)

    return World(
        ledger=ledger,
        others=LocalOthers(local),
        account=first(LedgerKind.ACCOUNT, lambda entry: entry.type == "Cost of Goods Sold"),
        income_account=first(LedgerKind.ACCOUNT, lambda entry: entry.type == "Income"),
        item=first(LedgerKind.ITEM, lambda entry: entry.type == "Service" and bool(entry.expense_account_id)),
        customer=first(LedgerKind.CUSTOMER),
        vendor=first(LedgerKind.VENDOR),
        employee=first(LedgerKind.EMPLOYEE),
        numbers=numbers,
    )


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Numbers that nobody had before."""
    return itertools.count(1)


@pytest.fixture(params=["memory", "local"])
def world(request: pytest.FixtureRequest, numbers: Iterator[int]) -> World:
    """The same company twice: what holds for one must hold for the other."""
    if request.param == "memory":
        return memory_world(numbers)
    found: World = request.getfixturevalue("local_world")
    return found
