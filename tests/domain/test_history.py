"""What the log says about an old outcome: how a later run fared with the same record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qbsync.domain.decide import Action
from qbsync.domain.history import met_again
from qbsync.domain.run import Outcome, OutcomeStatus
from qbsync.domain.wanted import SyncKind

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def outcome(run_id: str, hour: int | None, status: OutcomeStatus = OutcomeStatus.FAILED) -> Outcome:
    """One of the same bill, so many hours after noon; None while it waits."""
    at = None if hour is None else NOON + timedelta(hours=hour)
    return Outcome(
        run_id=run_id,
        seq=1,
        action=Action.CREATE,
        kind=SyncKind.BILL,
        core_id="VB-1",
        title="VB-1",
        status=status,
        at=at,
    )


IT = outcome("the run", 2)
STORIES = [
    # the record's other outcomes                                                   the run that met it last
    ([], None),
    ([outcome("earlier", 1)], None),
    ([outcome("later", 3, OutcomeStatus.DONE)], "later"),
    ([outcome("later", 3), outcome("last", 4, OutcomeStatus.DONE), outcome("earlier", 1)], "last"),
    ([outcome("waiting", None, OutcomeStatus.WAITING)], None),  # nothing became of it yet
]


@pytest.mark.parametrize(("others", "last"), STORIES, ids=lambda value: str(value) if isinstance(value, str) else None)
def test_an_outcome_is_followed_to_the_last_later_run(others: list[Outcome], last: str | None):
    found = met_again(IT, [IT, *others])
    assert (found.run_id if found else None) == last


def test_what_waits_was_not_met_again():
    assert met_again(outcome("the run", None), [outcome("another", 3)]) is None
