"""The tree of exceptions is drawn once, and the drawing is what the classes are."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from qbsync.domain import errors
from qbsync.domain.errors import QbsyncError, TerminalError, TransientError

Tree = dict[str, str]  # class → the one it is a kind of
BRANCH = re.compile(r"^(?P<before>[│├└─ ]*)(?P<name>[A-Z]\w+)")


def drawn() -> Iterator[tuple[str, str]]:
    """The classes of the drawing, each with the one above it."""
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines()[2:]:
        found = BRANCH.match(line)
        assert found is not None, f"not a branch of the tree: {line!r}"
        depth = len(found["before"]) // 4
        yield found["name"], above[depth - 1] if depth else ""
        above[depth:] = [found["name"]]


def test_the_drawing_has_every_class_under_its_own():
    classes = {
        name: "" if one is QbsyncError else one.__base__.__name__
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, QbsyncError) and one.__base__ is not None
    }
    assert dict(drawn()) == classes


def test_each_fault_of_quickbooks_may_pass_or_never_will():
    leaves = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.LedgerError)]
    undecided = [one for one in leaves if not issubclass(one, TransientError | TerminalError)]
    assert undecided == [errors.LedgerError]


def test_every_class_says_what_it_is():
    assert [one for _, one in inspect.getmembers(errors, inspect.isclass) if not one.__doc__] == []
