"""The small lists of the sales side: how customers pay, and of what type they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.hierarchy import mark_name
from qbsync.sandbox.company.kind import Draft, Kind, filters

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books


def check_unique_name(books: Books, draft: Draft, kind: str, sort: str) -> None:
    """A list without levels: no two active ones with one name, whatever the capitals (6240)."""
    if draft.active and any(key != draft.id for _, key in books.store.named(books.realm, [kind], draft.body["Name"])):
        raise faults.duplicate_name(sort)


def _complete_method(books: Books, draft: Draft) -> None:
    mark_name(draft, "Name")
    check_unique_name(books, draft, "PaymentMethod", "payment method")
    draft.body.setdefault("Type", "NON_CREDIT_CARD")


PAYMENT_METHOD = Kind(
    name="PaymentMethod",
    id_space="PaymentMethod",
    name_attribute="Name",
    fields={
        "Name": f.text(31, least=1, required=True),
        "Type": f.choice("CREDIT_CARD", "NON_CREDIT_CARD"),
        "Active": f.flag(),
    },
    filters=filters(Name="text", Type="text", Active="flag"),
    complete=_complete_method,
)

# Made on the website alone, and no company here has made one: an app finds an empty list.
CUSTOMER_TYPE = Kind(
    name="CustomerType",
    id_space="CustomerType",
    name_attribute="Name",
    creatable=False,
    updatable=False,
    fields={"Name": f.text(100), "Active": f.flag()},
    filters=filters(Name="text", Active="flag"),
)
