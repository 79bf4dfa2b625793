"""QuickBooks' limits hold in the times at which it received the requests of two processes (invariant I7)."""

from __future__ import annotations

import pytest

from tests.company import Company
from tests.faults.invariants import Invariants, Limits
from tests.faults.processes import started, worker
from tests.faults.runs import check_some_are_done, confirm_some, wait_until_ended
from tests.faults.tasks import ask_on_and_on

# Rates as we set them, and limits of a window as QuickBooks would have them: as much apart as those of the product.
RATES = {"requests_per_second": 1000, "requests_per_minute": 600, "batches_per_minute": 60}
LIMITS = Limits(seconds=4, requests=60, batches=6)  # 40 and a burst of 10 within 4 s; 4 batches and a burst of 1


@pytest.mark.fault(3)
@pytest.mark.promise(11)
def test_a_run_and_a_reader_together_keep_to_every_limit(stored_company: Company):
    company = stored_company
    run_id = confirm_some(company)
    seen = len(company.books.requests())
    invariants = Invariants(company, run_id, limits=LIMITS)
    with started(ask_on_and_on, company, RATES), worker(company, "the worker", settings=RATES):
        wait_until_ended(company.app(), run_id)
    callers = {row["caller"] for row in company.books.requests()[seen:]}
    assert callers >= {"the worker", "the reader"}
    check_some_are_done(company, run_id, invariants)
