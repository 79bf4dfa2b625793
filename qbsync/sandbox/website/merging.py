"""Two names that turn out to be one: what the first was used for is the second's from now on."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.fields import Field
from qbsync.sandbox.company.hierarchy import mark_name, place
from qbsync.sandbox.company.kind import Draft
from qbsync.sandbox.company.ledger import posting_to
from qbsync.sandbox.company.store import Record, id_number
from qbsync.sandbox.entities import KINDS
from qbsync.sandbox.entities.balances import shift_customer
from qbsync.sandbox.entities.people import PEOPLE

# entity → what must be the same on both sides
MERGEABLE: Final[Mapping[str, tuple[str, ...]]] = {
    "Customer": ("CurrencyRef",),
    "Vendor": ("CurrencyRef",),
    "Account": ("AccountType", "AccountSubType", "CurrencyRef"),
}


def merge(books: Books, entity: str, loser_id: str, winner_id: str) -> dict[str, Any]:
    """The winner takes the loser's transactions and balance; the loser stays behind, inactive. All or nothing."""
    if entity not in MERGEABLE:
        raise faults.unsupported(f"merge {entity}")
    loser, winner = (_party(books, entity, key) for key in (loser_id, winner_id))
    _check(books, loser, winner)
    _hand_over(books, loser, winner)
    _repost(books, loser)
    _move_balance(books, loser.id, winner.id, entity)
    _retire(books, entity, loser.id)
    current = books.store.get(books.realm, entity, winner.id)
    assert current is not None  # nothing above deletes a name
    return books.merged(current, loser.id)


def _party(books: Books, entity: str, key: str) -> Record:
    number = id_number(key)
    if number is None:
        raise RefusalError("2030", f"Invalid ID : {key}", "Id")
    found = books.store.get(books.realm, entity, number)
    if found is None:
        raise faults.not_found()
    if not found.active:
        raise faults.inactive_reference("Id")
    return found


def _check(books: Books, loser: Record, winner: Record) -> None:
    if loser.id == winner.id:
        raise RefusalError("900", "A record cannot be merged into itself", "Id")
    for name in MERGEABLE[loser.entity]:
        if loser.body.get(name) != winner.body.get(name):
            raise faults.business(f"Only records with the same {name} can be merged", name)
    if books.store.children(books.realm, loser.entity, loser.id):
        raise faults.business("A record with others under it cannot be merged into another", "ParentRef")
    if loser.body.get("IsProject") or winner.body.get("IsProject"):
        raise faults.business("A project cannot be merged", "IsProject")
    if loser.entity == "Account" and _is_named_by_preferences(books, str(loser.id)):
        raise faults.business("An account that the preferences name cannot be merged into another", "Id")


def _is_named_by_preferences(books: Books, key: str) -> bool:
    card = books.store.get(books.realm, "Preferences", 1)
    pairs = card.body["OtherPrefs"]["NameValue"] if card else []
    return any(pair["Name"].endswith("AccountId") and pair["Value"] == key for pair in pairs)


def _hand_over(books: Books, loser: Record, winner: Record) -> None:
    """Every record that names the loser is saved with the winner in its place, as an update would be."""
    sorts = {loser.entity, "Name"} if loser.entity in PEOPLE else {loser.entity}
    for kind in KINDS.values():
        for held in books.store.mentioning(books.realm, kind.name, loser.id):
            body = _replaced(held.body, kind.fields, sorts, str(loser.id), str(winner.id))
            if body != held.body:
                books.rewrite(_undeposited(held), body, "update")


def _undeposited(record: Record) -> Record:
    """A deposit holds the money of a sale, not its customer: it does not stand in the way."""
    links = [link for link in record.body.get("LinkedTxn", []) if link.get("TxnType") != "Deposit"]
    return replace(record, body={**record.body, "LinkedTxn": links}) if "LinkedTxn" in record.body else record


def _replaced(
    body: Mapping[str, Any], fields: Mapping[str, Field], sorts: set[str], old: str, new: str
) -> dict[str, Any]:
    changed = dict(body)
    for name, value in body.items():
        field = fields.get(name)
        if field is None:
            continue
        if (field.refers in sorts or _bears(value, sorts)) and value["value"] == old:
            changed[name] = {**value, "value": new}
        elif field.fields and field.many:
            changed[name] = [_replaced(part, field.fields, sorts, old, new) for part in value]
        elif field.fields:
            changed[name] = _replaced(value, field.fields, sorts, old, new)
    return changed


def _bears(value: Any, sorts: set[str]) -> bool:
    """What a file is attached to: a reference that says its kind by itself."""
    return isinstance(value, dict) and value.keys() >= {"type", "value"} and value["type"] in sorts


def _repost(books: Books, loser: Record) -> None:
    """What still posts to the loser does so through a third record, such as the account of an item."""
    account = loser.id if loser.entity == "Account" else None
    for entity, key in posting_to(books.store, books.realm, account=account, party=f"{loser.entity}:{loser.id}"):
        held = books.store.get(books.realm, entity, key)
        if held is not None:
            books.repost(held)


def _move_balance(books: Books, loser_id: int, winner_id: int, entity: str) -> None:
    """What no transaction carried over, such as an opening balance."""
    loser = books.store.get(books.realm, entity, loser_id)
    rest = Decimal(loser.body["Balance"]) if loser and entity != "Account" else Decimal(0)
    for key, amount in ((loser_id, -rest), (winner_id, rest)):
        if entity == "Customer":
            shift_customer(books, key, amount)
        elif entity == "Vendor":
            books.shift_vendor_balance(key, amount)


def _retire(books: Books, entity: str, key: int) -> None:
    held = books.store.get(books.realm, entity, key)
    assert held is not None  # it was read at the beginning of this transaction
    attribute = KINDS[entity].name_attribute or "Name"
    draft = Draft(id=key, body=dict(held.body), old=held, active=False)
    mark_name(draft, attribute)
    if "FullyQualifiedName" in draft.body:
        has_level = "Level" in draft.body
        place(books, draft, entity, attribute)
        if not has_level:
            draft.body.pop("Level")
    books.rewrite(held, {**draft.body, "Active": False}, "merged", active=False)
