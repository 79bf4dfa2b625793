"""The ledger: what each transaction posted to which account, in whole cents."""

from collections.abc import Sequence
from decimal import Decimal

from qbsync.sandbox.company.kind import Posting
from qbsync.sandbox.company.store import Store


def replace_postings(
    store: Store, realm: str, entity: str, record_id: int, txn_date: str, postings: Sequence[Posting]
) -> dict[int, Decimal]:
    """What this transaction had posted to each account; from now on it posts the given amounts."""
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
