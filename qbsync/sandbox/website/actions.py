"""What a person does on the QuickBooks website: same books, another writer, no closing date."""

from decimal import Decimal
from typing import Any, Final

from qbsync.sandbox.clock import parse_date
from qbsync.sandbox.company.books import WEBSITE, Books
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.fields import CLASS_PER_LINE, CLASS_PER_TXN, DEPARTMENTS
from qbsync.sandbox.company.kind import Kind, innermost
from qbsync.sandbox.entities import CATALOGUE, KINDS
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.website.merging import merge as merge_names

EITHER_OR: Final = {CLASS_PER_TXN: CLASS_PER_LINE, CLASS_PER_LINE: CLASS_PER_TXN}
SWITCHES: Final = {*EITHER_OR, DEPARTMENTS}
MULTI_CURRENCY: Final = "MultiCurrencyEnabled"
# switches of the other groups of Preferences
GROUPS: Final = {
    MULTI_CURRENCY: "CurrencyPrefs",
    "UsingSalesTax": "TaxPrefs",
    "CustomTxnNumbers": "SalesFormsPrefs",
}

COMPANY_VALUES: Final = {
    "OfferingSku": tuple(f"QuickBooks Online {name}" for name in ("Simple Start", "Essentials", "Plus", "Advanced")),
    "SubscriptionStatus": ("PAID", "TRIAL", "EXPIRED", "ENDED"),
}


def books_of(sandbox: Sandbox, realm: str) -> Books:
    return Books(
        catalogue=CATALOGUE,
        store=sandbox.store,
        realm=realm,
        clock=sandbox.clock,
        actor=WEBSITE,
        readings=sandbox.dials,
    )


def kind_named(entity: str) -> Kind:
    if entity not in KINDS:
        raise RefusalError("2010", f"There is no entity {entity}", "entity")
    return KINDS[entity]


def edit(sandbox: Sandbox, realm: str, entity: str, key: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Lay the changes over the record and save it; the SyncToken rises."""
    kind, books = kind_named(entity), books_of(sandbox, realm)
    with sandbox.store.writing():
        token = innermost(kind, books.read(kind, key))["SyncToken"]
        return books.update(kind, {**changes, "Id": key, "SyncToken": token, "sparse": True})


def delete(sandbox: Sandbox, realm: str, entity: str, key: str) -> dict[str, Any]:
    kind, books = kind_named(entity), books_of(sandbox, realm)
    with sandbox.store.writing():
        token = innermost(kind, books.read(kind, key))["SyncToken"]
        return books.delete(kind, {"Id": key, "SyncToken": token})


def pay(
    sandbox: Sandbox, realm: str, bill_id: str, *, amount: Decimal | None = None, day: str | None = None
) -> dict[str, Any]:
    """Pay a bill by cheque from the first bank account: all that is open unless an amount is given."""
    books = books_of(sandbox, realm)
    with sandbox.store.writing():
        means = {"PayType": "Check", "CheckPayment": {"BankAccountRef": books.first_account("Bank", "BankAccountRef")}}
        return books.create(
            KINDS["BillPayment"], {**_payment(books, "Bill", "VendorRef", bill_id, amount, day), **means}
        )


def receive(
    sandbox: Sandbox, realm: str, invoice_id: str, *, amount: Decimal | None = None, day: str | None = None
) -> dict[str, Any]:
    """A customer pays an invoice: all that is open unless an amount is given."""
    books = books_of(sandbox, realm)
    with sandbox.store.writing():
        return books.create(KINDS["Payment"], _payment(books, "Invoice", "CustomerRef", invoice_id, amount, day))


def _payment(
    books: Books, entity: str, party: str, key: str, amount: Decimal | None, day: str | None
) -> dict[str, Any]:
    """What both sorts of payment say: whose it is, how much, when, and of which document."""
    owed = books.read(KINDS[entity], key)
    paid = Decimal(str(owed["Balance"])) if amount is None else amount
    return {
        party: {"value": owed[party]["value"]},
        "TotalAmt": paid,
        "TxnDate": day or books.clock.today().isoformat(),
        "Line": [{"Amount": paid, "LinkedTxn": [{"TxnId": key, "TxnType": entity}]}],
    }


def void(sandbox: Sandbox, realm: str, entity: str, key: str) -> dict[str, Any]:
    kind, books = kind_named(entity), books_of(sandbox, realm)
    with sandbox.store.writing():
        token = books.read(kind, key)["SyncToken"]
        return books.void(kind, {"Id": key, "SyncToken": token})


def merge(sandbox: Sandbox, realm: str, entity: str, loser_id: str, winner_id: str) -> dict[str, Any]:
    """Make one of two customers, vendors or accounts: the winner is the answer."""
    with sandbox.store.writing():
        return merge_names(books_of(sandbox, realm), entity, loser_id, winner_id)


def set_company_value(sandbox: Sandbox, realm: str, name: str, value: str) -> dict[str, Any]:
    """Change what the company has subscribed to, or how that stands."""
    if value not in COMPANY_VALUES[name]:
        raise ValueError(f"{name} is one of {', '.join(COMPANY_VALUES[name])}")
    books = books_of(sandbox, realm)
    with sandbox.store.writing():
        card = sandbox.store.get(realm, "CompanyInfo", 1)
        assert card is not None  # every company is planted with one
        others = [pair for pair in card.body.get("NameValue", []) if pair.get("Name") != name]
        return books.render(books.touch(card, {**card.body, "NameValue": [*others, {"Name": name, "Value": value}]}))


def close_books(sandbox: Sandbox, realm: str, day: str | None) -> dict[str, Any]:
    """Set the closing date, or open the books when there is none."""
    if day is not None:
        parse_date(day)

    def change(body: dict[str, Any]) -> None:
        body["AccountingInfoPrefs"].pop("BookCloseDate", None)
        if day is not None:
            body["AccountingInfoPrefs"]["BookCloseDate"] = day

    return _change_preferences(sandbox, realm, change)


def set_preference(sandbox: Sandbox, realm: str, name: str, value: str) -> dict[str, Any]:
    """A switch of AccountingInfoPrefs, or a value of OtherPrefs. ValueError for an unknown one."""

    def change(body: dict[str, Any]) -> None:
        if name in SWITCHES:
            _switch(body["AccountingInfoPrefs"], name, value)
            return
        if name in GROUPS:
            _switch_once(body[GROUPS[name]], name, value)
            return
        pairs = [pair for pair in body["OtherPrefs"]["NameValue"] if pair["Name"] == name]
        if not pairs:
            raise ValueError(f"there is no preference {name}")
        pairs[0]["Value"] = value

    return _change_preferences(sandbox, realm, change)


def _switch(prefs: dict[str, Any], name: str, value: str) -> None:
    """Classes go on the transaction or on its lines: turning one on turns the other off."""
    if value.lower() not in {"true", "false"}:
        raise ValueError(f"{name} is true or false")
    prefs[name] = value.lower() == "true"
    other = EITHER_OR.get(name)
    if other is not None and prefs[name]:
        prefs[other] = False


def _switch_once(prefs: dict[str, Any], name: str, value: str) -> None:
    """Several currencies cannot be turned off again."""
    was_on = prefs.get(name) is True
    _switch(prefs, name, value)
    if name == MULTI_CURRENCY and was_on and not prefs[name]:
        raise RefusalError("6000", "Business Validation Error: several currencies cannot be turned off again", name)


def _change_preferences(sandbox: Sandbox, realm: str, change: Any) -> dict[str, Any]:
    books = books_of(sandbox, realm)
    with sandbox.store.writing():
        card = sandbox.store.get(realm, "Preferences", 1)
        assert card is not None  # every company is planted with one
        change(card.body)
        return books.render(books.touch(card, card.body))
