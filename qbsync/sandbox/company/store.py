"""The company file: one SQLite database, its tables, and how records are looked up and put down."""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from qbsync.sandbox.company.schema import EMPTY, SCHEMA

ID_MAX: Final = 2**63 - 1  # what a column of the company file can hold
ID_FORM: Final = re.compile(r"0|[1-9][0-9]{0,18}")  # one way to write each
# Completed by a WHERE and an ORDER BY that are put together from the tables of the entities; values are parameters.
COUNTED = "SELECT COUNT(*) FROM record WHERE realm = ? AND entity = ? AND"
# The page is found by ids alone, which an index gives without reading the bodies that are skipped.
FOUND = "SELECT id AS found FROM record WHERE realm = ? AND entity = ? AND"
SELECTED = "SELECT id, body, sync_token, created, updated FROM"
JOINED = "CROSS JOIN record ON realm = ? AND entity = ? AND id = found ORDER BY"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One stored object; `body` holds its attributes without Id, SyncToken and MetaData."""

    entity: str
    id: int
    body: dict[str, Any]
    sync_token: int
    created: float
    updated: float
    writer: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What a record is looked up by, beside its id."""

    name_key: str | None
    active: bool
    txn_date: str | None
    party: int | None
    number_key: str | None


def folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def id_number(text: object) -> int | None:
    """The id that a text means. None for what cannot be one."""
    if not isinstance(text, str) or not ID_FORM.fullmatch(text):
        return None
    number = int(text)
    return number if number <= ID_MAX else None


def fits(pattern: str, text: str | None) -> bool:
    """LIKE with `%` as its only wild card, capitals apart. Each part is looked for once: no pattern takes long."""
    first, *rest = pattern.split("%")
    text = folded(text)
    if text is None or not text.startswith(first):
        return False
    if not rest:
        return text == first
    *middle, last = rest
    at = len(first)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(last) and text.endswith(last)


def to_text(body: Any) -> str:
    return json.dumps(body, default=_number, ensure_ascii=False, separators=(",", ":"))


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"cannot be written as JSON: {value!r}")


class Store:
    """One connection, used from one thread. A write that was committed survives a killed process."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        self.path = str(path)
        self.connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.connection.create_function("folded", 1, folded, deterministic=True)
        self.connection.create_function("match", 2, fits, deterministic=True)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "cache_size=-32000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.executescript(SCHEMA)
        self._add_what_older_files_lack()

    def _add_what_older_files_lack(self) -> None:
        for table, column, default in (("connection", "app", "local-client"), ("replay", "digest", "")):
            if column not in {row[1] for row in self.rows(f"PRAGMA table_info({table})")}:
                self.change(f"ALTER TABLE {table} ADD COLUMN {column} TEXT NOT NULL DEFAULT '{default}'")

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing, on disk when the block ends."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """One item of a batch: undone by itself when it is refused."""
        self.connection.execute("SAVEPOINT item")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK TO item")
            self.connection.execute("RELEASE item")
            raise
        self.connection.execute("RELEASE item")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self.connection.execute(sql, values).fetchone()
        return found

    def change(self, sql: str, *values: Any) -> int:
        """Number of rows changed."""
        return self.connection.execute(sql, values).rowcount

    def empty(self) -> None:
        for statement in EMPTY.split(";"):
            self.connection.execute(statement)

    # settings and companies

    def setting(self, name: str) -> str | None:
        found = self.row("SELECT value FROM setting WHERE name = ?", name)
        return None if found is None else str(found[0])

    def set_setting(self, name: str, value: str) -> None:
        self.change("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, value)

    def companies(self) -> list[tuple[str, str]]:
        return [(str(realm), str(name)) for realm, name in self.rows("SELECT realm, name FROM company ORDER BY realm")]

    def add_company(self, realm: str, name: str) -> None:
        self.change("INSERT INTO company VALUES (?, ?)", realm, name)

    def next_id(self, realm: str, space: str, first: int = 1) -> int:
        found = self.row(
            "INSERT INTO counter VALUES (?, ?, ?) "
            "ON CONFLICT (realm, space) DO UPDATE SET last = last + 1 RETURNING last",
            realm,
            space,
            first,
        )
        assert found is not None  # RETURNING always answers
        return int(found[0])

    def counter(self, realm: str, space: str) -> int:
        """The highest id of this space that was given, 0 for none."""
        found = self.row("SELECT last FROM counter WHERE realm = ? AND space = ?", realm, space)
        return 0 if found is None else int(found[0])

    def set_counter(self, realm: str, space: str, last: int) -> None:
        """The next id of this space is the one after `last`."""
        self.change("INSERT OR REPLACE INTO counter VALUES (?, ?, ?)", realm, space, last)

    # records

    def get(self, realm: str, entity: str, record_id: int) -> Record | None:
        found = self.row(
            "SELECT body, sync_token, created, updated, writer, active FROM record "
            "WHERE realm = ? AND entity = ? AND id = ?",
            realm,
            entity,
            record_id,
        )
        return None if found is None else _record(entity, record_id, found)

    def put(self, realm: str, record: Record, columns: Columns) -> None:
        self.change(
            "INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            realm,
            record.entity,
            record.id,
            to_text(record.body),
            record.sync_token,
            record.created,
            record.updated,
            record.writer,
            columns.name_key,
            columns.active,
            columns.txn_date,
            columns.party,
            columns.number_key,
        )

    def remove(self, realm: str, entity: str, record_id: int) -> None:
        self.change("DELETE FROM record WHERE realm = ? AND entity = ? AND id = ?", realm, entity, record_id)

    def named(self, realm: str, entities: Sequence[str], name: str) -> list[tuple[str, int]]:
        """(entity, id) of every record of these kinds that bears the name, whatever its capitals."""
        sql = (
            "SELECT entity, id FROM record WHERE realm = ? AND name_key = ? "
            "AND entity IN (SELECT value FROM json_each(?))"
        )
        return [(str(kind), int(key)) for kind, key in self.rows(sql, realm, folded(name), json.dumps(entities))]

    def numbered(self, realm: str, entity: str, party: int, number: str) -> list[int]:
        found = self.rows(
            "SELECT id FROM record WHERE realm = ? AND entity = ? AND number_key = ? AND party = ?",
            realm,
            entity,
            folded(number),
            party,
        )
        return [int(key) for (key,) in found]

    def children(self, realm: str, entity: str, parent_id: int) -> list[int]:
        found = self.rows(
            "SELECT id FROM record WHERE realm = ? AND entity = ? AND json_extract(body, '$.ParentRef.value') = ?",
            realm,
            entity,
            str(parent_id),
        )
        return [int(key) for (key,) in found]

    def count(self, realm: str, entity: str, where: str, values: Sequence[Any]) -> int:
        found = self.row(" ".join((COUNTED, where)), realm, entity, *values)
        assert found is not None  # COUNT always answers
        return int(found[0])

    def page(
        self,
        realm: str,
        entity: str,
        where: str,
        values: Sequence[Any],
        order: str,
        *,
        limit: int,
        offset: int,
    ) -> list[tuple[Any, ...]]:
        """(id, body text, sync_token, created, updated) of one page."""
        ids = " ".join((FOUND, where, "ORDER BY", order, "LIMIT ? OFFSET ?"))
        sql = " ".join((SELECTED, f"({ids})", JOINED, order))
        return self.rows(sql, realm, entity, *values, limit, offset, realm, entity)

    def has_unbilled_charges(self, realm: str, customer_id: int) -> bool:
        """Billable hours, or billable lines of bills and purchases, that no invoice has taken up."""
        found = self.row(
            "SELECT 1 FROM record WHERE realm = ?1 AND entity = 'TimeActivity' "
            "AND json_extract(body, '$.CustomerRef.value') = ?2 "
            "AND json_extract(body, '$.BillableStatus') = 'Billable' "
            "UNION ALL SELECT 1 FROM record, json_each(body, '$.Line') AS line, json_each(line.value) AS detail "
            "WHERE realm = ?1 AND entity IN ('Bill', 'Purchase') AND detail.type = 'object' "
            "AND json_extract(detail.value, '$.CustomerRef.value') = ?2 "
            "AND json_extract(detail.value, '$.BillableStatus') = 'Billable'",
            realm,
            str(customer_id),
        )
        return found is not None

    def first_account(self, realm: str, sort: str) -> int | None:
        """The oldest active account of this type or sub-type."""
        found = self.row(
            "SELECT id FROM record WHERE realm = ?1 AND entity = 'Account' AND active = 1 "
            "AND ?2 IN (json_extract(body, '$.AccountType'), json_extract(body, '$.AccountSubType')) ORDER BY id",
            realm,
            sort,
        )
        return None if found is None else int(found[0])

    def mentioning(self, realm: str, entity: str, key: int) -> list[Record]:
        """The records of a kind that hold this id as the value of a reference, of whatever kind."""
        found = self.rows(
            "SELECT id FROM record WHERE realm = ? AND entity = ? AND instr(body, ?) > 0 ORDER BY id",
            realm,
            entity,
            f'"value":"{key}"',
        )
        records = (self.get(realm, entity, int(record_id)) for (record_id,) in found)
        return [record for record in records if record is not None]

    def log_write(self, realm: str, record: Record, operation: str) -> None:
        self.change(
            "INSERT INTO history (realm, entity, id, sync_token, at, writer, operation, body) VALUES (?,?,?,?,?,?,?,?)",
            realm,
            record.entity,
            record.id,
            record.sync_token,
            record.updated,
            record.writer,
            operation,
            to_text(record.body),
        )

    def history(self, realm: str, entity: str, record_id: int) -> list[tuple[Any, ...]]:
        """(sync_token, at, writer, operation, body text), newest first."""
        return self.rows(
            "SELECT sync_token, at, writer, operation, body FROM history "
            "WHERE realm = ? AND entity = ? AND id = ? ORDER BY seq DESC LIMIT 200",
            realm,
            entity,
            record_id,
        )

    def deleted(self, realm: str, entity: str, since: float, *, limit: int) -> list[tuple[int, float]]:
        """(id, when) of what was deleted since then, oldest first."""
        found = self.rows(
            "SELECT id, at FROM history WHERE realm = ? AND entity = ? AND operation = 'delete' AND at >= ? "
            "ORDER BY at, id LIMIT ?",
            realm,
            entity,
            since,
            limit,
        )
        return [(int(key), float(at)) for key, at in found]

    def applied(self, realm: str, after: int) -> list[dict[str, Any]]:
        """Every write that took effect since the seed, in order."""
        found = self.rows(
            "SELECT seq, request_id, b_id, entity, id, operation, at, writer, caller FROM applied "
            "WHERE realm = ? AND seq > ? ORDER BY seq",
            realm,
            after,
        )
        names = ("seq", "requestid", "bId", "entity", "id", "operation", "at", "writer", "caller")
        rows = [dict(zip(names, row, strict=True)) for row in found]
        return [{**row, "id": str(row["id"])} for row in rows]

    def forget_applied(self) -> None:
        self.change("DELETE FROM applied")

    def log_applied(
        self,
        realm: str,
        record: Record,
        operation: str,
        *,
        request_id: str | None,
        b_id: str | None,
        caller: str,
    ) -> None:
        self.change(
            "INSERT INTO applied (realm, request_id, b_id, entity, id, operation, at, writer, caller) "
            "VALUES (?,?,?,?,?,?,?,?,?)",
            realm,
            request_id,
            b_id,
            record.entity,
            record.id,
            operation,
            record.updated,
            record.writer,
            caller,
        )


def _record(entity: str, record_id: int, row: tuple[Any, ...]) -> Record:
    body, sync_token, created, updated, writer, active = row
    return Record(
        entity=entity,
        id=record_id,
        body=json.loads(body, parse_float=Decimal),
        sync_token=sync_token,
        created=created,
        updated=updated,
        writer=writer,
        active=bool(active),
    )
