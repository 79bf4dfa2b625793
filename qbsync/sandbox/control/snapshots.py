"""Copies of the company file, taken and brought back by name."""

import re
import sqlite3
from pathlib import Path
from typing import Final

from qbsync.sandbox.company.store import Store

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
SNAPSHOTS_MAX: Final = 20
# Who is connected is not undone: an app could not know that its tokens are gone.
CONNECTIONS: Final = ("connection", "access_token", "replaced_refresh")


class Snapshots:
    """Files beside the company file; in memory when that is kept in memory."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._in_memory: dict[str, sqlite3.Connection] = {}

    def names(self) -> list[str]:
        if self._is_memory:
            return sorted(self._in_memory)
        path = Path(self.store.path)
        start, end = f"{path.name}.", ".snapshot"
        return sorted(found.name[len(start) : -len(end)] for found in path.parent.glob(f"{path.name}.*{end}"))

    def take(self, name: str) -> None:
        """ValueError for a name that cannot be one, or when there are too many."""
        if name not in self.names() and len(self.names()) >= SNAPSHOTS_MAX:
            raise ValueError(f"there are {SNAPSHOTS_MAX} snapshots already, forget one first")
        copy = self._open(name, new=True)
        self.store.connection.backup(copy)
        self._shut(copy)

    def restore(self, name: str) -> None:
        held = {table: self.store.rows(f"SELECT * FROM {table}") for table in CONNECTIONS}  # noqa: S608 - our own names
        copy = self._open(name)
        copy.backup(self.store.connection)
        self._shut(copy)
        with self.store.writing():
            for table, rows in held.items():
                self.store.change(f"DELETE FROM {table}")  # noqa: S608
                for row in rows:
                    self.store.change(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", *row)  # noqa: S608

    def forget(self, name: str) -> None:
        self._check(name)
        if self._is_memory:
            self._in_memory.pop(name).close()
        else:
            self._path(name).unlink()

    @property
    def _is_memory(self) -> bool:
        return self.store.path == ":memory:"

    def _check(self, name: str) -> None:
        if name not in self.names():
            raise ValueError(f"there is no snapshot {name!r}")

    def _path(self, name: str) -> Path:
        return Path(f"{self.store.path}.{name}.snapshot")

    def _open(self, name: str, *, new: bool = False) -> sqlite3.Connection:
        if not NAME.fullmatch(name):
            raise ValueError("a name has small letters, digits and hyphens, at most 40")
        if not new:
            self._check(name)
        if not self._is_memory:
            return sqlite3.connect(self._path(name))
        if new and name not in self._in_memory:
            self._in_memory[name] = sqlite3.connect(":memory:", check_same_thread=False)
        return self._in_memory[name]

    def _shut(self, copy: sqlite3.Connection) -> None:
        if not self._is_memory:
            copy.close()
