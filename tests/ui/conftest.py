"""Dashboards on companies in every state: nothing loaded, ready to sync, and after a run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st

from qbsync.domain.plan import Scope
from qbsync.domain.wanted import SyncKind
from qbsync.ui.page import product
from tests.company import WHO, Company, copied
from tests.local_books import LocalBooks
from tests.ui.support import Dashboard, refused_bill

Open = Callable[..., Dashboard]  # a company, and settings that differ
BILLS = Scope(kinds=frozenset({SyncKind.VENDOR, SyncKind.BILL}))


@pytest.fixture
def open_dashboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens the dashboard on a company: its settings are the environment's.

    Nothing is kept from before, unless it is told to `keep` what pages have read.
    """

    def opened(company: Company, *, keep: bool = False, **extra: str) -> Dashboard:
        for name in [name for name in os.environ if name.startswith("QBSYNC_")]:
            monkeypatch.delenv(name)
        for name, value in company.environment(**extra).items():
            if name.startswith("QBSYNC_"):
                monkeypatch.setenv(name, value)
        (product if keep else st.cache_resource).clear()
        return Dashboard.opened(company)

    yield opened
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def idle_books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBooks]:
    """A local QuickBooks that tests may look at and connect to, without writing into its books."""
    with LocalBooks.running(tmp_path_factory.mktemp("idle") / "quickbooks.db") as books:
        yield books


@pytest.fixture
def nothing(open_dashboard: Open, idle_books: LocalBooks, tmp_path: Path) -> Dashboard:
    """A dashboard with no data and no company."""
    return open_dashboard(Company(folder=tmp_path / "data", books=idle_books))


@pytest.fixture(scope="session")
def ready_books(ready_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBooks]:
    """The QuickBooks of the sample contractor, shared by the tests that write nothing into its books."""
    state = tmp_path_factory.mktemp("ready_books") / "quickbooks.db"
    shutil.copy(ready_template / state.name, state)
    with LocalBooks.running(state) as books:
        yield books


@pytest.fixture
def ready(open_dashboard: Open, ready_template: Path, ready_books: LocalBooks, tmp_path: Path) -> Dashboard:
    """A dashboard of the sample contractor, connected and mapped. Its tests write nothing into QuickBooks."""
    shutil.copytree(ready_template, tmp_path / "company", ignore=shutil.ignore_patterns("quickbooks.db*"))
    return open_dashboard(Company(folder=tmp_path / "company", books=ready_books))


@pytest.fixture
def writing(open_dashboard: Open, company: Company) -> Dashboard:
    """A dashboard of the sample contractor with a QuickBooks of its own, to write into."""
    return open_dashboard(company)


@pytest.fixture(scope="session")
def synced_company(ready_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The contractor after one run, in which QuickBooks refused one bill. Tests only read it."""
    with copied(ready_template, tmp_path_factory.mktemp("synced") / "company") as company:
        app = company.app()
        plan = app.previewing.build(app.connection().id, BILLS, who=WHO)
        company.books.control("faults", kind="poison", match=refused_bill(plan).core_id)
        run = app.confirming.confirm(plan.id, plan.digest, who=WHO)
        while app.runs.get(run.id).is_open:  # it rests before it tries the refused bill again
            app.running.push(run.id)
        yield company


@pytest.fixture
def synced(open_dashboard: Open, synced_company: Company) -> Dashboard:
    """A dashboard of the contractor after a run. Its tests only read."""
    return open_dashboard(synced_company)
