"""A preview as tables and totals. Pure: changes in, frames and words out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from qbsync.domain.decide import Action
from qbsync.domain.errors import Severity
from qbsync.domain.plan import Change, Totals, totals
from qbsync.domain.wanted import TITLES, SyncKind
from qbsync.ui.text import heading, hours, money, plural

KIND_TITLES = list(TITLES.values())
KIND_COLORS = ["orange", "violet", "blue", "green", "gray", "primary"]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Actions that share a tab. `ticks` says whether its rows can be sent."""

    name: str
    title: str
    icon: str
    color: str
    actions: frozenset[Action]
    ticks: bool
    note: str
    rare: bool = False  # has a card only where there are some


GROUPS = (
    Group(
        name="create",
        title="Create",
        icon="add_circle",
        color="green",
        actions=frozenset({Action.CREATE}),
        ticks=True,
        note="new records",
    ),
    Group(
        name="update",
        title="Update",
        icon="edit",
        color="blue",
        actions=frozenset({Action.UPDATE}),
        ticks=True,
        note="values change",
    ),
    Group(
        name="link",
        title="Link",
        icon="link",
        color="violet",
        actions=frozenset({Action.LINK}),
        ticks=True,
        note="no write",
        rare=True,
    ),
    Group(
        name="settle",
        title="Settle",
        icon="handshake",
        color="violet",
        actions=frozenset({Action.PULL}),
        ticks=True,
        note="no write",
        rare=True,
    ),
    Group(
        name="remove",
        title="Remove",
        icon="delete",
        color="red",
        actions=frozenset({Action.DELETE, Action.DEACTIVATE}),
        ticks=True,
        note="never ticked for you",
        rare=True,
    ),
    Group(
        name="conflict",
        title="Conflicts",
        icon="call_split",
        color="orange",
        actions=frozenset({Action.CONFLICT}),
        ticks=False,
        note="need a decision",
    ),
    Group(
        name="blocked",
        title="Blocked",
        icon="block",
        color="red",
        actions=frozenset({Action.BLOCKED}),
        ticks=False,
        note="need mending",
    ),
    Group(
        name="skip",
        title="Unchanged",
        icon="done_all",
        color="gray",
        actions=frozenset({Action.SKIP}),
        ticks=False,
        note="are skipped",
    ),
)


def of_group(changes: Iterable[Change], group: Group) -> list[Change]:
    """The changes of a tab."""
    return [change for change in changes if change.action in group.actions]


def narrowed(changes: Iterable[Change], kinds: Collection[SyncKind], text: str) -> list[Change]:
    """The changes of these kinds (all when none is given) that have the text."""
    wanted = text.casefold().strip()
    return [
        change
        for change in changes
        if (not kinds or change.kind in kinds)
        and (not wanted or wanted in f"{change.title} {change.core_id} {change.reason}".casefold())
    ]


def kinds_in(changes: Iterable[Change]) -> list[SyncKind]:
    """The kinds that occur, in the order of a run."""
    found = {change.kind for change in changes}
    return [kind for kind in SyncKind if kind in found]


def records(changes: Sequence[Change]) -> pd.DataFrame:
    """One row a record."""
    return pd.DataFrame(
        [
            {
                "seq": change.seq,
                "Type": [TITLES[change.kind]],
                "Record": change.title,
                "Carries": carried(change),
                "Fields": ", ".join(field.field for field in change.fields),
                "Why": change.reason,
                "Warnings": sum(1 for issue in change.issues),
            }
            for change in changes
        ],
        columns=["seq", "Type", "Record", "Carries", "Fields", "Why", "Warnings"],
    )


def causes(changes: Iterable[Change]) -> pd.DataFrame:
    """One row for each thing that blocks records, most records first; what only follows from another is left out."""
    found: Counter[tuple[str, str, str]] = Counter()
    for change in changes:
        own = [issue for issue in change.issues if issue.severity is Severity.ERROR and not issue.follows]
        found.update({(issue.problem, issue.remedy, issue.screen) for issue in own})
        if not change.issues:
            found[change.reason, "", ""] += 1
    return pd.DataFrame(
        [
            {
                "Records": count,
                "What is wrong": problem,
                "What to do": remedy,
                "Where": heading(screen),
            }
            for (problem, remedy, screen), count in found.most_common()
        ],
        columns=["Records", "What is wrong", "What to do", "Where"],
    )


def carried(change: Change) -> str:
    """The hours or the money of a change, as text."""
    if change.minutes:
        return hours(change.minutes)
    return money(change.amount) if change.amount else ""


def field_changes(changes: Iterable[Change]) -> pd.DataFrame:
    """One row a field."""
    return pd.DataFrame(
        [
            {
                "Type": [TITLES[change.kind]],
                "Record": change.title,
                "Field": field.field,
                "In QuickBooks now": field.before,
                "After the sync": field.after,
            }
            for change in changes
            for field in change.fields
        ],
        columns=["Type", "Record", "Field", "In QuickBooks now", "After the sync"],
    )


def default_ticks(changes: Iterable[Change]) -> set[int]:
    """The rows that are ticked when a preview is opened: never a deletion."""
    return {change.seq for change in changes if change.ticked_by_default}


def moved(changes: Iterable[Change]) -> set[int]:
    """The rows of hours that moved within a week: they go all or none."""
    return {change.seq for change in changes if change.together}


def merged_ticks(kept: set[int], shown: Sequence[int], ticked_rows: Iterable[int]) -> set[int]:
    """The ticks after a table was touched: rows that a filter hides keep theirs."""
    return (kept - set(shown)) | {shown[row] for row in ticked_rows if row < len(shown)}


def moving(changes: Iterable[Change], ticked: Collection[int]) -> Totals:
    """What the ticked rows do; hours and money are of those that are made or changed in QuickBooks."""
    chosen = [change for change in changes if change.seq in ticked and change.can_run]
    written = totals(change for change in chosen if change.action in (Action.CREATE, Action.UPDATE))
    return replace(written, by_action=totals(chosen).by_action)


def moved_text(total: Totals) -> str:
    """`37.50 h and $1,840.25`."""
    parts = [hours(total.minutes) if total.minutes else "", money(total.amount) if total.amount else ""]
    return " and ".join(part for part in parts if part) or "no hours or money"


def action_counts(total: Totals) -> list[tuple[Group, int]]:
    """The tabs whose rows will be sent, with how many."""
    pairs = ((group, sum(total.by_action.get(action, 0) for action in group.actions)) for group in GROUPS)
    return [(group, count) for group, count in pairs if count and group.ticks]


def consequences(total: Totals) -> list[str]:
    """What confirming will do, sentence by sentence."""
    by = total.by_action
    lines = [
        (by[Action.CREATE], "made in QuickBooks"),
        (by[Action.UPDATE], "changed in QuickBooks"),
        (by[Action.LINK], "linked; nothing is written for these"),
        (by[Action.PULL], "settled as QuickBooks has it; nothing is written for these"),
        (by[Action.DELETE], "**deleted** in QuickBooks, which cannot be undone there"),
        (by[Action.DEACTIVATE], "made inactive in QuickBooks"),
    ]
    return [f"{plural(count, 'record is', 'records are')} {what}." for count, what in lines if count]
