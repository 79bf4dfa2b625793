"""Encrypts tokens at rest. The first key seals; every key opens, so that keys can be changed without a stop."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from qbsync.domain.errors import StoreUnavailable

KEY_FILE_MODE = 0o600


class Seal:
    """Seals and opens short texts."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise StoreUnavailable(
                "The stored QuickBooks tokens cannot be opened with the keys in use. Put the earlier key back "
                "into QBSYNC_ENCRYPTION_KEYS (after the new one), or connect to QuickBooks again."
            ) from None


def key_from_file(path: Path) -> str:
    """The key in this file, made on first use and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_FILE_MODE)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(Fernet.generate_key().decode())
    return path.read_text().strip()
