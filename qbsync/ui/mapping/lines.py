"""The lines of a tab: every code, and after it the rules that hold for one project only, saved or still to be. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from qbsync.domain.mapping import MapKind, RuleKey
from qbsync.services.mapping_view import CodeRow, MappingView

ON = " ▸ "  # between a code and the project for which it has a rule of its own


def line_id(core_id: str, project: str) -> str:
    """What a line is called on the screen and among the edits: `03-300`, or `03-300 ▸ P1`."""
    return f"{core_id}{ON}{project}" if project else core_id


def key_of(kind: MapKind, line: str) -> RuleKey:
    """The rule that a line stands for. Only cost codes have rules for a project."""
    code, _, project = line.partition(ON) if kind is MapKind.COST_CODE else (line, "", "")
    return kind, code, project


def lines(view: MappingView, kind: MapKind, edits: Iterable[str]) -> dict[str, CodeRow]:
    """Every line of a tab by its id, in order; an edit for a project that has no rule yet has a line too."""
    own: dict[str, dict[str, CodeRow]] = defaultdict(dict)
    for row in view.overrides:
        if row.kind is kind:
            own[row.core_id][row.project] = row
    codes = {row.core_id: row for row in view.of(kind)}
    for line in edits:
        _, code, project = key_of(kind, line)
        if project and code in codes:
            own[code].setdefault(project, _unsaved(codes[code], project, view.projects.get(project, "")))
    found: dict[str, CodeRow] = {}
    for code, row in codes.items():
        found[code] = row
        found |= {line_id(code, project): own[code][project] for project in sorted(own.get(code, ()))}
    return found


def _unsaved(code: CodeRow, project: str, name: str) -> CodeRow:
    return replace(code, rule=None, state="Unmapped", target="", suggestion=None, project=project, project_name=name)


def for_project(ticked: Iterable[str], kind: MapKind, project: str) -> list[str]:
    """The lines that setting ticked ones means: themselves, or their codes' lines for a project."""
    if not project:
        return list(ticked)
    return list(dict.fromkeys(line_id(key_of(kind, line)[1], project) for line in ticked))


def blank(view: MappingView, kind: MapKind, line: str, known: Mapping[str, CodeRow]) -> CodeRow:
    """The row of a line, also where it is new and has no rule."""
    if line in known:
        return known[line]
    _, code, project = key_of(kind, line)
    return _unsaved(known[code], project, view.projects.get(project, ""))
