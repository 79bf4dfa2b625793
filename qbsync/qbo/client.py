"""QuickBooks Online as the `Ledger` that the use cases ask and tell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from qbsync.domain.errors import BadInput, Fault, OutcomeUnknown, QbsyncError, Throttled, Unavailable
from qbsync.domain.ledger import (
    LIST_KINDS,
    NAMED_KINDS,
    Company,
    LedgerKind,
    ListEntry,
    Payment,
    Posted,
    WriteItem,
    WriteResult,
)
from qbsync.domain.ports import LastLook, no_last_look
from qbsync.qbo.faults import classify, faults_in
from qbsync.qbo.links import web_link
from qbsync.qbo.query import ANY_ACTIVE, QueryReader, among, within
from qbsync.qbo.transport import Answer, Transport
from qbsync.qbo.wire import read_entry, read_posted, request_item
from qbsync.qbo.wire_bills import read_payment
from qbsync.qbo.wire_company import read_company
from qbsync.qbo.wire_json import Json, dumps, loads

BATCH_ITEMS_MAX = 30
NUMBERS_ROWS_MAX = 100  # document numbers in one IN ( … )
NAMES_ROWS_MAX = 100  # display names in one IN ( … )
BID_CHARACTERS_MAX = 10
REQUEST_ID_CHARACTERS_MAX = 36  # of a batch
SINGLE_REQUEST_ID_CHARACTERS_MAX = 50
DELETED_SUFFIX = " (deleted)"  # QuickBooks adds it to the name of what is made inactive


def item_text(body: str, bid: str) -> str:
    """What a rendered body says of one item, indented for people; "" when it has none of this bid."""
    items: list[Json] = loads(body)["BatchItemRequest"]
    found = [item for item in items if item["bId"] == bid]
    return json.dumps(found[0], indent=2, ensure_ascii=False, default=str) if found else ""


class QboLedger:
    """One company of QuickBooks Online. Implements `qbsync.domain.ports.Ledger`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._reader = QueryReader(transport)

    def __repr__(self) -> str:
        return f"QboLedger({self._transport!r})"

    def company(self) -> Company:
        """What the company is and allows, from CompanyInfo and Preferences."""
        realm_id = self._transport.realm_id
        about = self._single(f"companyinfo/{realm_id}", "CompanyInfo")
        return read_company(realm_id, about, self._single("preferences", "Preferences"))

    def entries(self, kind: LedgerKind) -> list[ListEntry]:
        """A whole list, inactive rows included. Raises BadInput for a kind that is not a list."""
        if kind not in (*LIST_KINDS, LedgerKind.CLASS):
            raise BadInput(f"{kind} is not a list.")
        return [read_entry(kind, record) for record in self._reader.all(kind, (ANY_ACTIVE,))]

    def time_entries(self, first: date, last: date) -> list[Posted]:
        """All time activities dated first ... last, both included."""
        return self._dated(LedgerKind.TIME_ACTIVITY, first, last)

    def bills(self, kind: LedgerKind, first: date, last: date) -> list[Posted]:
        """All bills (or vendor credits) dated first ... last, both included."""
        return self._dated(kind, first, last)

    def bills_numbered(self, kind: LedgerKind, numbers: Sequence[str]) -> list[Posted]:
        """All bills (or vendor credits) with one of these document numbers."""
        unique = list(dict.fromkeys(numbers))
        parts = [unique[at : at + NUMBERS_ROWS_MAX] for at in range(0, len(unique), NUMBERS_ROWS_MAX)]
        found = [record for part in parts for record in self._reader.all(kind, (among("DocNumber", part),))]
        return [read_posted(kind, record) for record in found]

    def by_ids(self, kind: LedgerKind, ids: Sequence[str]) -> dict[str, Posted]:
        """The records of these ids that exist, by id; inactive names included."""
        conditions = (ANY_ACTIVE,) if kind in NAMED_KINDS else ()
        found = [read_posted(kind, record) for record in self._reader.with_ids(kind, ids, conditions)]
        return {posted.id: posted for posted in found}

    def by_names(self, kind: LedgerKind, names: Sequence[str]) -> list[Posted]:
        """The customers, vendors, employees or items of these names, and inactive ones that had one of them."""
        field = "Name" if kind is LedgerKind.ITEM else "DisplayName"
        asked = list(dict.fromkeys(form for name in names for form in (name, name + DELETED_SUFFIX)))
        parts = [asked[at : at + NAMES_ROWS_MAX] for at in range(0, len(asked), NAMES_ROWS_MAX)]
        found = [record for part in parts for record in self._reader.all(kind, (among(field, part), ANY_ACTIVE))]
        return [read_posted(kind, record) for record in found]

    def payments(self, ids: Sequence[str]) -> list[Payment]:
        """The bill payments of these ids that exist."""
        return [read_payment(record) for record in self._reader.with_ids(LedgerKind.BILL_PAYMENT, ids)]

    def render(self, items: Sequence[WriteItem]) -> str:
        """The text of one batch. The same items always give the same text."""
        bids = {item.bid for item in items}
        if not 0 < len(items) <= BATCH_ITEMS_MAX or len(bids) != len(items):
            raise ValueError(f"A batch has 1 to {BATCH_ITEMS_MAX} items with different bids, not {len(items)}.")
        if any(not 0 < len(bid) <= BID_CHARACTERS_MAX for bid in bids):
            raise ValueError(f"A bid has 1 to {BID_CHARACTERS_MAX} characters.")
        return dumps({"BatchItemRequest": [request_item(item) for item in items]})

    def send(self, request_id: str, body: str, last_look: LastLook = no_last_look) -> list[WriteResult]:
        """Post a rendered text under a request id; one result an item, in the order of the items.

        Raises OutcomeUnknown when the answer is lost, or does not speak of every item.
        """
        if not 0 < len(request_id) <= REQUEST_ID_CHARACTERS_MAX:
            raise ValueError(f"A request id has 1 to {REQUEST_ID_CHARACTERS_MAX} characters.")
        asked: list[Json] = loads(body)["BatchItemRequest"]
        answer = self._transport.write_batch(request_id, body, last_look=last_look)
        replies = _replies(answer)
        if replies.keys() != {item["bId"] for item in asked}:
            raise OutcomeUnknown(
                "QuickBooks answered for other records than it was asked about; it is asked again.",
                trace=answer.trace,
            )
        return [self._result(item, replies[item["bId"]], answer.trace) for item in asked]

    def bids(self, body: str) -> list[str]:
        """The bids of the items of a rendered text, in order."""
        return [str(item["bId"]) for item in loads(body)["BatchItemRequest"]]

    def send_one(self, request_id: str, body: str, bid: str, last_look: LastLook = no_last_look) -> WriteResult:
        """Post one item of a rendered text by itself, under a request id of its own.

        Raises what the transport raises, and OutcomeUnknown when the answer neither confirms nor refuses it.
        """
        if not 0 < len(request_id) <= SINGLE_REQUEST_ID_CHARACTERS_MAX:
            raise ValueError(f"A request id has 1 to {SINGLE_REQUEST_ID_CHARACTERS_MAX} characters.")
        asked: Json = next(item for item in loads(body)["BatchItemRequest"] if item["bId"] == bid)
        kind = _kind_of(asked)
        answer = self._transport.write_one(
            kind.value.lower(),
            request_id,
            dumps(asked[kind.value]),
            operation="delete" if asked["operation"] == "delete" else "",
            last_look=last_look,
        )
        result = self._result(asked, answer.body, answer.trace)
        if result.error is not None:
            raise result.error
        return result

    def web_link(self, kind: LedgerKind, record_id: str) -> str:
        """The address at which a person sees the record in QuickBooks, or ""."""
        return web_link(self._transport.endpoints, self._transport.realm_id, kind, record_id)

    def _dated(self, kind: LedgerKind, first: date, last: date) -> list[Posted]:
        records = self._reader.all(kind, within("TxnDate", first, last))
        return [read_posted(kind, record) for record in records]

    def _single(self, path: str, member: str) -> Json:
        answer = self._transport.get(path)
        found = answer.body.get(member)
        if not isinstance(found, dict):
            raise Unavailable(f"QuickBooks answered without its {member}.", trace=answer.trace)
        return found

    def _result(self, asked: Json, reply: Json, trace: str) -> WriteResult:
        bid, kind = str(asked["bId"]), _kind_of(asked)
        record = reply.get(kind.value)
        faults = faults_in(reply)
        if faults:
            return WriteResult(bid=bid, error=self._error(faults, trace), trace=trace)
        if not isinstance(record, dict) or not record.get("Id"):
            return WriteResult(bid=bid, error=_unclear(trace), trace=trace)
        if asked["operation"] != "delete":
            return WriteResult(bid=bid, posted=read_posted(kind, record), trace=trace)
        if record.get("status") != "Deleted":
            return WriteResult(bid=bid, error=_unclear(trace), trace=trace)
        return WriteResult(bid=bid, deleted_id=str(record["Id"]), trace=trace)

    def _error(self, faults: Sequence[Fault], trace: str) -> QbsyncError:
        error = classify(faults, resume_at=self._transport.resume_at(), trace=trace, writes=True)
        if isinstance(error, Throttled):
            self._transport.pause()
        return error


def _replies(answer: Answer) -> dict[str, Json]:
    """What was answered to each item, by its bid."""
    found = answer.body.get("BatchItemResponse")
    if not isinstance(found, list):
        return {}
    return {str(reply.get("bId")): reply for reply in found if isinstance(reply, dict)}


def _kind_of(asked: Json) -> LedgerKind:
    return next(kind for kind in LedgerKind if kind.value in asked)


def _unclear(trace: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        "QuickBooks neither confirmed nor refused this record; look for it there before sending it again.",
        trace=trace,
    )
