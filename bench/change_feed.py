"""What a change feed would save when time entries are read again, and what it would not tell: see docs/adr/0010."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import TemporaryDirectory

from tests.sandbox.sandbox_client import Company, Json, Served

ENTRIES = 50_000
PAGE = 1000  # also the most that change data capture tells at once
BATCH = 30
CASES = (
    # changed  deleted before the changes
    (0, 0),
    (40, 10),
    (990, 10),
    (1500, 10),
)


@dataclass
class Told:
    """What one way of reading told, in how many calls."""

    calls: int = 0
    changed: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    tells_gone: bool = False  # what was not read is gone

    def missed(self, changed: set[str], deleted: set[str]) -> str:
        """How many of these it did not tell."""
        unseen = deleted & self.changed if self.tells_gone else deleted - self.deleted
        return f"{len(changed - self.changed)} and {len(unseen)}"


def main() -> None:
    """Print a table: the case, and for each way the calls, the seconds, and how many changes it did not tell."""
    with TemporaryDirectory() as folder:
        served = Served.start("--no-throttle", "--state", f"{folder}/company.db", "--size", str(ENTRIES))
        served.control("settings", {"cdc_time_activity": True})  # whether QuickBooks tells of hours is uncertain
        served.control("clock", {"advance_seconds": 86_400})  # all that was planted is older
        try:
            print(f"\n{ENTRIES:,} time entries\n")
            print("changed  deleted  way                calls  seconds  changes and deletions not told")
            for changed, deleted in CASES:
                measure(served, changed, deleted)
        finally:
            served.stop()


def measure(served: Served, changed: int, deleted: int) -> None:
    since = pass_some(served)
    company = served.connect()
    body = company.time()
    gone = delete(company, deleted)
    new: set[str] = set()
    while len(new) < changed:
        pass_some(served)
        new |= create(company, body, min(BATCH, changed - len(new)))
    for name, way in (("change feed", feed), ("by time of change", by_time), ("whole", whole)):
        started = time.perf_counter()
        told = way(company, since)
        seconds = time.perf_counter() - started
        missed = told.missed(new, gone)
        print(f"{changed:7,}  {deleted:7}  {name:17} {told.calls:6}  {seconds:7.2f}  {missed}")


def pass_some(served: Served) -> str:
    """A few seconds pass; returns the present."""
    told: str = served.control("clock", {"advance_seconds": 5})["now"]
    return datetime.fromisoformat(told).isoformat(timespec="seconds")


def create(company: Company, body: Json, count: int) -> set[str]:
    items = ({"bId": str(number), "operation": "create", "TimeActivity": body} for number in range(count))
    return {str(one["TimeActivity"]["Id"]) for one in company.batch(*items).json()["BatchItemResponse"]}


def delete(company: Company, count: int) -> set[str]:
    found = company.rows(f"select * from TimeActivity maxresults {max(count, 1)}")[:count]  # noqa: S608
    items = (
        {"bId": str(number), "operation": "delete", "TimeActivity": {"Id": one["Id"], "SyncToken": one["SyncToken"]}}
        for number, one in enumerate(found)
    )
    if found:
        company.batch(*items)
    return {str(one["Id"]) for one in found}


def feed(company: Company, since: str) -> Told:
    """Change data capture: it has no pages, so what did not fit is asked for from the last change that was told."""
    told = Told()
    while True:
        answer = company.call("GET", "cdc", params={"entities": "TimeActivity", "changedSince": since}).json()
        rows: list[Json] = answer["CDCResponse"][0]["QueryResponse"][0].get("TimeActivity", [])
        told.calls += 1
        told.deleted |= {str(row["Id"]) for row in rows if row.get("status") == "Deleted"}
        told.changed |= {str(row["Id"]) for row in rows if row.get("status") != "Deleted"}
        latest = max((row["MetaData"]["LastUpdatedTime"] for row in rows), default=since)
        if len(rows) < PAGE or latest == since:
            return told
        since = latest


def by_time(company: Company, since: str) -> Told:
    """A query for what was changed since; it never tells of what is gone."""
    return _pages(company, f"where MetaData.LastUpdatedTime >= '{since}'")


def whole(company: Company, since: str) -> Told:
    """All of them, counted before and after, as the product reads: what is not there is gone."""
    told = _pages(company, "")
    told.calls += 2  # the counts
    told.tells_gone = True
    return told


def _pages(company: Company, where: str) -> Told:
    told = Told()
    while True:
        start = told.calls * PAGE + 1
        rows = company.rows(f"select * from TimeActivity {where} orderby Id startposition {start} maxresults {PAGE}")  # noqa: S608
        told.calls += 1
        told.changed |= {str(row["Id"]) for row in rows}
        if len(rows) < PAGE:
            return told


if __name__ == "__main__":
    main()
