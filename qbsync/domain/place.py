"""Where in the product a thing is mended: a screen, and there a tab and a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A screen by its name, a tab of it, and what its search finds the row by; "" where it is less exact than that."""

    screen: str = ""
    tab: str = ""
    row: str = ""

    @classmethod
    def of(cls, text: str) -> Place:
        """The place that a stored text names."""
        return cls(*text.split("/", 2))

    def __str__(self) -> str:
        """As it is stored. A row may hold any character."""
        if self.row:
            return f"{self.screen}/{self.tab}/{self.row}"
        return f"{self.screen}/{self.tab}" if self.tab else self.screen


NOWHERE = Place()
CONNECTION = Place("connection")
CORE_DATA = Place("core_data")
MAPPING = Place("mapping")
TIMESHEET = Place("mapping", "timesheet")
BILLS = Place("mapping", "bills")


def common(places: Iterable[Place]) -> Place:
    """The one place of several, or as much of it as they have in common."""
    match list(dict.fromkeys(places)):
        case []:
            return NOWHERE
        case [place]:
            return place
        case [Place(screen, tab), *others] if all((one.screen, one.tab) == (screen, tab) for one in others):
            return Place(screen, tab)
        case [Place(screen), *others] if all(one.screen == screen for one in others):
            return Place(screen)
    return NOWHERE
