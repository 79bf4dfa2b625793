"""What a notice says: which record of which company, what happened to it, in the old form or as CloudEvents."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, Literal

from qbsync.sandbox.clock import PACIFIC, stamp

Form = Literal["events", "cloudevents"]
ENTITIES: Final = frozenset({
    "Account", "Bill", "BillPayment", "Class", "Customer", "Department", "Employee", "Estimate", "Invoice", "Item",
    "JournalEntry", "Payment", "Preferences", "Purchase", "PurchaseOrder", "Term", "TimeActivity", "Vendor",
    "VendorCredit",
})  # fmt: skip
# What the history of a record calls an operation → the word of either form.
OPERATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "create": ("Create", "created"),
    "update": ("Update", "updated"),
    "linked": ("Update", "updated"),
    "delete": ("Delete", "deleted"),
    "void": ("Void", "voided"),
    "merge": ("Merge", "merged"),
    "send": ("Emailed", "emailed"),
}
CONTENT_TYPES: Final[Mapping[Form, str]] = {
    "events": "application/json",
    "cloudevents": "application/cloudevents+json",
}
SCHEMA_VERSION: Final = "0.1"
AGENT: Final = "intuit_notification_server/0.1"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One change of one record. `merged_id` is the record that went into this one by a merge."""

    seq: int
    realm: str
    entity: str
    id: int
    operation: str
    at: float
    merged_id: str | None = None


def body_of(notices: Sequence[Notice], form: Form) -> bytes:
    """The JSON of one delivery; the order of the notices is kept."""
    told = _cloud_events(notices) if form == "cloudevents" else _events(notices)
    return json.dumps(told, separators=(",", ":")).encode()


def _events(notices: Iterable[Notice]) -> dict[str, Any]:
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": [_entity(notice) for notice in group]}}
            for realm, group in groupby(notices, key=lambda notice: notice.realm)
        ]
    }


def _entity(notice: Notice) -> dict[str, str]:
    told = {
        "name": notice.entity,
        "id": str(notice.id),
        "operation": OPERATIONS[notice.operation][0],
        "lastUpdated": datetime.fromtimestamp(int(notice.at), PACIFIC).strftime("%Y-%m-%dT%H:%M:%S%z"),
    }
    return told if notice.merged_id is None else {**told, "deletedId": notice.merged_id}


def _cloud_events(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    return [
        {
            "specversion": "1.0",
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{notice.realm}:{notice.seq}")),
            "source": f"intuit.{hashlib.sha256(notice.realm.encode()).hexdigest()[:24]}",
            "type": f"qbo.{notice.entity.lower()}.{OPERATIONS[notice.operation][1]}.v1",
            "datacontenttype": "application/json",
            "time": stamp(notice.at),
            "intuitentityid": str(notice.id),
            "intuitaccountid": notice.realm,
            "data": {} if notice.merged_id is None else {"deletedid": notice.merged_id},
        }
        for notice in notices
    ]


def signature(body: bytes, verifier: str) -> str:
    """Base64 of the HMAC-SHA256 of the raw body: what `intuit-signature` carries."""
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


def headers_of(body: bytes, verifier: str, content_type: str, at: float) -> dict[str, str]:
    return {
        "Content-Type": content_type,
        "User-Agent": AGENT,
        "intuit-signature": signature(body, verifier),
        "intuit-created-time": stamp(at),
        "intuit-t-id": str(uuid.uuid4()),
        "intuit-notification-schema-version": SCHEMA_VERSION,
    }
