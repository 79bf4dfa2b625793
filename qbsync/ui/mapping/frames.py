"""The mapping as a table with pending edits laid over it, and the edits as rules again. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MADE_KINDS, TARGET_KINDS, MapKind, MappingRule, RuleKey
from qbsync.domain.resolve import NOUNS
from qbsync.domain.suggest import EXPENSE_TYPES, Suggestion
from qbsync.services.mapping_view import CodeRow, MappingView
from qbsync.ui.mapping.lines import key_of, line_id
from qbsync.ui.text import plural

TICK, TARGET, NEW_NAME, ACCEPT = "tick", "target", "new_name", "accept"
EDITED = "Edited"
STATES = ("Unmapped", "Inactive", EDITED, "Mapped")
STATE_COLORS = ("orange", "red", "blue", "green")
SURE = 90  # suggestions of at least this score are accepted in bulk

MADE_NOUNS = {LedgerKind.ITEM: "service item"}

Edit = dict[str, Any]
Edits = dict[str, Edit]


@dataclass(frozen=True, kw_only=True)
class SavedEdits:
    """What pending edits come to: rules to lay over the saved ones, and codes whose rule goes."""

    rules: tuple[MappingRule, ...]
    removed: tuple[RuleKey, ...]


def target_of(kind: LedgerKind, record_id: str) -> str:
    """A choice in the table: `Item:12`, or `Customer:` for a record to be made."""
    return f"{kind.value}:{record_id}"


def options(view: MappingView, kind: MapKind) -> dict[str, str]:
    """Every choice of a tab with what people read: what can be made, active records, and targets gone inactive."""
    choices: dict[str, str] = {}
    made = [one for one in TARGET_KINDS[kind] if one in MADE_KINDS]
    choices |= {target_of(one, ""): f"✚ Create a new {MADE_NOUNS.get(one, one.value.lower())}" for one in made}
    entries = sorted(view.options(*TARGET_KINDS[kind]), key=_rank)
    names = [_label(entry, many=len(TARGET_KINDS[kind]) > 1) for entry in entries]
    for entry, name in zip(entries, names, strict=True):
        unique = name if names.count(name) == 1 else f"{name} (id {entry.id})"
        choices[target_of(entry.kind, entry.id)] = unique
    for row in (*view.of(kind), *view.overrides):
        if row.kind is kind and row.rule is not None and not row.rule.creates:
            choices.setdefault(target_of(row.rule.ledger_kind, row.rule.ledger_id), f"⚠ inactive: {row.target}")
    return choices


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
    rows: Iterable[CodeRow], edits: Mapping[str, Mapping[str, Any]], ticked: Collection[str] = ()
) -> pd.DataFrame:
    """One row a line, by its id, with the pending edits laid over what is saved."""
    frame = pd.DataFrame([_line(row, edits, ticked) for row in rows], columns=_COLUMNS)
    return frame.set_index("core_id")


_COLUMNS = ["core_id", TICK, "state", "name", "detail", TARGET, NEW_NAME, ACCEPT, "score", "suggestion"]


def _line(row: CodeRow, edits: Mapping[str, Mapping[str, Any]], ticked: Collection[str]) -> dict[str, Any]:
    line = line_id(row.core_id, row.project)
    edit, saved = edits.get(line), saved_values(row)
    values = {**saved, **(edit or {})}
    suggested = suggested_values(row.suggestion)
    return {
        "core_id": line,
        TICK: line in ticked,
        "state": [EDITED if edit else row.state],
        "name": f"only on {row.project_name or row.project}" if row.project else row.name,
        "detail": row.detail,
        TARGET: values[TARGET],
        NEW_NAME: values[NEW_NAME],
        ACCEPT: suggested is not None and edit is not None and values == suggested,
        "score": row.suggestion.score if row.suggestion and row.suggestion.rule else None,
        "suggestion": _suggestion(row.suggestion),
    }


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


def _suggestion(suggestion: Suggestion | None) -> str:
    if suggestion is None:
        return ""
    return f"{suggestion.target}: {suggestion.reason}" if suggestion.target else suggestion.reason


def changed(row: CodeRow, edit: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The pending edit of a line after something was typed; empty when it says again what is saved."""
    saved = saved_values(row)
    values = {**saved, **edit}
    if ACCEPT in typed:
        values |= (suggested_values(row.suggestion) or {}) if typed[ACCEPT] else saved
    for column in (TARGET, NEW_NAME):
        if column in typed:
            values[column] = typed[column] or ("" if column == NEW_NAME else None)
    if TARGET in typed and values[TARGET] is None:
        values[NEW_NAME] = ""  # a name to be made goes with its target
    if NEW_NAME in typed and values[NEW_NAME] and values[TARGET] is None:
        values[TARGET] = target_of(TARGET_KINDS[row.kind][0], "")
    return {} if values == saved else values


def sure_edits(rows: Iterable[CodeRow], edits: Mapping[str, Any]) -> Edits:
    """The edits that accept every sure suggestion of codes that nobody has touched."""
    return {
        row.core_id: values
        for row in rows
        if row.rule is None
        and row.core_id not in edits
        and row.suggestion is not None
        and row.suggestion.score >= SURE
        and (values := suggested_values(row.suggestion)) is not None
    }


def set_edits(rows: Mapping[str, CodeRow], edits: Mapping[str, Mapping[str, Any]], target: str | None) -> Edits:
    """The edits that give these lines one target, or take theirs away; an empty one says what is saved."""
    return {line: changed(row, edits.get(line, {}), {TARGET: target}) for line, row in rows.items()}


def suggested_edits(rows: Mapping[str, CodeRow], edits: Mapping[str, Mapping[str, Any]]) -> Edits:
    """The edits that accept the suggestions of these lines, whatever their scores."""
    return {
        line: changed(row, edits.get(line, {}), {ACCEPT: True})
        for line, row in rows.items()
        if suggested_values(row.suggestion) is not None
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


def makes_any(frame: pd.DataFrame) -> bool:
    """Whether any of these lines asks for a record to be made."""
    return any(str(target).endswith(":") for target in frame[TARGET])


def state_counts(frame: pd.DataFrame) -> dict[str, int]:
    """How many codes are in each state."""
    states = [state[0] for state in frame["state"]]
    return {state: states.count(state) for state in STATES}


def narrowed(frame: pd.DataFrame, state: str | None, text: str) -> pd.DataFrame:
    """The codes in a state that have the text in their code or name."""
    if state:
        frame = frame[[one[0] == state for one in frame["state"]]]
    wanted = text.casefold().strip()
    if wanted and not frame.empty:
        places = [
            f"{code} {name} {detail}".casefold()
            for code, name, detail in zip(frame.index, frame["name"], frame["detail"], strict=True)
        ]
        frame = frame[[wanted in place for place in places]]
    return frame


def unmapped_text(view: MappingView) -> str:
    """How many codes still need a target: `12 cost codes, 1 employee`."""
    open_lines = [row.kind for row in (*view.rows, *view.overrides) if row.state != "Mapped"]
    counts = ((NOUNS[kind].lower(), open_lines.count(kind)) for kind in MapKind)
    return ", ".join(plural(count, noun) for noun, count in counts if count)
