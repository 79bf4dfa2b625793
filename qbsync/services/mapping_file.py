"""Read the rows of a mapping file: what each one chooses, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from qbsync.domain.errors import Issue
from qbsync.domain.ledger import LedgerKind, ListEntry
from qbsync.domain.mapping import MADE_KINDS, TARGET_KINDS, MapKind, MappingRule, RuleKey
from qbsync.domain.resolve import NOUNS, Lists, rule_name

CREATE = "(create in QuickBooks)"
CHOICE = "Choice"  # the heading for what is chosen in words: of preferences
HEADINGS = (
    "Kind",
    "Core code",
    "Core name",
    "Project",
    "QuickBooks kind",
    "QuickBooks id",
    "QuickBooks name",
    CHOICE,
)


def read_rules(
    name: str, rows: Iterable[tuple[int, Mapping[str, str]]], lists: Lists, known: Collection[tuple[MapKind, str]]
) -> tuple[tuple[MappingRule, ...], tuple[Issue, ...]]:
    """The good rules of the numbered rows of a file called `name`, and every fault by its row.

    `known` are Core's codes.
    """
    rules: dict[RuleKey, MappingRule] = {}
    numbers: dict[RuleKey, list[int]] = {}
    issues: list[Issue] = []
    for number, row in rows:
        place = f"{name}, row {number}"
        rule, faults = _imported(row, place, lists)
        if rule is not None:
            faults += _unknown_codes(rule, place, known)
            numbers.setdefault(rule.key, []).append(number)
            if not faults:
                rules[rule.key] = rule
        issues += faults
    for repeated in [key for key, found in numbers.items() if len(found) > 1]:
        issues.append(_repeated_code(name, repeated, numbers[repeated]))
        rules.pop(repeated, None)
    return tuple(rules.values()), tuple(issues)


def rule_issues(rule: MappingRule, lists: Lists) -> list[Issue]:
    """What is wrong with a rule, checked on the server whatever a page offered."""
    record = rule_name(rule)

    def issue(problem: str, remedy: str) -> list[Issue]:
        return [Issue(record=record, field="mapping", problem=problem, remedy=remedy, screen="mapping")]

    if rule.ledger_kind not in TARGET_KINDS[rule.kind]:
        allowed = " or ".join(kind.word for kind in TARGET_KINDS[rule.kind])
        return issue(f"It cannot be mapped to a {rule.ledger_kind.word}.", f"Choose a {allowed}.")
    if rule.project and rule.kind is not MapKind.COST_CODE:
        return issue("Only a cost code can have a rule of its own for a project.", "Leave the project blank.")
    if rule.creates and rule.ledger_kind not in MADE_KINDS:
        return issue("Accounts are not made from here.", "Make it in QuickBooks, then choose it.")
    if rule.creates and rule.project:
        return issue("An item is made for every project of a code.", "Choose an existing one for this project.")
    if rule.creates:
        return []
    entry = lists.get(rule.ledger_kind, rule.ledger_id)
    if entry is None:
        return issue("Its QuickBooks record does not exist.", "Refresh the lists and choose another.")
    if not entry.active:
        return issue(f'"{entry.name}" is inactive in QuickBooks.', "Make it active there, or choose another.")
    return []


def _imported(row: Mapping[str, str], place: str, lists: Lists) -> tuple[MappingRule | None, list[Issue]]:
    """The rule of one row of a mapping file; None where nothing is chosen."""
    target, name = row.get("QuickBooks id", ""), row.get("QuickBooks name", "")
    written, written_of = row.get("Kind", ""), row.get("QuickBooks kind", "")
    if not target and not name:
        return None, [] if not written or written.lower() in set(MapKind) else [_unknown_kind(row, place)]
    try:
        kind, ledger_kind = MapKind(written.lower()), LedgerKind(written_of)
    except ValueError:
        return None, [_unknown_kind(row, place)]
    rule = MappingRule(
        kind=kind, core_id=row.get("Core code", ""), project=row.get("Project", ""), ledger_kind=ledger_kind
    )
    if target == CREATE:
        rule = replace(rule, create_name=name)
    else:
        found, disagreement = find_target(ledger_kind, target, name, place, lists)
        if not found:
            return None, disagreement
        rule = replace(rule, ledger_id=found)
        return rule, [*_placed(rule_issues(rule, lists), place), *disagreement]
    return rule, _placed(rule_issues(rule, lists), place)


def _unknown_kind(row: Mapping[str, str], place: str) -> Issue:
    """A row that belongs to no list, or chooses of none, most likely since a word is misspelt."""
    kinds = ", ".join(kind.value for kind in MapKind)
    return Issue(
        record=place,
        field="Kind",
        problem=f"Kind {row.get('Kind', '')!r} or QuickBooks kind {row.get('QuickBooks kind', '')!r} is not known.",
        remedy=f"Kinds are {kinds}; QuickBooks kinds are Item, Account, Customer, Employee, Vendor.",
        screen="mapping",
    )


def _placed(issues: Iterable[Issue], place: str) -> list[Issue]:
    return [replace(issue, record=place) for issue in issues]


def find_target(kind: LedgerKind, target: str, name: str, place: str, lists: Lists) -> tuple[str, list[Issue]]:
    """The id that a row chooses by id, or by name where the id is blank, and what is wrong with that.

    "" where no record has the name. Whether the record can be used is not looked at.
    """
    if target:
        return target, _disagreement(kind, target, name, place, lists)
    found = _id_by_name(kind, name, lists)
    if found:
        return found, []
    problem = f"QuickBooks has no active {kind.word} named {name!r}."
    remedy = "Correct the name."
    return "", [Issue(record=place, field="QuickBooks name", problem=problem, remedy=remedy, screen="mapping")]


def _disagreement(kind: LedgerKind, target: str, name: str, place: str, lists: Lists) -> list[Issue]:
    """An id and a name of two records: somebody changed one of them, and either could be meant."""
    entry = lists.get(kind, target)
    if entry is None or not name or _is_named(entry, name):
        return []
    return [
        Issue(
            record=place,
            field="QuickBooks name",
            problem=f'The id {entry.id} is "{entry.full_name}" in QuickBooks, but the name says "{name}".',
            remedy="Correct the one that is wrong; a row whose id is blank goes by its name.",
            screen="mapping",
        )
    ]


def _repeated_code(file: str, key: RuleKey, numbers: Sequence[int]) -> Issue:
    kind, core_id, project = key
    where = f" for project {project}" if project else ""
    listed = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
    return Issue(
        record=f"{file}, row {numbers[-1]}",
        field="Core code",
        problem=f"{NOUNS[kind]} {core_id}{where} stands in rows {listed}; none of them was taken.",
        remedy="Keep one of the rows.",
        screen="mapping",
    )


def _unknown_codes(rule: MappingRule, place: str, known: Collection[tuple[MapKind, str]]) -> list[Issue]:
    """A code that Core does not have: most likely it is misspelt."""
    named = [(rule.kind, rule.core_id, "Core code")]
    if rule.project:
        named.append((MapKind.PROJECT, rule.project, "Project"))
    return [
        Issue(
            record=place,
            field=column,
            problem=f"Core has no {NOUNS[kind].lower()} {core_id!r}.",
            remedy="Correct the code, or load its export on the Core data page first.",
            screen="core_data",
        )
        for kind, core_id, column in named
        if (kind, core_id) not in known
    ]


def _id_by_name(kind: LedgerKind, name: str, lists: Lists) -> str:
    same = [entry.id for entry in lists.all(kind) if entry.active and _is_named(entry, name)]
    return same[0] if len(same) == 1 else ""


def _is_named(entry: ListEntry, name: str) -> bool:
    return name.casefold() in (entry.name.casefold(), entry.full_name.casefold())


def exported(kind: MapKind, core_id: str, name: str, rule: MappingRule | None, target: str) -> tuple[str, ...]:
    """The row of one code as `read_rules` reads it again; nothing is chosen where it has no rule."""
    if rule is None:
        return (kind.value, core_id, name, "", "", "", "", "")
    chosen = (CREATE, rule.create_name) if rule.creates else (rule.ledger_id, target)
    return (kind.value, core_id, name, rule.project, rule.ledger_kind.value, *chosen, "")
