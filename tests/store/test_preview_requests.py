"""Requests for previews: one open a company, each claim reports only while it is the latest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qbsync.domain.errors import PreviewOpen
from qbsync.domain.plan import Scope
from qbsync.domain.preview_request import PreviewRequest, RequestStatus
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.preview_requests import PreviewRequests
from tests.store.racing import race
from tests.store.stored import NOW, WHO, connected, later

SCOPE = Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({date(2026, 11, 14)}))


def asked(connection_id: int, name: str = "one", minutes: int = 0) -> PreviewRequest:
    return PreviewRequest(id=name, connection_id=connection_id, scope=SCOPE, asked_by=WHO, asked_at=later(minutes))


@pytest.fixture
def store(database: Database) -> PreviewRequests:
    return PreviewRequests(database)


@pytest.fixture
def company(database: Database) -> int:
    return connected(database).id


def test_a_request_comes_back_as_it_was_asked(store: PreviewRequests, company: int):
    assert store.latest(company) is None
    store.add(asked(company))
    assert store.latest(company) == asked(company)


def test_a_company_has_one_open_request(store: PreviewRequests, company: int):
    store.add(asked(company))
    with pytest.raises(PreviewOpen, match="being built already"):
        store.add(asked(company, "two", 1))
    store.cancel("one", later(2))
    store.add(asked(company, "two", 3))
    assert store.latest(company) == asked(company, "two", 3)


def test_the_oldest_is_taken_first_and_once(store: PreviewRequests, company: int):
    store.add(asked(company))
    taken = store.claim(later(1), stalled_before=NOW)
    assert taken == replace(asked(company), status=RequestStatus.BUILDING, claim=1)
    assert store.claim(later(1), stalled_before=NOW) is None


def test_of_many_workers_one_takes_it(store: PreviewRequests, company: int):
    store.add(asked(company))
    found = race(lambda _: store.claim(later(1), stalled_before=NOW))
    assert sum(one is not None for one in found) == 1


def test_steps_are_counted_until_it_is_ready(store: PreviewRequests, company: int):
    store.add(asked(company))
    taken = store.claim(later(1), stalled_before=NOW)
    assert taken
    assert store.begin_step(taken, "Reading", later(2))
    assert store.begin_step(taken, "Comparing", later(3))
    found = store.latest(company)
    assert found
    assert (found.step, found.doing, found.is_open) == (2, "Comparing", True)
    assert store.finish(taken, "plan-1", later(4))
    found = store.latest(company)
    assert found
    assert (found.status, found.plan_id, found.is_open) == (RequestStatus.READY, "plan-1", False)


def test_a_worker_that_was_not_heard_of_loses_its_request(store: PreviewRequests, company: int):
    store.add(asked(company))
    first = store.claim(later(1), stalled_before=NOW)
    assert first
    assert store.begin_step(first, "Reading", later(2))
    assert store.claim(later(3), stalled_before=later(2)) is None
    second = store.claim(later(8), stalled_before=later(3))
    assert second
    assert second.claim == 2
    assert not store.begin_step(first, "Comparing", later(9))
    assert not store.finish(first, "plan-1", later(9))
    assert not store.fail(first, "no", later(9))
    assert store.finish(second, "plan-2", later(9))


@pytest.mark.parametrize("end", ["cancel", "finish", "fail"])
def test_an_ended_request_stays_as_it_is(store: PreviewRequests, company: int, end: str):
    store.add(asked(company))
    taken = store.claim(later(1), stalled_before=NOW)
    assert taken
    match end:
        case "cancel":
            store.cancel(taken.id, later(2))
        case "finish":
            store.finish(taken, "plan-1", later(2))
        case _:
            store.fail(taken, "QuickBooks is away.", later(2))
    ended = store.latest(company)
    assert ended
    assert not ended.is_open
    store.cancel(taken.id, later(3))
    assert not store.begin_step(taken, "Reading", later(3))
    assert store.claim(later(30), stalled_before=later(20)) is None
    assert store.latest(company) == ended
