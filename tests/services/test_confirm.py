"""Confirming runs exactly what was shown and ticked; what changed since is refused line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbsync.domain.errors import BadInput, PlanChanged, PlanNotOpen, RunOpen
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind
from qbsync.domain.records import Customer, Status
from qbsync.domain.run import RunStatus
from qbsync.store.database import Database
from tests.domain.samples import payroll_row, vendor_bill
from tests.services.desk import WHO, Desk, create, open_desk, the_change

MONDAY = "2026-11-22|E1|P1|03-300|Day|2026-11-16|regular"
TUESDAY = MONDAY.replace("11-16", "11-17")


@pytest.fixture
def desk(sqlite: Database) -> Desk:
    """A desk with two days of work, a bill, and a bill that is still a draft."""
    draft = vendor_bill("5.00", core_id="VB-2", number="INV-8", status=Status.DRAFT)
    return open_desk(sqlite, payroll_row("8 8 0 0 0 0 0"), vendor_bill(), draft)


def test_confirming_only_enqueues(desk: Desk):
    run = desk.confirm(desk.preview())
    assert run.status is RunStatus.QUEUED
    assert (run.confirmed_by, run.trigger, run.created_at) == (WHO, "manual", desk.clock())
    assert desk.engine.waiting == [run.id]
    assert desk.ledger.sends == []


def test_by_default_everything_that_can_be_sent_is_ticked(desk: Desk):
    plan = desk.preview()
    assert set(desk.statuses(desk.confirm(plan))) == {"C1", "P1", "V1", "E1", "VB-1", MONDAY, TUESDAY}


REFUSED = [
    # ticked rows                        what is said
    ([99], "has no row 99"),
    ([], "No row is ticked"),
    (["VB-2"], "is blocked: it cannot be confirmed"),
]


@pytest.mark.parametrize(("ticked", "said"), REFUSED, ids=[row[1] for row in REFUSED])
def test_rows_that_cannot_run_are_refused(desk: Desk, ticked: list[int | str], said: str):
    plan = desk.preview()
    seqs = [the_change(plan, one).seq if isinstance(one, str) else one for one in ticked]
    with pytest.raises(BadInput, match=said):
        desk.confirming.confirm(plan.id, plan.digest, seqs, who=WHO)
    assert desk.runs.open_run(desk.connection.id) is None
    assert desk.engine.waiting == []


LIMITS = [
    # limits of the company                                  typed    sent
    ({"word_above": 6}, "", False),  # there are seven
    ({"word_above": 6}, "send", False),
    ({"word_above": 6}, "SEND", True),
    ({"word_above": 7}, "", True),
    ({"word_above": None}, "", True),
    ({"word_above_amount": Decimal("99.99")}, "", False),  # the bill is of 100.00
    ({"word_above_amount": Decimal("100.00")}, "", True),
    ({"word_above": 1}, None, True),  # a script that names the digest
]


@pytest.mark.parametrize(("limits", "typed", "sent"), LIMITS)
def test_above_the_company_s_limits_a_person_types_a_word(
    desk: Desk, limits: dict[str, Any], typed: str | None, sent: bool
):
    desk.decide(**limits)
    plan = desk.preview()
    if sent:
        assert desk.confirming.confirm(plan.id, plan.digest, who=WHO, typed=typed).is_open
        return
    with pytest.raises(BadInput, match=r"7 records, with 100\.00 on bills and credits: .* Type SEND"):
        desk.confirming.confirm(plan.id, plan.digest, who=WHO, typed=typed)
    assert desk.engine.waiting == []


def test_a_plan_of_another_mapping_is_not_confirmed(desk: Desk):
    plan = desk.preview()
    desk.map(create(MapKind.EMPLOYEE, "E9", LedgerKind.VENDOR))
    with pytest.raises(PlanChanged, match="mapping was saved after"):
        desk.confirm(plan)
    assert desk.confirm(desk.preview()).is_open


def test_a_plan_is_confirmed_by_its_digest_once(desk: Desk):
    plan = desk.preview()
    with pytest.raises(PlanChanged):
        desk.confirming.confirm(plan.id, "something else", who=WHO)
    desk.confirm(plan)
    with pytest.raises(PlanNotOpen):
        desk.confirm(plan)
    assert len(desk.engine.waiting) == 1


def test_while_a_run_is_open_another_plan_waits(desk: Desk):
    run = desk.confirm(desk.preview(), "vendor:V1")
    second = desk.preview()
    with pytest.raises(RunOpen):
        desk.confirm(second)
    desk.clock.forward(seconds=1)
    desk.push(run)
    with pytest.raises(PlanChanged, match="Another sync ended after"):
        desk.confirm(second)  # it did not see what the run wrote
    assert desk.sync().status is RunStatus.DONE
    assert len(desk.held(LedgerKind.VENDOR)) == 1


def test_rows_that_core_changed_after_the_preview_are_not_sent(desk: Desk):
    plan = desk.preview()
    desk.load(payroll_row("8 7 0 0 0 0 0"), Customer(core_id="C1", name="Harborview Partners", city="Oakland"))
    run = desk.push(desk.confirm(plan))
    assert run.status is RunStatus.PARTLY_FAILED
    assert desk.statuses(run) == {
        "C1": "stale",
        "P1": "skipped",  # its customer is not there
        "V1": "done",
        "E1": "done",  # linked by the mapping, whatever Core says of it
        "VB-1": "skipped",
        MONDAY: "stale",  # any change of the week may move overtime between its days
        TUESDAY: "stale",
    }
    assert "changed in Core after the preview" in desk.outcomes(run)[MONDAY].message
    assert desk.held(LedgerKind.TIME_ACTIVITY) == []

    assert desk.sync().status is RunStatus.DONE
    assert len(desk.held(LedgerKind.TIME_ACTIVITY)) == 2


def test_loading_the_same_export_again_makes_nothing_stale(desk: Desk):
    plan = desk.preview()
    desk.load(payroll_row("8 8 0 0 0 0 0"), vendor_bill())
    assert desk.push(desk.confirm(plan)).status is RunStatus.DONE
