"""Odd names survive the whole way (create, query, update, query), and the preview knows just those that do not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qbsync.domain.errors import Refused
from qbsync.domain.ledger import (
    CustomerCard,
    EmployeeCard,
    LedgerKind,
    Operation,
    Posted,
    VendorCard,
    WriteItem,
    WriteResult,
)
from qbsync.domain.want_names import name_issues
from tests.contract.worlds import World

ODD = (
    "O'Brien", "D''Arcy", r"A\B", r"A\'B", "\\", "Smith & Sons: Job #4", 'The "Best" Co', "100% Steel", "A_B%C",
    "<b>Bold</b>", "👷🏽‍♀️ Crew", "אבן בע״מ", "شركة الخليج", "\u202eright to left", "Zoë", "Zoe\u0308", "ẞtraße",
    "İstanbul", "  two  blanks ", "?x=1&y=2;", "a,b", "(a)", "NULL", "true", "東京建設", "\u200bhidden", "#%2F+",
)  # fmt: skip
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters=":")
NAMES = st.one_of(st.sampled_from(ODD), st.text(LETTERS, min_size=1, max_size=30), st.text(" '\\%_&\"ab", min_size=1))
TRIED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Card = CustomerCard | VendorCard | EmployeeCard


def card(kind: LedgerKind, name: str) -> Card:
    if kind is LedgerKind.CUSTOMER:
        return CustomerCard(display_name=name)
    if kind is LedgerKind.VENDOR:
        return VendorCard(display_name=name)
    return EmployeeCard(display_name=name, given_name="Ada", family_name="Stone")


def write(
    world: World, operation: Operation, wanted: Sequence[tuple[Card, Posted | None]], kind: LedgerKind
) -> list[WriteResult]:
    items = [
        WriteItem(bid=str(bid), kind=kind, operation=operation, content=content, posted=posted)
        for bid, (content, posted) in enumerate(wanted)
    ]
    return world.ledger.send(str(uuid.uuid4()), world.ledger.render(items))


def written(results: Sequence[WriteResult]) -> list[Posted]:
    assert [result.error for result in results] == [None] * len(results)
    return [result.posted for result in results if result.posted is not None]


@pytest.mark.promise(24)
@pytest.mark.parametrize("kind", [LedgerKind.CUSTOMER, LedgerKind.VENDOR, LedgerKind.EMPLOYEE])
@TRIED
@example(names=[name for name in ODD if ":" not in name])
@given(
    names=st.lists(
        NAMES.filter(lambda name: not list(name_issues("", CustomerCard(display_name=name)))), min_size=1, max_size=10
    )
)
def test_an_odd_name_is_made_found_changed_and_found_again(local_world: World, kind: LedgerKind, names: list[str]):
    ours = [card(kind, f"{name}{local_world.fresh('')}") for name in names]
    made = written(write(local_world, Operation.CREATE, [(one, None) for one in ours], kind))
    assert [posted.content for posted in made] == ours
    assert found(local_world, kind, ours) == ours

    renamed = [replace(one, display_name=f"x {one.display_name}") for one in ours]
    written(write(local_world, Operation.UPDATE, list(zip(renamed, made, strict=True)), kind))
    assert found(local_world, kind, ours) == []
    assert found(local_world, kind, renamed) == renamed


def found(world: World, kind: LedgerKind, cards: Sequence[Card]) -> list[Card]:
    """What QuickBooks finds by these names, in their order."""
    by_name = {
        posted.content.display_name: posted.content
        for posted in world.ledger.by_names(kind, [one.display_name for one in cards])
        if isinstance(posted.content, CustomerCard | VendorCard | EmployeeCard)
    }
    return [by_name.pop(one.display_name) for one in cards if one.display_name in by_name] + list(by_name.values())


ANY_NAME = st.one_of(
    NAMES,
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.sampled_from(" :\t\n\x00\x7f"),
)


@pytest.mark.promise(24)
@settings(TRIED, max_examples=40)
@example(names=[" ", "\t", "a\nb", "a\x07b", "\x85", "x" * 500, "x" * 501])
@given(names=st.lists(ANY_NAME, min_size=1, max_size=20, unique_by=str.casefold))
def test_the_preview_blocks_just_the_names_that_quickbooks_refuses(local_world: World, names: list[str]):
    number = local_world.fresh("")
    cards = [VendorCard(display_name=name if not name.strip() or len(name) > 480 else name + number) for name in names]
    results = write(local_world, Operation.CREATE, [(one, None) for one in cards], LedgerKind.VENDOR)
    for one, result in zip(cards, results, strict=True):
        assert result.error is None or isinstance(result.error, Refused)
        assert bool(result.error) is bool(list(name_issues("", one))), one
