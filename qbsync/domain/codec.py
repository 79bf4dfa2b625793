"""Contents as canonical JSON and back: equal contents give equal text, money stays exact."""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import TypeAdapter

from qbsync.domain.ledger import CONTENT_TYPES, Content, LedgerKind

_ADAPTERS: dict[type[Content], TypeAdapter[Any]] = {
    content_type: TypeAdapter(content_type) for content_type in set(CONTENT_TYPES.values())
}


def to_json(content: Content | None) -> str:
    """The content as JSON text; "" for none. Field order is that of the dataclass, decimals are strings."""
    return "" if content is None else _ADAPTERS[type(content)].dump_json(content).decode()


def from_json(kind: LedgerKind, text: str) -> Content | None:
    """The content of a record of this kind, as `to_json` wrote it."""
    if not text:
        return None
    content: Content = _ADAPTERS[CONTENT_TYPES[kind]].validate_json(text)
    return content


def fingerprint(*parts: str) -> str:
    """A short digest of some texts, for telling whether any of them changed."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
