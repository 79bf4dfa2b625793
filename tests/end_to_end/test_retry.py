"""A record that failed is tried again on the command line: previewed afresh, confirmed, and posted once."""

from __future__ import annotations

import json

from qbsync.bootstrap import App
from qbsync.domain.ledger import BillDocument
from qbsync.domain.plan import Change, Plan, Scope
from qbsync.domain.wanted import SyncKind
from tests.company import WHO, Company
from tests.local_books import REALM


def some_bill(plan: Plan) -> tuple[Change, BillDocument]:
    """A bill that can be sent and whose vendor is in QuickBooks."""
    return next(
        (one, one.content)
        for one in plan.changes
        if isinstance(one.content, BillDocument) and one.can_run and not one.requires
    )


def pushed(app: App, plan: Plan, rows: list[int] | None = None) -> str:
    run = app.confirming.confirm(plan.id, plan.digest, rows, who=WHO)
    app.running.push(run.id)
    return run.id


def test_a_bill_whose_vendor_was_inactive_is_tried_again_and_posted_once(company: Company):
    app = company.app()
    plan = app.previewing.build(app.connection().id, Scope(kinds=frozenset({SyncKind.BILL})), who=WHO)
    change, bill = some_bill(plan)
    company.books.control(f"{REALM}/deactivate", entity="Vendor", id=bill.vendor.id)
    run_id = pushed(app, plan, [change.seq])
    assert [one.status.value for one in app.runs.outcomes(run_id)] == ["failed"]

    (still,) = app.retrying.build(run_id, [change.seq], who=WHO).changes
    assert (still.action.value, still.ticked_by_default) == ("blocked", False)
    assert "which is inactive in QuickBooks" in still.reason

    company.books.control(f"{REALM}/edit", entity="Vendor", id=bill.vendor.id, changes={"Active": True})
    done = company.command("run", "retry", run_id, "--row", str(change.seq), "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    (again,) = shown["changes"]
    assert (again["core_id"], again["action"], again["ticked"]) == (change.core_id, "create", True)
    numbered = f"WHERE DocNumber = '{bill.number}'"
    assert company.books.read_all("Bill", numbered) == []

    second = pushed(app, app.plans.get(shown["id"]))
    assert app.runs.get(second).status.value == "done"
    assert len(company.books.read_all("Bill", numbered)) == 1
