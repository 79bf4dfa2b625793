"""Statements are escaped once and rightly, and a read is complete or raises."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qbsync.domain.errors import Unavailable
from qbsync.domain.ledger import LedgerKind
from qbsync.qbo.query import ANY_ACTIVE, QueryReader, among, equals, quote, select, select_count, within
from qbsync.qbo.wire_json import dumps
from tests.qbo.support import Asked, Reply, harness, serving


def unquote(text: str) -> str:
    """Read a quoted text as a query parser does; fails when it ends too soon or not at all."""
    found, at = [], 1
    assert text[0] == "'"
    while text[at] != "'":
        at += text[at] == "\\"
        found.append(text[at])
        at += 1
    assert at == len(text) - 1, "the text ended before its end"
    return "".join(found)


@pytest.mark.promise(24)
@given(st.text())
@example("O'Brien")
@example("A\\B")
@example("\\'")
@example("ends with \\")
@example("'; SELECT * FROM Bill --")
@example("Smith & Sons: Job #4")
@example("Crane 🏗️ Hire")
@example("שלום בע״מ")
@example("''")
def test_any_text_survives_quoting(text):
    assert unquote(quote(text)) == text


def test_statements_read_like_quickbooks_writes_them():
    first, last = date(2026, 11, 16), date(2026, 11, 22)
    assert select(LedgerKind.TIME_ACTIVITY, within("TxnDate", first, last), start=1001) == (
        "SELECT * FROM TimeActivity WHERE TxnDate >= '2026-11-16' AND TxnDate <= '2026-11-22'"
        " ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000"
    )
    assert select_count(LedgerKind.CUSTOMER, (equals("DisplayName", "O'Brien"), ANY_ACTIVE)) == (
        "SELECT COUNT(*) FROM Customer WHERE DisplayName = 'O\\'Brien' AND Active IN (true,false)"
    )
    assert select_count(LedgerKind.BILL, ()) == "SELECT COUNT(*) FROM Bill"
    assert among("Id", ["1", "2"]) == "Id IN ('1','2')"


class Table:
    """Answers statements over numbered rows; `hide` is called with the rows of each page."""

    def __init__(self, rows: int, counts: list[int | None] | None = None, hide=lambda page: page) -> None:
        self.ids = [str(number) for number in range(1, rows + 1)]
        self.counts, self.hide, self.statements = counts or [], hide, list[str]()

    def __call__(self, asked: Asked) -> Reply:
        self.statements.append(asked.body)
        if "COUNT(*)" in asked.body:
            count = self.counts.pop(0) if self.counts else len(self._chosen(asked.body))
            return Reply(body=dumps({"QueryResponse": {"totalCount": count}}))
        asked_for = re.search(r"STARTPOSITION (\d+)", asked.body)
        assert asked_for, "a read must say where it starts"
        start = int(asked_for[1])
        page = self.hide(self._chosen(asked.body)[start - 1 : start + 999])
        rows = [{"Id": record_id} for record_id in page]
        return Reply(body=dumps({"QueryResponse": {"Bill": rows, "maxResults": 4711} if rows else {}}))

    def _chosen(self, statement: str) -> list[str]:
        wanted = re.search(r"Id IN \((.*?)\)", statement)
        if not wanted:
            return self.ids
        return [record_id for record_id in re.findall(r"'(\d+)'", wanted[1]) if record_id in self.ids]


@pytest.fixture
def reading():
    """A function that gives a reader over a table."""
    with serving() as server:

        def over(table: Table) -> QueryReader:
            server.answer = table
            return QueryReader(harness(server.base).transport)

        yield over


@pytest.mark.promise(18)
@pytest.mark.parametrize("rows", [0, 1, 999, 1000, 1001, 2000, 2500])
def test_all_pages_are_read_in_order_and_once(reading, rows):
    table = Table(rows)
    found = reading(table).all(LedgerKind.BILL)
    assert [record["Id"] for record in found] == table.ids


def test_one_page_costs_two_requests(reading):
    table = Table(10)
    reading(table).all(LedgerKind.BILL)
    assert len(table.statements) == 2


def test_rows_that_come_twice_are_taken_once(reading):
    table = Table(1500, hide=lambda page: [*page, *page[-3:]] if len(page) < 1000 else page)
    assert len(reading(table).all(LedgerKind.BILL)) == 1500


@pytest.mark.promise(18)
def test_a_page_that_lies_is_caught(reading):
    table = Table(1500, hide=lambda page: page[:-1])
    with pytest.raises(Unavailable, match="incomplete read"):
        reading(table).all(LedgerKind.BILL)


@pytest.mark.promise(19)
def test_rows_that_move_while_we_read_are_read_again(reading):
    table = Table(1500, counts=[1501, 1500, 1499, 1500, 1500])
    assert len(reading(table).all(LedgerKind.BILL)) == 1500
    assert sum("COUNT" in statement for statement in table.statements) == 5


def test_an_answer_without_a_count_is_no_answer(reading):
    table = Table(3)
    table.counts = [None]
    with pytest.raises(Unavailable):
        reading(table).all(LedgerKind.BILL)


def test_ids_are_asked_a_hundred_at_a_time_and_once_each(reading):
    table = Table(250)
    found = reading(table).with_ids(LedgerKind.BILL, [*table.ids, "1"])
    assert len(found) == 250
    assert len(table.statements) == 3


@pytest.mark.promise(18)
def test_an_id_counts_as_gone_only_when_quickbooks_counts_so_too(reading):
    table = Table(3)
    assert len(reading(table).with_ids(LedgerKind.BILL, ["1", "2", "99"])) == 2
    hiding = Table(3, hide=lambda page: page[:-1])
    with pytest.raises(Unavailable, match="incomplete read"):
        reading(hiding).with_ids(LedgerKind.BILL, ["1", "2", "3"])


def test_no_ids_ask_nothing(reading):
    table = Table(3)
    assert reading(table).with_ids(LedgerKind.BILL, []) == []
    assert table.statements == []
