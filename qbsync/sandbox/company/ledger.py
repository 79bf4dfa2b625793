"""The ledger: what each transaction posted to which account, in whole cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.fields import MONEY_MAX
from qbsync.sandbox.company.kind import Posting
from qbsync.sandbox.company.store import Store


def replace_postings(
    store: Store, realm: str, entity: str, record_id: int, txn_date: str, postings: Sequence[Posting]
) -> dict[int, Decimal]:
    """What this transaction had posted to each account; from now on it posts the given amounts.

    Refused (2140) when one is more than the books can add up.
    """
    for posting in postings:
        if abs(posting.amount) > MONEY_MAX:
            raise RefusalError("2140", f"Invalid Amount : {posting.amount}, at most {MONEY_MAX}", "TotalAmt")
    found = store.rows(
        "SELECT account, SUM(cents) FROM posting WHERE realm = ? AND entity = ? AND id = ? GROUP BY account",
        realm,
        entity,
        record_id,
    )
    store.change("DELETE FROM posting WHERE realm = ? AND entity = ? AND id = ?", realm, entity, record_id)
    store.connection.executemany(
        "INSERT INTO posting VALUES (?,?,?,?,?,?,?,?)",
        [
            (realm, entity, record_id, line, posting.account, txn_date, int(posting.amount * 100), posting.party)
            for line, posting in enumerate(postings)
        ],
    )
    return {int(account): Decimal(cents) / 100 for account, cents in found}


def account_totals(store: Store, realm: str, first: str, last: str) -> dict[int, Decimal]:
    """Account id → debits less credits of all that is dated in this range, both ends included."""
    found = store.rows(
        "SELECT account, SUM(cents) FROM posting WHERE realm = ? AND txn_date BETWEEN ? AND ? GROUP BY account",
        realm,
        first,
        last,
    )
    return {int(account): Decimal(cents) / 100 for account, cents in found}


def party_totals(store: Store, realm: str, sort: str, last: str) -> dict[int, Decimal]:
    """Id of a vendor or customer → debits less credits in payables or receivables, up to this day."""
    found = store.rows(
        "SELECT substr(party, length(?) + 2), SUM(cents) FROM posting "
        "WHERE realm = ? AND party LIKE ? || ':%' AND txn_date <= ? GROUP BY party",
        sort,
        realm,
        sort,
        last,
    )
    return {int(key): Decimal(cents) / 100 for key, cents in found}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger."""

    account: int
    entity: str
    id: int
    day: str
    amount: Decimal
    party: str


def entries(store: Store, realm: str, first: str, last: str) -> list[Entry]:
    """All that was posted in this range, both ends included, by day and then as it came."""
    found = store.rows(
        "SELECT account, entity, id, txn_date, cents, party FROM posting "
        "WHERE realm = ? AND txn_date BETWEEN ? AND ? ORDER BY txn_date, entity, id, line",
        realm,
        first,
        last,
    )
    return [
        Entry(account=account, entity=entity, id=key, day=day, amount=Decimal(cents) / 100, party=party)
        for account, entity, key, day, cents, party in found
    ]


def is_posted_to(store: Store, realm: str, account: int) -> bool:
    return store.row("SELECT 1 FROM posting WHERE realm = ? AND account = ? LIMIT 1", realm, account) is not None


def posting_to(store: Store, realm: str, *, account: int | None, party: str) -> list[tuple[str, int]]:
    """(entity, id) of the transactions that post to this account, or to this party."""
    found = store.rows(
        "SELECT DISTINCT entity, id FROM posting WHERE realm = ? AND (account = ? OR party = ?)", realm, account, party
    )
    return [(str(entity), int(key)) for entity, key in found]
