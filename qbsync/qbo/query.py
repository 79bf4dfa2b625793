"""Ask QuickBooks' query language: the one escaper, the statements, and reads that are complete or raise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import structlog

from qbsync.domain.errors import Unavailable
from qbsync.domain.ledger import LedgerKind
from qbsync.qbo.transport import Transport
from qbsync.qbo.wire_json import Json

PAGE_ROWS = 1000  # the most QuickBooks gives at once
IDS_ROWS_MAX = 100  # ids in one IN ( … )
READS_MAX = 3  # how often an incomplete read starts again
ANY_ACTIVE = "Active IN (true,false)"  # else QuickBooks leaves inactive names out

log = structlog.get_logger(__name__)


def escape(value: str) -> str:
    """A text as it must stand between single quotes. The backslash goes first, or it would escape twice."""
    return value.replace("\\", "\\\\").replace("'", "\\'")


def quote(value: str) -> str:
    """A text in single quotes, escaped."""
    return f"'{escape(value)}'"


def equals(field: str, value: str) -> str:
    """The condition `field = 'value'`."""
    return f"{field} = {quote(value)}"


def among(field: str, values: Sequence[str]) -> str:
    """The condition `field IN ('a','b')`."""
    return f"{field} IN ({','.join(quote(value) for value in values)})"


def within(field: str, first: date, last: date) -> tuple[str, str]:
    """The two conditions that a date lies in first ... last, both included."""
    return f"{field} >= {quote(first.isoformat())}", f"{field} <= {quote(last.isoformat())}"


def select(kind: LedgerKind, conditions: Sequence[str], *, start: int = 1) -> str:
    """The statement for one page of whole records, in the order of their ids. `start` counts from 1."""
    return f"SELECT * FROM {kind}{_where(conditions)} ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE_ROWS}"  # noqa: S608  (values come escaped)


def select_count(kind: LedgerKind, conditions: Sequence[str]) -> str:
    """The statement for the number of records."""
    return f"SELECT COUNT(*) FROM {kind}{_where(conditions)}"  # noqa: S608  (values come escaped)


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


class QueryReader:
    """Reads whole result sets: every record once, and as many as QuickBooks counts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, kind: LedgerKind, conditions: Sequence[str] = ()) -> list[Json]:
        """All records that meet the conditions. Raises Unavailable when the read stays incomplete."""
        for _ in range(READS_MAX):
            count = self.count(kind, conditions)
            records = self._pages(kind, conditions)
            if len(records) == count and self._still(kind, conditions, count):
                return list(records.values())
            log.warning("qbo_incomplete_read", kind=kind.value, counted=count, read=len(records))
        raise Unavailable(
            f"QuickBooks gave an incomplete read of its {kind} records {READS_MAX} times, so nothing was "
            "concluded from it. Try again in a few minutes."
        )

    def with_ids(self, kind: LedgerKind, ids: Sequence[str], conditions: Sequence[str] = ()) -> list[Json]:
        """The records of these ids. One that is absent is truly gone: its absence was counted as well."""
        found: list[Json] = []
        unique = list(dict.fromkeys(ids))
        for at in range(0, len(unique), IDS_ROWS_MAX):
            found += self._chunk(kind, unique[at : at + IDS_ROWS_MAX], conditions)
        return found

    def count(self, kind: LedgerKind, conditions: Sequence[str] = ()) -> int:
        """How many records meet the conditions."""
        answer = self._transport.query(select_count(kind, conditions))
        response = answer.body.get("QueryResponse")
        if not isinstance(response, dict) or not isinstance(response.get("totalCount"), int):
            raise Unavailable("QuickBooks did not say how many records it has.", trace=answer.trace)
        return int(response["totalCount"])

    def _chunk(self, kind: LedgerKind, ids: Sequence[str], conditions: Sequence[str]) -> list[Json]:
        wanted = (among("Id", ids), *conditions)
        found = self._page(kind, wanted, 1)
        return found if len(_by_id(found)) == len(ids) else self.all(kind, wanted)

    def _pages(self, kind: LedgerKind, conditions: Sequence[str]) -> dict[str, Json]:
        records: dict[str, Json] = {}
        for page in self._each_page(kind, conditions):
            records.update(_by_id(page))
        return records

    def _each_page(self, kind: LedgerKind, conditions: Sequence[str]) -> Iterator[list[Json]]:
        start = 1
        while True:
            page = self._page(kind, conditions, start)
            yield page
            start += len(page)
            if len(page) < PAGE_ROWS:
                return

    def _page(self, kind: LedgerKind, conditions: Sequence[str], start: int) -> list[Json]:
        answer = self._transport.query(select(kind, conditions, start=start))
        response = answer.body.get("QueryResponse")
        if not isinstance(response, dict):
            raise Unavailable("QuickBooks answered a query without a result.", trace=answer.trace)
        return list(response.get(kind.value) or ())

    def _still(self, kind: LedgerKind, conditions: Sequence[str], count: int) -> bool:
        """Over several pages rows can move while we read: count again afterwards. One page is one moment."""
        return count < PAGE_ROWS or self.count(kind, conditions) == count


def _by_id(records: Sequence[Json]) -> dict[str, Json]:
    return {str(record["Id"]): record for record in records}
