"""The mapping as a table with pending edits laid over it, and the edits as rules again. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MADE_KINDS, TARGET_KINDS, MapKind, MappingRule, Preferences, RuleKey
from qbsync.domain.mapping_remarks import remark_of
from qbsync.domain.resolve import NOUNS, Lists
from qbsync.domain.suggest import EXPENSE_TYPES, Suggestion
from qbsync.services.mapping_view import CodeRow, MappingView
from qbsync.ui.mapping.lines import key_of, line_id
from qbsync.ui.text import plural

TICK, TARGET, NEW_NAME, SUGGESTED, WHY = "tick", "target", "new_name", "suggested", "why"
NO_LISTS = Lists({})
UNMAPPED, INACTIVE, EDITED = "Unmapped", "Inactive", "Edited"
STATES = (UNMAPPED, INACTIVE, EDITED, "Mapped")
STATE_COLORS = ("orange", "red", "blue", "green")

TO_BE_MADE = "to be made in QuickBooks"
MADE_NOUNS = {LedgerKind.ITEM: "service item"}

Edit = dict[str, Any]
Edits = dict[str, Edit]
Edited = Mapping[str, Mapping[str, Any]]  # the same, to be read only


@dataclass(frozen=True, kw_only=True)
class SavedEdits:
    """What pending edits come to: rules to lay over the saved ones, and codes whose rule goes."""

    rules: tuple[MappingRule, ...]
    removed: tuple[RuleKey, ...]


def target_of(kind: LedgerKind, record_id: str) -> str:
    """A choice in the table: `Item:12`, or `Customer:` for a record to be made."""
    return f"{kind.value}:{record_id}"


def options(view: MappingView, kind: MapKind, preferences: Preferences | None = None) -> dict[str, str]:
    """Every choice of a tab with what people read: what can be made, active records, and targets gone inactive.

    `preferences` say what a project becomes; without them those that are saved do.
    """
    choices: dict[str, str] = {}
    made = [one for one in TARGET_KINDS[kind] if one in MADE_KINDS]
    nouns = {one: MADE_NOUNS.get(one, one.word) for one in made}
    if kind is MapKind.PROJECT:
        nouns[LedgerKind.CUSTOMER] = _made_of_project(view, preferences or view.mapping.preferences)
    choices |= {target_of(one, ""): f"✚ Create a new {nouns[one]}" for one in made}
    entries = sorted(view.options(*TARGET_KINDS[kind]), key=_rank)
    names = [_label(entry, many=len(TARGET_KINDS[kind]) > 1) for entry in entries]
    holders = Counter(names)
    for entry, name in zip(entries, names, strict=True):
        unique = name if holders[name] == 1 else f"{name} (id {entry.id})"
        choices[target_of(entry.kind, entry.id)] = unique
    for row in (*view.of(kind), *view.overrides):
        if row.kind is kind and row.rule is not None and not row.rule.creates:
            choices.setdefault(target_of(row.rule.ledger_kind, row.rule.ledger_id), f"⚠ inactive: {row.target}")
    return choices


def _made_of_project(view: MappingView, preferences: Preferences) -> str:
    """What a project becomes that is made: one choice serves all lines, so where they differ it names both."""
    placements = {preferences.placement_of(project) for project in view.projects} or {preferences.project_placement}
    return " or ".join(one.value for one in sorted(placements, reverse=True))


def _rank(entry: ListEntry) -> tuple[bool, bool, str]:
    """Items before accounts, and the accounts of expenses before the others."""
    usual = entry.type in EXPENSE_TYPES or entry.kind is not LedgerKind.ACCOUNT
    return entry.kind is LedgerKind.ACCOUNT, not usual, entry.full_name.casefold()


def _label(entry: ListEntry, *, many: bool) -> str:
    name = f"{entry.number} {entry.full_name}".strip()
    if not many:
        return name
    noun = "Service" if entry.type == "Service" else entry.kind.value
    return f"{name} · {noun if entry.kind is not LedgerKind.ACCOUNT else entry.type or noun}"


def table(
    rows: Iterable[CodeRow],
    edits: Mapping[str, Mapping[str, Any]],
    ticked: Collection[str] = (),
    lists: Lists = NO_LISTS,
) -> pd.DataFrame:
    """One row a line, by its id, with the pending edits laid over what is saved."""
    frame = pd.DataFrame([_line(row, edits, ticked, lists) for row in rows], columns=_COLUMNS)
    return frame.set_index("core_id")


_COLUMNS = ["core_id", TICK, "state", "name", "detail", TARGET, NEW_NAME, SUGGESTED, "score", WHY]


def _line(row: CodeRow, edits: Edited, ticked: Collection[str], lists: Lists) -> dict[str, Any]:
    line = line_id(row.core_id, row.project)
    edit, suggestion = edits.get(line), row.suggestion
    values = {**saved_values(row), **(edit or {})}
    return {
        "core_id": line,
        TICK: line in ticked,
        "state": [EDITED if edit else row.state],
        "name": f"only on {row.project_name or row.project}" if row.project else row.name,
        "detail": row.detail,
        TARGET: values[TARGET],
        NEW_NAME: values[NEW_NAME],
        SUGGESTED: _breakable(suggestion.target) if suggestion else "",
        "score": suggestion.score if suggestion and suggestion.rule else None,
        WHY: why(row, edit, lists),
    }


def _breakable(name: str) -> str:
    """A name with room after its colons, where a table can break it into lines: `Job Costs: Subcontractors`."""
    return re.sub(r":(?=\S)", ": ", name)


def why(row: CodeRow, edit: Mapping[str, Any] | None, lists: Lists) -> str:
    """What a person should know of a line: a remark on what is chosen for it, else the reason of its suggestion."""
    remark = remark_on(row, edit, lists)
    if remark:
        return f"⚠ {remark}"
    return row.suggestion.reason if row.suggestion else ""


def remark_on(row: CodeRow, edit: Mapping[str, Any] | None, lists: Lists) -> str:
    """What is odd about what is chosen for a line; "" where nothing is."""
    values = {**saved_values(row), **(edit or {})}
    if not values[TARGET]:
        return ""
    return remark_of(_rule((row.kind, row.core_id, row.project), values), row.name, lists)


def remarks(rows: Mapping[str, CodeRow], edits: Edited, lists: Lists) -> list[str]:
    """What is odd about the edits of a tab, each with its line: `Vendor V1: Cannot be made yet. …`."""
    found = ((rows[line], line, remark_on(rows[line], edit, lists)) for line, edit in edits.items() if line in rows)
    return [f"{NOUNS[row.kind]} {line}: {remark}" for row, line, remark in found if remark]


def saved_values(row: CodeRow) -> dict[str, Any]:
    """What is saved for a code."""
    if row.rule is None:
        return {TARGET: None, NEW_NAME: ""}
    return {TARGET: target_of(row.rule.ledger_kind, row.rule.ledger_id), NEW_NAME: row.rule.create_name}


def suggested_values(suggestion: Suggestion | None) -> dict[str, Any] | None:
    """What accepting a suggestion enters; None where there is nothing to accept."""
    if suggestion is None or suggestion.rule is None:
        return None
    rule = suggestion.rule
    return {TARGET: target_of(rule.ledger_kind, rule.ledger_id), NEW_NAME: rule.create_name}


def changed(row: CodeRow, edit: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The pending edit of a line after something was typed; empty when it says again what is saved."""
    saved = saved_values(row)
    values = {**saved, **edit}
    for column in (TARGET, NEW_NAME):
        if column in typed:
            values[column] = typed[column] or ("" if column == NEW_NAME else None)
    if TARGET in typed and values[TARGET] is None:
        values[NEW_NAME] = ""  # a name to be made goes with its target
    if NEW_NAME in typed and values[NEW_NAME] and values[TARGET] is None:
        values[TARGET] = target_of(TARGET_KINDS[row.kind][0], "")
    return {} if values == saved else values


def sure_edits(rows: Iterable[CodeRow], edits: Mapping[str, Any], sure_score: int) -> Edits:
    """The edits that accept every suggestion of at least this score, of codes that nobody has touched."""
    return {
        row.core_id: values
        for row in rows
        if row.rule is None
        and row.core_id not in edits
        and row.suggestion is not None
        and row.suggestion.score >= sure_score
        and (values := suggested_values(row.suggestion)) is not None
    }


def set_edits(rows: Mapping[str, CodeRow], edits: Mapping[str, Mapping[str, Any]], target: str | None) -> Edits:
    """The edits that give these lines one target, or take theirs away; an empty one says what is saved."""
    return {line: changed(row, edits.get(line, {}), {TARGET: target}) for line, row in rows.items()}


def suggested_edits(rows: Mapping[str, CodeRow], edits: Mapping[str, Mapping[str, Any]]) -> Edits:
    """The edits that accept the suggestions of these lines, whatever their scores; none where it is chosen already."""
    return {
        line: values
        for line, row in rows.items()
        if (values := suggested_values(row.suggestion)) is not None and edits.get(line) != values
    }


def as_rules(kind: MapKind, edits: Mapping[str, Mapping[str, Any]]) -> SavedEdits:
    """Pending edits of a tab as rules."""
    rules = [_rule(key_of(kind, line), edit) for line, edit in edits.items() if edit.get(TARGET)]
    gone = [key_of(kind, line) for line, edit in edits.items() if not edit.get(TARGET)]
    return SavedEdits(rules=tuple(rules), removed=tuple(gone))


def _rule(key: RuleKey, edit: Mapping[str, Any]) -> MappingRule:
    kind, core_id, project = key
    ledger_kind, _, record_id = str(edit[TARGET]).partition(":")
    return MappingRule(
        kind=kind,
        core_id=core_id,
        project=project,
        ledger_kind=LedgerKind(ledger_kind),
        ledger_id=record_id,
        create_name="" if record_id else str(edit.get(NEW_NAME) or "").strip(),
    )


def counts_text(edits: Iterable[Mapping[str, Any]], made_as: str = TO_BE_MADE) -> str:
    """What edits do to their lines: `49 linked, 71 to be made in QuickBooks, 1 cleared`. Plain text."""
    targets = [str(edit.get(TARGET) or "") for edit in edits]
    made = sum(one.endswith(":") for one in targets)
    cleared = targets.count("")
    counts = {"linked": len(targets) - made - cleared, made_as: made, "cleared": cleared}
    return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)


def makes_any(frame: pd.DataFrame) -> bool:
    """Whether any of these lines asks for a record to be made."""
    return any(str(target).endswith(":") for target in frame[TARGET])


def helps(frame: pd.DataFrame) -> bool:
    """Whether a suggestion is of use to any of these lines: one with a target of its own needs none."""
    return any(suggested and pd.isna(target) for suggested, target in zip(frame[SUGGESTED], frame[TARGET], strict=True))


def state_counts(frame: pd.DataFrame) -> dict[str, int]:
    """How many codes are in each state."""
    states = [state[0] for state in frame["state"]]
    return {state: states.count(state) for state in STATES}


def narrowed(frame: pd.DataFrame, state: str | None, text: str, staying: Collection[str] = ()) -> pd.DataFrame:
    """The codes in a state that have the text in their code or name. `staying` lines are shown in whatever state."""
    if state:
        frame = frame[
            [one[0] == state or line in staying for line, one in zip(frame.index, frame["state"], strict=True)]
        ]
    wanted = text.casefold().strip()
    if wanted and not frame.empty:
        places = [
            f"{code} {name} {detail}".casefold()
            for code, name, detail in zip(frame.index, frame["name"], frame["detail"], strict=True)
        ]
        frame = frame[[wanted in place for place in places]]
    return frame


def open_kinds(view: MappingView) -> list[MapKind]:
    """The kinds of the codes that still need a target, one for each code."""
    return [row.kind for row in (*view.rows, *view.overrides) if row.state != "Mapped"]


def unmapped_text(view: MappingView) -> str:
    """How many codes still need a target: `12 cost codes, 1 employee`."""
    open_lines = open_kinds(view)
    counts = ((NOUNS[kind].lower(), open_lines.count(kind)) for kind in MapKind)
    return ", ".join(plural(count, noun) for noun, count in counts if count)
