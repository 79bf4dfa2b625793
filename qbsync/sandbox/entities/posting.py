"""What a transaction posts: its lines on one side, one account on the other, in cents that sum to zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbsync.sandbox.company.kind import Posting
from qbsync.sandbox.entities.lines import cents

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

Part = tuple[str, Decimal]  # account id, debit


def against(account: str, parts: Iterable[Part], total: Decimal, party: str = "") -> list[Posting]:
    """Each part is debited to its account and the total credited to one; rounding falls on the last part."""
    postings = [Posting(account=int(key), amount=cents(amount)) for key, amount in parts]
    postings.append(Posting(account=int(account), amount=-cents(total), party=party))
    if len(postings) > 1:
        *before, last, credit = postings
        rest = -sum((posting.amount for posting in (*before, credit)), Decimal(0))
        postings = [*before, Posting(account=last.account, amount=rest), credit]
    return [posting for posting in postings if posting.amount]


def reversed_(postings: Sequence[Posting]) -> list[Posting]:
    return [Posting(account=each.account, amount=-each.amount, party=each.party) for each in postings]


def vendor_party(body: Mapping[str, Any]) -> str:
    return f"Vendor:{body['VendorRef']['value']}"


def expense_parts(books: Books, lines: Iterable[Mapping[str, Any]]) -> list[Part]:
    """The account of each line of a purchase: its own, or the one its item is bought for."""
    return [(_expense_account(books, line[line["DetailType"]]), Decimal(line["Amount"])) for line in lines]


def _expense_account(books: Books, detail: Mapping[str, Any]) -> str:
    if "AccountRef" in detail:
        return str(detail["AccountRef"]["value"])
    item = books.store.get(books.realm, "Item", int(detail["ItemRef"]["value"]))
    account = item.body.get("ExpenseAccountRef") if item else None
    if account is None:  # the item lost its account after the line was written
        return str(books.preference("UncategorizedExpenseAccountId"))
    return str(account["value"])
