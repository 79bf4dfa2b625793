"""What both engines promise: a confirmed run is pushed to its end, and no company waits for another one's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from qbsync.domain.errors import RunOpen
from qbsync.domain.run import RunStatus
from qbsync.store.database import Database
from tests.waiting import wait_for
from tests.worker.queueing import SECONDS_MAX, Queueing, Staying, embedded, shared

Make = Callable[..., Queueing]
KINDS = {
    "embedded on SQLite": ("sqlite", embedded),
    "embedded on PostgreSQL": ("postgresql", embedded),
    "procrastinate": ("postgresql", shared),
}


@pytest.fixture(params=list(KINDS))
def make(request: pytest.FixtureRequest) -> Make:
    kind, opened = KINDS[request.param]
    database: Database = request.getfixturevalue(kind)
    return lambda *arguments: opened(database, *arguments)


@pytest.fixture
def shop(make: Make) -> Queueing:
    return make()


def test_a_confirmed_run_is_found_and_pushed_once(shop: Queueing):
    run = shop.confirmed(shop.company(1))
    assert shop.work(shop.end) == 1
    assert shop.runs.get(run.id).status is RunStatus.DONE
    assert shop.work(shop.end) == 0


def test_a_resting_run_is_left_alone_until_its_time(shop: Queueing):
    run = shop.confirmed(shop.company(1))
    assert shop.work(lambda run_id: shop.rest(run_id, seconds=60)) == 1
    assert shop.work(shop.end) == 0
    shop.let_pass(seconds=60)
    assert shop.work(shop.end) == 1
    assert shop.runs.get(run.id).status is RunStatus.DONE


def test_a_run_waits_for_its_connection(shop: Queueing):
    company = shop.company(1)
    run = shop.confirmed(company)

    def lose_the_consent(run_id: str) -> bool:
        shop.disconnect(company)
        return shop.rest(run_id)

    assert shop.work(lose_the_consent) == 1
    assert shop.work(shop.end) == 0
    shop.disconnect(company, again=True)
    assert shop.work(shop.end) == 1
    assert shop.runs.get(run.id).status is RunStatus.DONE


def test_a_resting_run_that_is_cancelled_comes_back_at_once(shop: Queueing):
    run = shop.confirmed(shop.company(1))
    shop.work(lambda run_id: shop.rest(run_id, seconds=3600))
    shop.runs.cancel(run.id, "controller", shop.clock())
    assert shop.work(shop.end) == 1


def test_a_confirm_that_is_refused_leaves_nothing_to_push(shop: Queueing):
    company = shop.company(1)
    run = shop.confirmed(company)
    with pytest.raises(RunOpen):
        shop.confirmed(company)
    assert shop.work(shop.end) == 1
    assert (shop.runs.get(run.id).status, shop.statuses()) == (RunStatus.DONE, ["done"])


def test_two_companies_are_pushed_side_by_side(shop: Queueing):
    for number in (1, 2):
        shop.confirmed(shop.company(number))
    both = threading.Barrier(2)

    def push(run_id: str) -> bool:
        both.wait(SECONDS_MAX)  # it passes only while the other one is under way as well
        return shop.end(run_id)

    assert shop.work(push) == 2
    assert shop.statuses() == ["done", "done"]


def test_no_more_companies_are_pushed_side_by_side_than_allowed(make: Make):
    shop = make(2)
    for number in range(5):
        shop.confirmed(shop.company(number))
    under_way, most, lock = [0], [0], threading.Lock()

    def push(run_id: str) -> bool:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.05)
        with lock:
            under_way[0] -= 1
        return shop.end(run_id)

    assert shop.work(push) == 5
    assert most == [2]


def test_a_company_has_one_push_at_a_time(shop: Queueing):
    """Its next run may be confirmed while the push of the one before is on its way back."""
    company = shop.company(1)
    shop.confirmed(company)
    events: list[str] = []

    def push(run_id: str) -> bool:
        events.append("begins")
        shop.end(run_id)
        if len(events) == 1:
            shop.confirmed(company)
            time.sleep(1.2)  # longer than either engine waits between two looks
        events.append("comes back")
        return True

    with Staying(shop, push):
        wait_for(lambda: len(events) == 4, "both pushes")
    assert events == ["begins", "comes back"] * 2


def test_a_slow_company_holds_up_no_other_one(shop: Queueing):
    slow = shop.confirmed(shop.company(1))
    go_on = threading.Event()

    def push(run_id: str) -> bool:
        return (run_id != slow.id or go_on.wait(SECONDS_MAX)) and shop.end(run_id)

    with Staying(shop, push):
        shop.confirmed(shop.company(2))
        wait_for(lambda: shop.statuses().count("done") == 1, "1 done")
        shop.confirmed(shop.company(3))  # it is confirmed while the slow one is under way
        wait_for(lambda: shop.statuses().count("done") == 2, "2 done")
        go_on.set()
    assert shop.statuses() == ["done"] * 3


def test_a_run_that_fails_holds_up_no_other_one(shop: Queueing):
    broken = shop.confirmed(shop.company(1))
    shop.confirmed(shop.company(2))

    def push(run_id: str) -> bool:
        if run_id == broken.id:
            raise ZeroDivisionError("a bug")
        return shop.end(run_id)

    with Staying(shop, push):
        wait_for(lambda: shop.statuses().count("done") == 1, "1 done")


def test_told_to_stop_it_comes_back_when_each_push_has_and_begins_no_other_one(shop: Queueing):
    began, go_on = threading.Event(), threading.Event()
    shop.confirmed(shop.company(1))

    def push(run_id: str) -> bool:
        began.set()
        go_on.wait(SECONDS_MAX)
        return shop.end(run_id)

    with Staying(shop, push) as staying:
        assert began.wait(SECONDS_MAX)
        staying.tell_to_stop()
        assert not staying.has_come_back(within=1)
        shop.confirmed(shop.company(2))
        go_on.set()
        assert staying.has_come_back()
    assert (staying.pushed, shop.statuses()) == (1, ["done", "queued"])
