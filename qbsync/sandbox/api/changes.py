"""Change data capture: what was changed or deleted since a moment, entity by entity, in one answer without pages."""

from __future__ import annotations

from typing import Any, Final

from qbsync.sandbox.api.select import row_as_json
from qbsync.sandbox.clock import parse_moment, stamp
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Kind
from qbsync.sandbox.entities import BY_PATH

LOOK_BACK_SECONDS: Final = 30 * 86_400
OBJECTS_MAX: Final = 1000
NOT_TOLD: Final = {"TaxAgency", "TaxCode", "TaxRate"}


def run_changes(books: Books, entities: str, since: str) -> dict[str, Any]:
    """The CDCResponse: one QueryResponse for each entity, in the asked order. What does not fit is left out."""
    kinds = _kinds(entities, time_activity=books.readings.cdc_time_activity)
    moment = _moment(books, since)
    groups: list[dict[str, Any]] = []
    room = OBJECTS_MAX
    for kind in kinds:
        group = _group(books, kind, moment, room)
        room -= group.get("maxResults", 0)
        groups.append(group)
    return {"QueryResponse": groups if any(groups) else [{}]}


def _kinds(entities: str, *, time_activity: bool) -> list[Kind]:
    if not entities.strip():
        raise faults.missing("entities")
    return [_kind(name, time_activity=time_activity) for name in dict.fromkeys(map(_trimmed, entities.split(",")))]


def _trimmed(name: str) -> str:
    return name.strip().lower()


def _kind(name: str, *, time_activity: bool) -> Kind:
    kind = BY_PATH.get(name)
    if kind is None or kind.name in NOT_TOLD or (kind.name == "TimeActivity" and not time_activity):
        raise faults.unsupported(f"cdc for entity {kind.name if kind else name!r}")
    return kind


def _moment(books: Books, since: str) -> int:
    """The whole second that is meant, as MetaData tells the time. Refused when older than the look-back (500)."""
    if not since:
        raise faults.missing("changedSince")
    try:
        moment = int(parse_moment(since))
    except (ValueError, OverflowError):
        raise RefusalError("2060", f"Invalid Date format : {since}", "changedSince") from None
    if moment < int(books.clock.seconds()) - LOOK_BACK_SECONDS:
        raise faults.unsupported(f"cdc with changedSince date {since} which is older than fixed days")
    return moment


def _group(books: Books, kind: Kind, since: int, room: int) -> dict[str, Any]:
    """Whole objects, oldest change first, then the stubs of what was deleted."""
    held = books.store.page(books.realm, kind.name, "updated >= ?", (since,), "updated, id", limit=room + 1, offset=0)
    gone = books.store.deleted(books.realm, kind.name, since, limit=room + 1)
    found = [*(row_as_json(books, kind, row) for row in held), *(_stub(key, at) for key, at in gone)]
    shown = found[:room]
    if not shown:
        return {}
    answer = {kind.name: shown, "startPosition": 1, "maxResults": len(shown)}
    if len(found) <= room:
        answer["totalCount"] = len(found)
    return answer


def _stub(key: int, at: float) -> dict[str, Any]:
    return {"domain": "QBO", "status": "Deleted", "Id": str(key), "MetaData": {"LastUpdatedTime": stamp(at)}}
