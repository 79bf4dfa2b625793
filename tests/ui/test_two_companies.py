"""Two companies on one dashboard: every screen says whose books it shows, and shows only those."""

from __future__ import annotations

import pytest

from qbsync.domain.connection import Connection
from qbsync.domain.plan import Scope
from qbsync.domain.wanted import SyncKind
from qbsync.qbo.consent import consent_locally
from tests.company import WHO
from tests.ui.support import Dashboard

NAMES = Scope(kinds=frozenset({SyncKind.VENDOR}))
OTHER_REALM = "9130357766900200"  # the second company of the local QuickBooks


@pytest.fixture
def two(ready: Dashboard) -> tuple[Dashboard, Connection, Connection]:
    """A dashboard, the company that is mapped, and one that was connected beside it a moment ago."""
    app = ready.app
    first = app.connection()
    code, state, realm_id = consent_locally(app.connecting.begin(WHO, beside=True), OTHER_REALM)
    return ready, first, app.connecting.finish(state=state, code=code, realm_id=realm_id)


def choice(dashboard: Dashboard) -> str:
    """The company that the sidebar shows."""
    return str(dashboard.at.selectbox(key="sidebar_company").value)


def test_with_one_company_there_is_nothing_to_choose(ready: Dashboard):
    assert "sidebar_company" not in [box.key for box in ready.at.selectbox]
    assert "company" not in ready.at.query_params


def test_the_company_that_was_just_connected_is_shown_and_named_in_the_address(two):
    dashboard, _, second = two
    dashboard.open("connection")
    assert choice(dashboard) == second.realm_id
    assert dashboard.at.query_params["company"] == second.realm_id
    assert second.company_name in dashboard.said


@pytest.mark.promise(5)
def test_another_company_is_chosen_and_every_screen_follows(two):
    dashboard, first, second = two
    dashboard.open("connection")
    dashboard.at.selectbox(key="sidebar_company").set_value(first.realm_id)
    dashboard.run()
    for screen in ("connection", "overview", "mapping"):
        dashboard.open(screen)
        assert choice(dashboard) == first.realm_id, screen
    dashboard.open("connection")
    assert first.realm_id in dashboard.said
    assert f"company id {second.realm_id}" not in dashboard.said


def test_an_address_that_names_a_company_opens_it(two):
    dashboard, first, _ = two
    second_tab = Dashboard.opened(dashboard.company, company=first.realm_id)
    assert choice(second_tab) == first.realm_id
    assert choice(dashboard.open("connection")) != first.realm_id


@pytest.mark.promise(5)
def test_an_address_does_not_open_a_run_of_the_other_company(two):
    dashboard, first, second = two
    app, runs = dashboard.app, []
    app.mapping.accept(second.id, 90, who=WHO)
    for connection in (first, second):
        plan = app.previewing.build(connection.id, NAMES, who=WHO)
        runs.append(app.confirming.confirm(plan.id, plan.digest, who=WHO).id)
    dashboard.open("sync_log", run=runs[0])
    assert f"Run {runs[0]} is one of {first.company_name}: choose that company" in dashboard.said
    assert not [key for key in dashboard.buttons if runs[0] in key]
    dashboard.open("sync_log", run=runs[1])
    assert "choose that company" not in dashboard.said


@pytest.mark.promise(5)
def test_a_preview_of_one_company_is_not_shown_for_the_other(two):
    dashboard, first, second = two
    plan = dashboard.app.previewing.build(first.id, Scope(), who=WHO)
    dashboard.open("sync")
    assert choice(dashboard) == second.realm_id
    assert plan.id not in dashboard.said
    assert dashboard.app.plans.latest(second.id) is None
