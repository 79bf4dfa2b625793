"""One company's books during one request: read, create, update, delete, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qbsync.sandbox.clock import Clock, stamp
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.fields import LABELS, Field, check_object
from qbsync.sandbox.company.kind import Draft, Kind
from qbsync.sandbox.company.ledger import replace_postings
from qbsync.sandbox.company.store import Record, Store, id_number
from qbsync.sandbox.entities import KINDS

SYSTEM_ATTRIBUTES = ("Id", "SyncToken", "MetaData", "domain", "sparse", "status")
DEBIT_SIDE = {"Asset", "Expense"}
CURRENCY_NAMES = {"USD": "United States Dollar"}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who writes, and under which request id. On the website a person may also write in a closed period."""

    writer: str
    caller: str = ""
    request_id: str | None = None
    b_id: str | None = None
    on_website: bool = False


API_WRITER = "API API"
WEBSITE = Actor(writer="root", caller="website", on_website=True)


@dataclass(kw_only=True)
class Books:
    """Lives for one request in one transaction, and remembers what it looked up for that long."""

    store: Store
    realm: str
    clock: Clock
    actor: Actor
    options: frozenset[str] = frozenset()
    _names: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _referred: dict[tuple[str, str], Record] = field(default_factory=dict)
    _preferences: dict[str, str] | None = None

    # reading

    def read(self, kind: Kind, key: str) -> dict[str, Any]:
        return self.render(self._existing(kind, key))

    def render(self, record: Record) -> dict[str, Any]:
        body = {name: value for name, value in record.body.items() if value != []}
        self.fill_names(body, KINDS[record.entity].fields)
        return {**body, **system_attributes(record.id, record.sync_token, record.created, record.updated)}

    def fill_names(self, body: dict[str, Any], fields: Mapping[str, Field]) -> None:
        """Put the present name beside every reference."""
        for name, value in body.items():
            field_ = fields.get(name)
            if field_ is None:
                continue
            if field_.refers:
                body[name] = self._with_name(field_.refers, value)
            elif field_.fields:
                for part in value if field_.many else [value]:
                    self.fill_names(part, field_.fields)

    def _with_name(self, kind: str, value: dict[str, str]) -> dict[str, str]:
        key = value["value"]
        if (kind, key) not in self._names:
            self._names[kind, key] = self._look_up_name(kind, key)
        name = self._names[kind, key]
        return {"value": key} if name is None else {"value": key, "name": name}

    def _look_up_name(self, kind: str, key: str) -> str | None:
        if kind == "Currency":
            return CURRENCY_NAMES.get(key)
        record = self._find(kind, key)
        if record is None:
            return None
        body = record.body
        return str(body.get("FullyQualifiedName") or body.get("DisplayName") or body["Name"])

    def _find(self, kind: str, key: str) -> Record | None:
        number = id_number(key)
        return None if number is None else self.store.get(self.realm, kind, number)

    def referred(self, kind: str, key: str, element: str) -> Record:
        """The active record that a reference means, or 2500."""
        if (kind, key) in self._referred:
            return self._referred[kind, key]
        record = self._find(kind, key)
        if record is None:
            raise faults.no_such_reference(LABELS.get(kind, f"{kind}s"), key, element)
        if not record.active:
            raise faults.inactive_reference(element)
        self._referred[kind, key] = record
        return record

    def _existing(self, kind: Kind, key: object) -> Record:
        number = id_number(key)
        if number is None:
            raise RefusalError("2030", f"Invalid ID : {key}", "Id")
        record = self.store.get(self.realm, kind.name, number)
        if record is None:
            raise faults.not_found()
        return record

    # company settings

    def preference(self, name: str) -> str | None:
        """A value of Preferences.OtherPrefs, as text."""
        if self._preferences is None:
            card = self.store.get(self.realm, "Preferences", 1)
            pairs = card.body["OtherPrefs"]["NameValue"] if card else []
            self._preferences = {pair["Name"]: pair["Value"] for pair in pairs}
        return self._preferences.get(name)

    def tracks(self, name: str) -> bool:
        """A switch of Preferences.AccountingInfoPrefs: classes per transaction or line, departments."""
        card = self.store.get(self.realm, "Preferences", 1)
        return bool(card and card.body["AccountingInfoPrefs"].get(name))

    def home_currency(self) -> str:
        return "USD"

    def closing_date(self) -> str | None:
        card = self.store.get(self.realm, "Preferences", 1)
        closed: str | None = card.body["AccountingInfoPrefs"].get("BookCloseDate") if card else None
        return closed

    def default_time_item(self) -> str:
        card = self.store.get(self.realm, "Preferences", 1)
        item = card.body["TimeTrackingPrefs"].get("DefaultTimeItem") if card else None
        if item is None:
            raise faults.missing("ItemRef")
        return str(item["value"])

    def payables_account(self) -> str:
        found = self.store.first_payables_account(self.realm)
        if found is None:
            raise faults.missing("APAccountRef")
        return str(found)

    # writing

    def create(self, kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
        if not kind.creatable:
            raise faults.unsupported(f"create {kind.name}")
        given = {name: value for name, value in body.items() if name not in SYSTEM_ATTRIBUTES}
        clean = check_object(self, given, kind.fields)
        draft = Draft(id=0, body=clean, old=None, active=clean.pop("Active", True))
        self._complete(kind, draft)
        now = float(int(self.clock.seconds()))
        record = Record(
            entity=kind.name,
            id=self.store.next_id(self.realm, kind.id_space, kind.first_id),
            body=draft.body,
            sync_token=0,
            created=now,
            updated=now,
            writer=self.actor.writer,
            active=draft.active,
        )
        self._write(kind, None, record, "create")
        return self.render(record)

    def update(self, kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
        """Full: what is not given becomes empty. Sparse: only what is given changes."""
        if not kind.updatable:
            raise faults.unsupported(f"update {kind.name}")
        old = self._for_change(kind, body)
        given = {name: value for name, value in body.items() if name not in SYSTEM_ATTRIBUTES}
        if body.get("sparse") is True:
            if not (kind.sparse or self.actor.on_website):
                raise faults.business(f"sparse update is not supported for {kind.name}, send the full object")
            given = {**old.body, **given}
        clean = check_object(self, given, kind.fields)
        draft = Draft(id=old.id, body=clean, old=old, active=clean.pop("Active", old.active))
        self._complete(kind, draft)
        self._guard_period(kind, old.body)
        new = self._next(old, draft.body, active=draft.active)
        self._write(kind, old, new, "update")
        return self.render(new)

    def delete(self, kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
        if not kind.deletable:
            raise faults.unsupported(f"delete {kind.name}")
        old = self._for_change(kind, body)
        self._guard_period(kind, old.body)
        kind.effects(self, old, None)
        self._post(kind, old.id, {})
        gone = self._next(old, old.body, active=False)
        self.store.remove(self.realm, kind.name, old.id)
        self._log(gone, "delete")
        return {"status": "Deleted", "domain": "QBO", "Id": str(old.id)}

    def void(self, kind: Kind, body: Mapping[str, Any], *, by: str | None = None) -> dict[str, Any]:
        """Amounts go to zero and links are cut; the transaction itself stays. A batch may say it in either way."""
        if kind.void_by is None or by not in {None, kind.void_by}:
            raise faults.unsupported(f"void {kind.name}")
        old = self._for_change(kind, body)
        self._guard_period(kind, old.body)
        new = self._next(old, kind.voided(self, old), active=old.active)
        self._write(kind, old, new, "void")
        return self.render(new)

    def _for_change(self, kind: Kind, body: Mapping[str, Any]) -> Record:
        if "Id" not in body:
            raise faults.missing("Id")
        old = self._existing(kind, body["Id"])
        if "SyncToken" not in body:
            raise faults.missing("SyncToken")
        if body["SyncToken"] != str(old.sync_token):
            raise faults.stale(old.writer)
        return old

    def _complete(self, kind: Kind, draft: Draft) -> None:
        kind.complete(self, draft)
        if kind.name_attribute:
            draft.body["Active"] = draft.active
        self._guard_period(kind, draft.body)

    def _guard_period(self, kind: Kind, body: Mapping[str, Any]) -> None:
        """Only what posts to the ledger is held by the closing date: a time entry does not post."""
        if not kind.posts or self.actor.on_website:
            return
        closed = self.closing_date()
        if closed is not None and body["TxnDate"] <= closed:
            raise faults.closed_books()

    def _next(self, old: Record, body: dict[str, Any], *, active: bool) -> Record:
        return Record(
            entity=old.entity,
            id=old.id,
            body=body,
            sync_token=old.sync_token + 1,
            created=old.created,
            updated=float(int(self.clock.seconds())),
            writer=self.actor.writer,
            active=active,
        )

    def _write(self, kind: Kind, old: Record | None, new: Record, operation: str) -> None:
        self.store.put(self.realm, new, kind.columns(new.body, active=new.active))
        self.forget()
        kind.effects(self, old, new)
        self._post(kind, new.id, new.body)
        self._log(new, operation)

    def _post(self, kind: Kind, key: int, body: Mapping[str, Any]) -> None:
        """Replace what the transaction posted before, and let the balances of its accounts follow."""
        if not kind.posts:
            return
        postings = kind.postings(self, body) if body else ()
        before = replace_postings(self.store, self.realm, kind.name, key, body.get("TxnDate", ""), postings)
        shifts = {account: -amount for account, amount in before.items()}
        for posting in postings:
            shifts[posting.account] = shifts.get(posting.account, Decimal(0)) + posting.amount
        for account, shift in shifts.items():
            self._shift_account(account, shift)

    def _shift_account(self, account_id: int, shift: Decimal) -> None:
        """Balances are told as each classification reads them: liabilities, equity and revenue in credits."""
        account = self.store.get(self.realm, "Account", account_id)
        if account is None or not shift:
            return
        signed = shift if account.body["Classification"] in DEBIT_SIDE else -shift
        balance = Decimal(account.body["CurrentBalance"]) + signed
        self.put_quietly(account, {**account.body, "CurrentBalance": balance})
        self._shift_with_parents(account, signed)

    def _shift_with_parents(self, account: Record, signed: Decimal) -> None:
        current: Record | None = self.store.get(self.realm, "Account", account.id)
        while current is not None:
            total = Decimal(current.body["CurrentBalanceWithSubAccounts"]) + signed
            self.put_quietly(current, {**current.body, "CurrentBalanceWithSubAccounts": total})
            parent = current.body.get("ParentRef")
            current = self.store.get(self.realm, "Account", int(parent["value"])) if parent else None

    def _log(self, record: Record, operation: str) -> None:
        self.store.log_write(self.realm, record, operation)
        actor = self.actor
        self.store.log_applied(
            self.realm, record, operation, request_id=actor.request_id, b_id=actor.b_id, caller=actor.caller
        )

    def forget(self) -> None:
        self._names.clear()
        self._referred.clear()
        self._preferences = None

    # side effects on other records

    def touch(self, record: Record, body: dict[str, Any]) -> Record:
        """Change a neighbour so that its users see it: SyncToken and LastUpdatedTime rise."""
        touched = self._next(record, body, active=record.active)
        self.store.put(self.realm, touched, KINDS[record.entity].columns(body, active=record.active))
        self.store.log_write(self.realm, touched, "linked")
        self.forget()
        return touched

    def put_quietly(self, record: Record, body: dict[str, Any]) -> Record:
        """Change what QuickBooks derives, such as a balance or a full name: SyncToken and time stay."""
        changed = Record(
            entity=record.entity,
            id=record.id,
            body=body,
            sync_token=record.sync_token,
            created=record.created,
            updated=record.updated,
            writer=record.writer,
            active=record.active,
        )
        self.store.put(self.realm, changed, KINDS[record.entity].columns(body, active=record.active))
        self.forget()
        return changed

    def shift_vendor_balance(self, vendor_id: int, amount: Decimal) -> None:
        vendor = self.store.get(self.realm, "Vendor", vendor_id)
        if vendor is not None and amount:
            balance = Decimal(vendor.body["Balance"]) + amount
            self.put_quietly(vendor, {**vendor.body, "Balance": balance})


def system_attributes(record_id: int, sync_token: int, created: float, updated: float) -> dict[str, Any]:
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": str(record_id),
        "SyncToken": str(sync_token),
        "MetaData": {"CreateTime": stamp(created), "LastUpdatedTime": stamp(updated)},
    }
