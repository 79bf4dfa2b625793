"""How values read: hours, money, times and counts. And the one escape for text that comes from the books."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qbsync.domain.place import Place
from qbsync.domain.plan import Scope
from qbsync.domain.texts import day_text
from qbsync.domain.wanted import SyncKind

KINDS = {  # what a sync is asked to cover, in the words of every screen
    "Customers and projects": (SyncKind.CUSTOMER, SyncKind.PROJECT),
    "Service items": (SyncKind.ITEM,),
    "Employees": (SyncKind.EMPLOYEE,),
    "Vendors": (SyncKind.VENDOR,),
    "Vendor bills": (SyncKind.BILL,),
    "Timesheets": (SyncKind.TIME_ENTRY,),
}
MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~:&=^\"'@/])")
SPACES = re.compile(r"\s+")
ADDRESS = re.compile(r"(?<=[-.\w+]@)(?=[-\w])|(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
WEEKS_NAMED_MAX = 4  # of a preview; more are counted
JOINER = "\u2060"  # the word joiner: it takes no room, and no line breaks at it


def escape(text: object) -> str:
    """Text from Core or QuickBooks, safe where Markdown is read: it stays exactly what it says.

    Browsers make links of addresses after the escapes are gone, so an address also gets a joiner that nobody sees.
    """
    plain = ADDRESS.sub(JOINER, SPACES.sub(" ", str(text)).strip())
    return MARKUP.sub(r"\\\1", plain)


def plural(count: int, one: str, many: str = "") -> str:
    """`1 record`, `2 records`, `1,200 entries`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def titles_of(kinds: Collection[SyncKind]) -> list[str]:
    """The words for some kinds: those that have any of them."""
    return [title for title, its in KINDS.items() if any(kind in kinds for kind in its)]


def scope_text(scope: Scope, named_max: int = WEEKS_NAMED_MAX) -> str:
    """What a preview was asked for, in the screen's words. More than `named_max` weeks are counted."""
    if scope.retries:
        return scope.text
    what = ", ".join(titles_of(scope.kinds)).lower() if scope.kinds else "everything"
    return f"{what}{scope.of_projects}{_weeks_text(scope, named_max)}"


def _weeks_text(scope: Scope, named_max: int) -> str:
    if not scope.weeks:
        return ""
    if len(scope.weeks) > named_max:
        return f", {plural(len(scope.weeks), 'week')}"
    return f", week ending {', '.join(day(week) for week in sorted(scope.weeks))}"


def hours(minutes: int) -> str:
    """Minutes as decimal hours, as payroll reads them: `37.50 h`."""
    return f"{Decimal(minutes) / 60:,.2f} h"


def money(amount: Decimal) -> str:
    """`$1,840.25`, a credit as `-$120.00`."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of this name; UTC where the browser names none that we know."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """`22 Nov 2026, 06:00`; "" for none."""
    return f"{at.astimezone(zone):%-d %b %Y, %H:%M}" if at else ""


def day(value: date | None) -> str:
    """`22 Nov 2026`; "" for none."""
    return day_text(value) if value else ""


def ago(at: datetime, now: datetime) -> str:
    """How long since: `just now`, `4 min ago`, `3 h ago`, `2 days ago`."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


def lasting(span: timedelta) -> str:
    """How long something takes, roughly: `less than a minute`, `about 4 min`, `about 2 h 10 min`."""
    minutes = -(-span // timedelta(minutes=1))
    if span < timedelta(minutes=1):
        return "less than a minute"
    if minutes < 60:
        return f"about {minutes} min"
    return f"about {minutes // 60:,} h {minutes % 60} min"


def local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The wall-clock time in a zone, without the zone, as tables want it."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone).replace(tzinfo=None) if at else None


def heading(word: str) -> str:
    """A code word as people read it: `cost_code` is `Cost code`."""
    return word.replace("_", " ").capitalize()


def verb_of(place: Place) -> str:
    """What is done at a place: what Core says is mended in ProForge itself."""
    return "See" if place.screen == "core_data" else "Fix"
