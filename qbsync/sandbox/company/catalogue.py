"""What a company may hold: handed to its books, which know no entity by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qbsync.sandbox.company.kind import Kind
from qbsync.sandbox.company.store import Record

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Every entity by its name, and what matters to all of them."""

    kinds: Mapping[str, Kind]
    people: tuple[str, ...]  # the lists that share one sequence of ids
    currency_names: Mapping[str, str]
    before_saving: Callable[[Books, Kind, dict[str, Any]], None]
    before_deleting: Callable[[Books, Record], None]
