"""One company's books during one request: read, create, update, delete, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from qbsync.sandbox.clock import stamp
from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.fields import check_object
from qbsync.sandbox.company.kind import DELETED, Draft, Kind, innermost
from qbsync.sandbox.company.ledger import replace_postings
from qbsync.sandbox.company.lookup import Lookup
from qbsync.sandbox.company.store import Record, id_number

SYSTEM_ATTRIBUTES = ("Id", "SyncToken", "MetaData", "domain", "sparse", "status")
ENDED = {"EXPIRED", "ENDED"}  # values of SubscriptionStatus
DEBIT_SIDE = {"Asset", "Expense"}


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
class Books(Lookup):
    """Lives for one request in one transaction."""

    actor: Actor
    options: frozenset[str] = frozenset()
    base_url: str = ""  # of this server, as the caller names it

    # reading

    def read(self, kind: Kind, key: str) -> dict[str, Any]:
        kind.offered(self)
        return self.render(self._existing(kind, key))

    def render(self, record: Record) -> dict[str, Any]:
        body = {name: value for name, value in record.body.items() if value != []}
        self.fill_names(body, self.catalogue.kinds[record.entity].fields)
        self.catalogue.kinds[record.entity].shown(self, record.id, body)
        marks = system_attributes(record.id, record.sync_token, record.created, record.updated)
        return marked(self.catalogue.kinds[record.entity], body, marks)

    def _existing(self, kind: Kind, key: object) -> Record:
        number = id_number(key)
        if number is None:
            raise RefusalError("2030", f"Invalid ID : {key}", "Id")
        record = self.store.get(self.realm, kind.name, number)
        if record is None:
            raise faults.not_found()
        return record

    # writing

    def create(self, kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
        if not kind.creatable:
            raise faults.unsupported(f"create {kind.name}")
        self._check_subscription()
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
        if _is_sparse(body):
            if not (kind.sparse or self.actor.on_website or self.readings.sparse == "all"):
                raise faults.business(f"sparse update is not supported for {kind.name}, send the full object")
            given = {**old.body, **{name: value for name, value in given.items() if not _stays(name, value)}}
        if not old.active and isinstance(name := given.get(kind.name_attribute or ""), str):
            given[kind.name_attribute or ""] = name.removesuffix(DELETED)  # put on again while it stays inactive
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
        self.catalogue.before_deleting(self, old)
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
        self._check_subscription()
        body = innermost(kind, body)
        if "Id" not in body:
            raise faults.missing("Id")
        old = self._existing(kind, body["Id"])
        if "SyncToken" not in body:
            raise faults.missing("SyncToken")
        if not isinstance(body["SyncToken"], str):
            raise faults.unknown_property("SyncToken")
        if body["SyncToken"] != str(old.sync_token):
            raise faults.stale(old.writer)
        return old

    def _check_subscription(self) -> None:
        """A company that does not pay any more can be read and not written (6190)."""
        if self.company_value("SubscriptionStatus") in ENDED and not self.actor.on_website:
            raise faults.subscription_ended()

    def _complete(self, kind: Kind, draft: Draft) -> None:
        kind.offered(self)
        self.catalogue.before_saving(self, kind, draft.body)
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

    def sent(self, record: Record, body: dict[str, Any]) -> dict[str, Any]:
        """A document left by e-mail: its marks change, what it stands for does not."""
        new = self._next(record, body, active=record.active)
        self.store.put(self.realm, new, self.catalogue.kinds[record.entity].columns(body, active=record.active))
        self.forget()
        self._log(new, "send")
        return self.render(new)

    def rewrite(self, old: Record, body: dict[str, Any], operation: str, *, active: bool | None = None) -> Record:
        """Save what needs no check any more, with all that follows from it."""
        new = self._next(old, body, active=old.active if active is None else active)
        self._write(self.catalogue.kinds[old.entity], old, new, operation)
        return new

    def repost(self, record: Record) -> None:
        self._post(self.catalogue.kinds[record.entity], record.id, record.body)

    def merged(self, winner: Record, loser_id: int) -> dict[str, Any]:
        """The winner of a merge changes so that its readers see it; the history tells who went into it."""
        new = self._next(winner, winner.body, active=winner.active)
        self.store.put(self.realm, new, self.catalogue.kinds[new.entity].columns(new.body, active=new.active))
        self.forget()
        self._log(replace(new, body={**new.body, "MergedId": str(loser_id)}), "merge")
        return self.render(new)

    # side effects on other records

    def touch(self, record: Record, body: dict[str, Any]) -> Record:
        """Change a neighbour so that its users see it: SyncToken and LastUpdatedTime rise, unless read otherwise."""
        if self.readings.neighbours == "keep" and not self.actor.on_website:
            return self.put_quietly(record, body)
        touched = self._next(record, body, active=record.active)
        self.store.put(self.realm, touched, self.catalogue.kinds[record.entity].columns(body, active=record.active))
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
        self.store.put(self.realm, changed, self.catalogue.kinds[record.entity].columns(body, active=record.active))
        self.forget()
        return changed

    def shift_vendor_balance(self, vendor_id: int, amount: Decimal) -> None:
        vendor = self.store.get(self.realm, "Vendor", vendor_id)
        if vendor is not None and amount:
            balance = Decimal(vendor.body["Balance"]) + amount
            self.put_quietly(vendor, {**vendor.body, "Balance": balance})


def _is_sparse(body: Mapping[str, Any]) -> bool:
    sparse = body.get("sparse", False)
    if not isinstance(sparse, bool):
        raise RefusalError("2230", f"Invalid Boolean : {sparse}", "sparse")
    return sparse


def _stays(name: str, value: Any) -> bool:
    """A sparse update cannot take these names away."""
    return name in {"DisplayName", "PrintOnCheckName"} and value in (None, "")


def marked(kind: Kind, body: dict[str, Any], marks: dict[str, Any]) -> dict[str, Any]:
    """The answered object with its system attributes, which a wrapper leaves to what it wraps."""
    if kind.wraps:
        return {name: {**inner, **marks} for name, inner in body.items()}
    return {**body, **marks}


def system_attributes(record_id: int, sync_token: int, created: float, updated: float) -> dict[str, Any]:
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": str(record_id),
        "SyncToken": str(sync_token),
        "MetaData": {"CreateTime": stamp(created), "LastUpdatedTime": stamp(updated)},
    }
