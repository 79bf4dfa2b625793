"""Fill in references to records that the same run has made meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from qbsync.domain.fields import values
from qbsync.domain.ledger import Content, ExpenseLine, LedgerKind, Reference

Targets = Mapping[str, tuple[LedgerKind, str]]  # key of a record → its QuickBooks kind and id


def filled(content: Content, targets: Targets) -> Content:
    """The content with every `new:` reference that `targets` knows replaced by its id."""
    changed: dict[str, Any] = {name: _filled(value, targets) for name, value in values(content).items()}
    return dataclasses.replace(content, **changed)


def still_new(content: Content) -> list[str]:
    """The keys of the records that the content refers to and that are not there yet."""
    references = [value for value in values(content).values() if isinstance(value, Reference)]
    for value in values(content).values():
        if isinstance(value, tuple):
            references += [ref for line in value for ref in values(line).values() if isinstance(ref, Reference)]
    return list(dict.fromkeys(reference.id.removeprefix("new:") for reference in references if reference.is_new))


def _filled(value: object, targets: Targets) -> object:
    match value:
        case Reference() if value.is_new:
            found = targets.get(value.id.removeprefix("new:"))
            return Reference(id=found[1], name=value.name) if found else value
        case ExpenseLine():
            changed: dict[str, Any] = {name: _filled(one, targets) for name, one in values(value).items()}
            return dataclasses.replace(value, **changed)
        case tuple():
            return tuple(_filled(one, targets) for one in value)
        case _:
            return value
