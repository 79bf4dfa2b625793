"""Encrypts tokens at rest. The first key seals; every key opens, so that keys can be changed without a stop."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from qbsync.domain.errors import BadInput, StoreUnavailable


class Seal:
    """Seals and opens short texts."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise BadInput(
                "A key in QBSYNC_ENCRYPTION_KEYS (or in the file secret.key) is not one: it needs 32 bytes in url-safe "
                "base64. Put the right key there, or make a new one and connect to QuickBooks again."
            ) from None

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        with _explained():
            return self._fernet.decrypt(sealed.encode()).decode()

    def seal_again(self, sealed: str) -> str:
        """The same, sealed with the first key; when it was sealed stays in it."""
        with _explained():
            return self._fernet.rotate(sealed.encode()).decode()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except InvalidToken:
        raise StoreUnavailable(
            "The stored QuickBooks tokens cannot be opened with the keys in use. Put the earlier key back "
            "into QBSYNC_ENCRYPTION_KEYS (after the new one), or connect to QuickBooks again."
        ) from None


def key_from_file(path: Path) -> str:
    """The key in this file, made on first use and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key_file(path)
    return path.read_text().strip()


def _make_key_file(path: Path) -> None:
    """Put a whole key in place at once: processes that start together must not read half of one."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # for its owner alone
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(Fernet.generate_key().decode())
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, path)
    finally:
        os.unlink(draft)
