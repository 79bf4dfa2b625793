"""Recognises what a sheet lists by its headings, in any order and spelling that the layouts know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qbsync.domain.intake import HeadingReading
from qbsync.domain.records import CoreKind
from qbsync.proforge.cells import fold
from qbsync.proforge.layouts import DAYS, LAYOUTS, Field, Layout

_DATED_DAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*?[0-9]{2,8}")


@dataclass(frozen=True, kw_only=True)
class Match:
    """A sheet's headings read as one kind: where each field stands, and what was left over."""

    layout: Layout
    columns: Mapping[str, int]
    headings: tuple[HeadingReading, ...]
    known: int
    unknown: tuple[str, ...]
    repeated: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What the kind needs and the sheet lacks, in ProForge's words."""
        lacking = [each.heading for each in self.layout.fields if each.needed and each.name not in self.columns]
        if self.layout.kind is CoreKind.PAYROLL_ROW:
            lacking += _missing_hours(self.columns)
        return tuple(lacking)


def _missing_hours(columns: Mapping[str, int]) -> list[str]:
    if any(day in columns for day in DAYS):
        return [] if "week_ending" in columns else ["Week Ending Date"]
    if "date" in columns or "hours" in columns:
        return [name.title() for name in ("date", "hours") if name not in columns]
    return [
        *([] if "week_ending" in columns else ["Week Ending Date"]),
        "Monday … Sunday (or Date and Hours)",
    ]


def match_layout(layout: Layout, headings: Sequence[str]) -> Match:
    """Read headings as one kind. When two stand for one field, the better spelling is used."""
    chosen: dict[str, tuple[int, int]] = {}
    for column, heading in enumerate(headings):
        if entry := _entry(layout, heading):
            rank = (entry[1], column)
            chosen[entry[0].name] = min(chosen.get(entry[0].name, rank), rank)
    columns = {name: column for name, (_, column) in chosen.items()}
    names = {column: name for name, column in columns.items()}
    used = [heading for heading in headings if heading]
    unknown = [text for text in used if not _entry(layout, text) and fold(text) not in layout.unused_index]
    return Match(
        layout=layout,
        columns=columns,
        headings=tuple(
            HeadingReading(as_written=text, read_as=layout.heading(names.get(column, "")))
            for column, text in enumerate(headings)
            if text
        ),
        known=len(used) - len(unknown),
        unknown=tuple(unknown),
        repeated=tuple(_repeated(layout, used)),
    )


def _entry(layout: Layout, heading: str) -> tuple[Field, int] | None:
    folded = fold(heading)
    if layout.kind is CoreKind.PAYROLL_ROW and (dated := _DATED_DAY.fullmatch(folded)):
        folded = dated[1]
    return layout.index.get(folded)


def _repeated(layout: Layout, headings: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    repeated = []
    for heading in headings:
        folded = fold(heading)
        if folded in seen and folded in layout.index:
            repeated.append(heading)
        seen.add(folded)
    return repeated


def matches(headings: Sequence[str]) -> list[Match]:
    """The headings read as each kind, the nearest first."""
    found = [match_layout(layout, headings) for layout in LAYOUTS.values()]
    return sorted(found, key=lambda match: (-match.known, len(match.missing)))


def recognise(headings: Sequence[str], title: str) -> Match | None:
    """The kind that the headings fit best; `title` (the sheet's or file's name) decides between equals."""
    complete = [match for match in matches(headings) if not match.missing]
    if not complete:
        return None
    best = [match for match in complete if match.known == complete[0].known]
    if len(best) == 1:
        return best[0]
    folded = fold(title)
    named = [match for match in best if any(hint in folded for hint in match.layout.hints)]
    return named[0] if len(named) == 1 else None
