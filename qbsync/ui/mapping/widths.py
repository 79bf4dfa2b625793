"""How wide the columns of a tab are and how high its rows, so that what they say can be read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from qbsync.domain.mapping import MapKind
from qbsync.ui.mapping import frames
from qbsync.ui.parts import LETTER_PIXELS, MARGIN_PIXELS

WIDE_LETTER_PIXELS = 7  # of a single word, in which wide letters do not even out
NARROWEST = 875  # pixels of the table in a window of 1280
NAME_SHARE = 3  # a name gets one part in three before the choice gets what it needs
WRAPPED = ("name", "detail", frames.SUGGESTED, frames.WHY)  # text that tall rows break into lines, between words
GROWING = ("name", "detail", frames.TARGET, frames.SUGGESTED, frames.WHY)  # share what is left of them
DETAIL_PIXELS = {
    MapKind.COST_CODE: 84,
    MapKind.CUSTOMER: 64,
    MapKind.PROJECT: 74,
    MapKind.EMPLOYEE: 84,
    MapKind.VENDOR: 50,
}


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What the lines that are shown ask of the columns, in pixels.

    `words` is the longest single word of each column that breaks its text into lines; `name` and `target` are the
    longest name and choice, which low rows show in one line. `made` is the longest choice of a record to be made.
    """

    words: Mapping[str, int] = field(default_factory=dict)
    name: int = 0
    target: int = 0
    made: int = 0


def needs_of(shown: pd.DataFrame, choices: Mapping[str, str]) -> Needs:
    """What these lines ask for, where `choices` are the targets as people read them."""
    words = {column: max(map(_longest_word, shown[column]), default=0) for column in WRAPPED}
    targets = {str(one): pixels(choices.get(str(one), str(one))) for one in shown[frames.TARGET] if not pd.isna(one)}
    made = max((width for one, width in targets.items() if one.endswith(":")), default=0)
    name = max(map(pixels, shown["name"]), default=0)
    return Needs(words=words, name=name, target=max(targets.values(), default=0), made=made)


def _longest_word(text: object) -> int:
    return max((pixels(word, WIDE_LETTER_PIXELS) for word in str(text).split()), default=0)


def pixels(text: str, letter: float = LETTER_PIXELS) -> int:
    """How wide a cell must be for a text in one line."""
    return int(len(text) * letter) + MARGIN_PIXELS


def widths_of(
    kind: MapKind, *, wide: bool, makes: bool, reasons: bool, suggests: bool, needs: Needs | None = None
) -> dict[str, int]:
    """The columns that are shown, in their order, with pixels that fill a narrow window; they grow in a wider one.

    `wide` where ids name a project, `makes` where a record is to be made, `reasons` and `suggests` where there are any.
    """
    wanted = needs or Needs()
    crowded = makes and suggests
    shown = {
        "_index": 104 if wide else 76,
        frames.TICK: 36,
        "state": 86,
        "name": 94,
        "detail": 0 if crowded else DETAIL_PIXELS[kind],
        frames.TARGET: 118,
        frames.NEW_NAME: 96 if makes else 0,
        frames.SUGGESTED: 94 if suggests else 0,
        "score": 56 if suggests else 0,
        frames.WHY: 135 if reasons else 0,
    }
    widths = {column: pixels for column, pixels in shown.items() if pixels}
    for column in WRAPPED:  # a word that is broken in its middle is the worst to read
        _widen(widths, column, wanted.words.get(column, 0))
    _widen(widths, frames.TARGET, wanted.made)
    _widen(widths, "name", min(wanted.name, widths["name"] + _left(widths) // NAME_SHARE))
    _widen(widths, frames.TARGET, wanted.target)
    _widen(widths, "name", wanted.name)
    growing = [column for column in GROWING if column in widths]
    share = _left(widths) // len(growing)
    return {column: pixels + (share if column in growing else 0) for column, pixels in widths.items()}


def _left(widths: Mapping[str, int]) -> int:
    return max(0, NARROWEST - sum(widths.values()))


def _widen(widths: dict[str, int], column: str, needed: int) -> None:
    """Give a column what it needs, as far as there is room."""
    if column in widths:
        widths[column] += min(_left(widths), max(0, needed - widths[column]))
