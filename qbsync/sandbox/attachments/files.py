"""The bytes of attached files: kept in the company file, and handed out for a while by a signed address."""

import hmac
import secrets
from typing import Final

from qbsync.sandbox.clock import Clock
from qbsync.sandbox.company.store import Store

ADDRESS_SECONDS: Final = 900
KEY_SETTING: Final = "download_key"


def keep(store: Store, realm: str, record_id: int, content: bytes) -> None:
    store.change("INSERT INTO attached_file VALUES (?, ?, ?)", realm, record_id, content)


def content_of(store: Store, realm: str, record_id: int) -> bytes | None:
    found = store.row("SELECT content FROM attached_file WHERE realm = ? AND id = ?", realm, record_id)
    return None if found is None else bytes(found[0])


def drop(store: Store, realm: str, record_id: int) -> None:
    store.change("DELETE FROM attached_file WHERE realm = ? AND id = ?", realm, record_id)


def temporary_address(store: Store, clock: Clock, realm: str, record_id: int, base_url: str) -> str:
    """Whoever has it may download the file, without a token, for a quarter of an hour."""
    expires = int(clock.seconds()) + ADDRESS_SECONDS
    path = address_path(realm, record_id)
    return f"{base_url}{path}?expires={expires}&signature={_signature(store, path, expires)}"


def address_path(realm: str, record_id: int) -> str:
    return f"/attachments/{realm}/{record_id}"


def is_signed(store: Store, path: str, expires: str, signature: str) -> bool:
    """Was this address given out by this company file, expiry and all?"""
    expected = _signature(store, path, expires)
    return hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))


def _signature(store: Store, path: str, expires: int | str) -> str:
    key = store.setting(KEY_SETTING)
    if key is None:
        key = secrets.token_hex(32)
        store.set_setting(KEY_SETTING, key)
    return hmac.new(bytes.fromhex(key), f"{path}?{expires}".encode(errors="replace"), "sha256").hexdigest()
