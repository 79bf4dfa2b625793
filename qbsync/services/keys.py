"""Seal all stored tokens with the newest key, so that the older ones are not needed any more."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.errors import StoreUnavailable
from qbsync.domain.ports import Clock
from qbsync.services.connect import token_lock
from qbsync.services.stores import ConnectionStore, Locks, NoticeStore


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """How many pairs of tokens are sealed with the first key now, and the companies whose could not be opened."""

    pairs: int
    unopened: tuple[str, ...]


def rotate_keys(connections: ConnectionStore, notices: NoticeStore, lock: Locks, *, who: str, clock: Clock) -> Rotation:
    """Seal each company's tokens, and the pair before them, with the first key. A refresh waits meanwhile."""
    pairs, unopened = 0, []
    for connection in connections.all():
        with lock(token_lock(connection.id)):
            try:
                pairs += connections.seal_again(connection.id)
            except StoreUnavailable:
                connections.get(connection.id)  # a database that is away is another matter: it raises here
                unopened.append(connection.company_name)
    detail = f"could not be opened: {', '.join(unopened)}" if unopened else ""
    notices.audit(who=who, what="rotated the encryption keys", subject=f"{pairs} pairs", detail=detail, at=clock())
    return Rotation(pairs=pairs, unopened=tuple(unopened))
