"""Years of time entries, for the sizes at which a program shows what it can do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Record, Store
from qbsync.sandbox.entities import KINDS

ENTRIES_MAX: Final = 2_000_000
DAYS: Final = 1_000  # working back from a week ago
ENTRY: Final = KINDS["TimeActivity"]


def plant_history(store: Store, clock: Clock, realm: str, entries: int) -> None:
    """So many more time entries, each like one that the rules have let in, on other days and for other people.

    In the caller's transaction. They are put down as records without a history of changes.
    """
    models = [record for record in _models(store, realm) if record is not None]
    if not models or not entries:
        return
    for record in _rows(store, clock, realm, models, entries):
        store.put(realm, record, ENTRY.columns(record.body, active=True))


def _models(store: Store, realm: str) -> Iterator[Record | None]:
    for (key,) in store.rows("SELECT id FROM record WHERE realm = ? AND entity = ? LIMIT 100", realm, ENTRY.name):
        yield store.get(realm, ENTRY.name, int(key))


def _rows(store: Store, clock: Clock, realm: str, models: list[Record], entries: int) -> Iterator[Record]:
    workers = [str(key) for (key,) in store.rows(
        "SELECT id FROM record WHERE realm = ? AND entity = 'Employee' AND active = 1 ORDER BY id", realm
    )]  # fmt: skip
    last_day = clock.today() - timedelta(days=7)
    for number in range(entries):
        model = models[number % len(models)]
        yield replace(
            model,
            id=store.next_id(realm, ENTRY.id_space),
            body=_body(model.body, workers[number % len(workers)], last_day, number),
            created=model.created + number % 86_400,
            updated=model.updated + number % 86_400,
        )


def _body(model: dict[str, Any], worker: str, last_day: date, number: int) -> dict[str, Any]:
    return {
        **model,
        "TxnDate": (last_day - timedelta(days=number % DAYS)).isoformat(),
        "EmployeeRef": {"value": worker},
        "Hours": 1 + number % 10,
        "Minutes": number % 4 * 15,
    }
