"""A batch: up to thirty items, each carried out or refused by itself, answered in one envelope."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.api import replay
from qbsync.sandbox.api.changes import run_changes
from qbsync.sandbox.api.select import run_query
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.store import to_text
from qbsync.sandbox.entities import KINDS
from qbsync.sandbox.reports.run import run_report_query

if TYPE_CHECKING:
    from qbsync.sandbox.state import Sandbox

ITEM_WORDS: Final = {"bId", "operation", "optionsData", "Query", "ReportQuery"}
CDC_WORDS: Final = {"Entities", "ChangedSince"}


def run_batch(sandbox: "Sandbox", books: Books, payload: dict[str, Any], *, half_batch: bool = False) -> dict[str, Any]:
    """Refuses the whole only for its form; the faults of the items stand beside the items."""
    items = payload.get("BatchItemRequest")
    if payload.keys() != {"BatchItemRequest"} or not isinstance(items, list) or not items:
        raise faults.missing("BatchItemRequest")
    if len(items) > books.readings.batch_most:
        raise RefusalError("1040", f"Batch size exceeded : {len(items)} items, at most {books.readings.batch_most}")
    _check_b_ids(books, items)
    if half_batch:
        items = items[: len(items) // 2]
    if books.readings.batch_order == "reversed":
        items = items[::-1]
    return {"BatchItemResponse": [_run_item(sandbox, books, item) for item in items]}


def _check_b_ids(books: Books, items: list[Any]) -> None:
    seen: set[str] = set()
    for item in items:
        b_id = item.get("bId") if isinstance(item, dict) else None
        if not isinstance(b_id, str) or not b_id:
            raise faults.missing("bId")
        if b_id != faults.whole_text(b_id):
            raise RefusalError("2040", "Invalid String : bId holds half a character", "bId")
        if b_id in seen:
            raise RefusalError("600", f"Duplicate Request ID : bId {b_id} is used twice", "bId")
        replay.check_b_id(books.actor.request_id, b_id)
        seen.add(b_id)


def _run_item(sandbox: "Sandbox", books: Books, item: dict[str, Any]) -> dict[str, Any]:
    request_id, b_id = books.actor.request_id, str(item["bId"])
    held = replay.find_item(books.store, books.realm, request_id, b_id)
    if held is not None:
        answer: dict[str, Any] = json.loads(held, parse_float=Decimal)
        return answer
    answer = {"bId": b_id, **_attempt(sandbox, books, item)}
    if not has_failed(answer):
        replay.keep_item(books.store, books.clock, books.realm, request_id, b_id, to_text(answer).encode())
    return answer


def has_failed(item: dict[str, Any]) -> bool:
    """The system failed, which is no answer for good: the same request id may try again."""
    return bool(item.get("Fault", {}).get("type") == faults.SYSTEM)


def _attempt(sandbox: "Sandbox", books: Books, item: dict[str, Any]) -> dict[str, Any]:
    own = replace(
        books,
        actor=replace(books.actor, b_id=str(item["bId"])),
        options=frozenset(str(item.get("optionsData", "")).split(",")),
    )
    try:
        with books.store.attempt():
            if sandbox.armed.has_poison and sandbox.armed.poisoned(to_text(item)):
                raise RefusalError("10000", "System Failure Error: poisoned on demand")
            return _carry_out(sandbox, own, item)
    except RefusalError as refusal:
        own.forget()
        return {"Fault": refusal.as_json()}


def _carry_out(sandbox: "Sandbox", books: Books, item: dict[str, Any]) -> dict[str, Any]:
    if "CDCQuery" in item:
        return {"CDCResponse": _changes(sandbox, books, item["CDCQuery"])}
    if "Query" in item:
        return {"QueryResponse": run_query(books, faults.whole_text(str(item["Query"])))}
    if "ReportQuery" in item:
        return {"Report": run_report_query(books, item["ReportQuery"])}
    names = [name for name in item if name not in ITEM_WORDS]
    if len(names) != 1 or names[0] not in KINDS or not KINDS[names[0]].rest:
        raise faults.unknown_property(", ".join(names) or "BatchItemRequest")
    kind, body = KINDS[names[0]], item[names[0]]
    if not isinstance(body, dict):
        raise faults.unknown_property(kind.name)
    match item.get("operation"):
        case "create":
            return {kind.name: books.create(kind, body)}
        case "update" if "void" in books.options:
            return {kind.name: books.void(kind, body)}
        case "update":
            return {kind.name: books.update(kind, body)}
        case "delete":
            return {kind.name: books.delete(kind, body)}
        case "void":
            return {kind.name: books.void(kind, body)}
        case "send" | "revert" | "merge" as word:
            raise faults.unsupported(f"{word} {kind.name}")
        case other:
            raise faults.bad_choice("operation", other)


def _changes(sandbox: "Sandbox", books: Books, asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict):
        raise faults.unknown_property("CDCQuery")
    for name, value in asked.items():
        if name not in CDC_WORDS or not isinstance(value, str):
            raise faults.unknown_property(f"CDCQuery.{name}")
    return run_changes(
        books,
        asked.get("Entities", ""),
        asked.get("ChangedSince", ""),
    )
