"""A picture of every screen, light and dark, of a company some weeks into its use: `make screenshots`.

They are kept in docs/screenshots, for the README, the docs, and whoever wants to look before installing.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import time_machine
from PIL import Image

from qbsync.bootstrap import App
from qbsync.domain.ledger import TimeEntry
from qbsync.domain.plan import Plan, Scope
from qbsync.domain.schedule import Frequency, Schedule
from qbsync.domain.wanted import SyncKind
from tests.browser.driver import Dashboard
from tests.browser.product import chromium, running_product
from tests.company import ROOT, WHO, Company, make_ready
from tests.local_books import REALM, LocalBooks

TARGET = ROOT / "docs" / "screenshots"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
COLORS = 128  # of a picture's palette: text and flat areas need no more
NAMES = frozenset({SyncKind.CUSTOMER, SyncKind.PROJECT, SyncKind.EMPLOYEE, SyncKind.VENDOR})
BILLS = frozenset({SyncKind.VENDOR, SyncKind.BILL})
LAST_WEEK = date(2026, 11, 14)  # of the sample that is submitted; it is left for the preview
WEEKS = 7
BAD_WEEKS = (6, 3)
NOTHING_PENDING = """() => !document.querySelector('[data-testid="stSkeleton"]')"""  # a part that still loads
MARK, EDITED = "[PF-", 6

Draw = Callable[[Dashboard], object]


def nothing_more(_: Dashboard) -> None:
    """The screen is pictured as it opens."""


def first_run(dashboard: Dashboard) -> None:
    dashboard.click_cell(across=0.94, row=1)
    dashboard.sees("records")


def a_refused_record(dashboard: Dashboard) -> None:
    dashboard.press_text("Records")
    dashboard.press_text("What was sent and answered")


def a_bill_in_core(dashboard: Dashboard) -> None:
    dashboard.page.get_by_role("radio", name="Vendor bills").click()
    dashboard.settle()
    dashboard.click_cell(across=0.3, row=1)
    dashboard.sees("In Core now")
    dashboard.press_text("Look in QuickBooks now")
    dashboard.sees("In QuickBooks now")


SCREENS: dict[str, tuple[str, Draw]] = {
    "overview": ("", nothing_more),
    "connection": ("connection", nothing_more),
    "mapping": ("mapping", nothing_more),
    "mapping-timesheet": ("mapping", lambda dashboard: dashboard.tab("Timesheet")),
    "sync": ("sync", nothing_more),
    "sync-conflicts": ("sync", lambda dashboard: dashboard.tab("Conflicts")),
    "sync-blocked": ("sync", lambda dashboard: dashboard.tab("Blocked")),
    "sync-log": ("sync_log", nothing_more),
    "sync-log-run": ("sync_log", first_run),
    "sync-log-record": ("sync_log", a_refused_record),
    "history": ("history", nothing_more),
    "schedule": ("schedule", nothing_more),
    "core-data": ("core_data", nothing_more),
    "core-data-record": ("core_data", a_bill_in_core),
    "settings": ("settings", nothing_more),
}


def live_some_weeks(company: Company, today: datetime) -> None:
    """Sync a week at a time, as if each had been synced on a day of its own; some days went less well."""
    make_ready(company)
    app = company.app()
    for number in range(WEEKS, 0, -1):
        with time_machine.travel(today - timedelta(days=3 * number, hours=number)):
            send(company, app, Scope(kinds=NAMES if number == WEEKS else BILLS))
            send(company, app, hours_of(number), fail=number in BAD_WEEKS)
    connection = app.connection().id
    app.scheduling.save(
        Schedule(frequency=Frequency.DAILY, at=time(6), enabled=True, connection_id=connection), who=WHO
    )
    app.database.close()


def hours_of(*weeks_ago: int) -> Scope:
    weeks = frozenset(LAST_WEEK - timedelta(weeks=number) for number in weeks_ago)
    return Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=weeks)


def send(company: Company, app: App, scope: Scope, *, fail: bool = False) -> None:
    """Preview and push as far as it goes; to fail, an item goes out of use in between."""
    plan = app.previewing.build(app.connection().id, scope, who=WHO)
    if not any(change.ticked_by_default for change in plan.changes):
        return
    run = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    item = first_item(plan) if fail else ""
    if item:
        company.books.control(f"{REALM}/edit", entity="Item", id=item, changes={"Active": False})
    while app.runs.get(run.id).is_open:
        app.running.push(run.id)
    if item:
        company.books.control(f"{REALM}/edit", entity="Item", id=item, changes={"Active": True})


def first_item(plan: Plan) -> str:
    """The service item of the first time entry of a preview."""
    contents = [change.content for change in plan.changes if change.ticked_by_default]
    return next(one.item.id for one in contents if isinstance(one, TimeEntry) and one.item is not None)


def edit_in_quickbooks(company: Company) -> None:
    """A colleague changes some hours that were sent, so that the preview has conflicts."""
    ours = [entry for entry in company.books.read_all("TimeActivity") if MARK in (entry.get("Description") or "")]
    for entry in ours[-EDITED:]:
        company.books.control(
            f"{REALM}/edit", entity="TimeActivity", id=entry["Id"], changes={"Hours": 1, "Minutes": 15}
        )


def preview(company: Company) -> None:
    app = company.app()
    app.previewing.build(app.connection().id, hours_of(0, 1, -1), who=WHO)
    app.database.close()


def small(picture: bytes) -> Image.Image:
    """The same picture with a palette, which takes a third of the room."""
    return Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)


def take(base: str, names: list[str], target: Path, width: int) -> None:
    """Picture the screens of a running dashboard."""
    target.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=theme,
                locale="en-US",
                timezone_id="America/Denver",
            )
            for name in names:
                address, draw = SCREENS[name]
                dashboard = Dashboard(context.new_page(), base)
                dashboard.open(address)
                draw(dashboard)
                dashboard.settle()
                dashboard.page.wait_for_function(NOTHING_PENDING)
                small(dashboard.page.screenshot()).save(target / f"{name}-{theme}.png", optimize=True)
                dashboard.page.close()
            context.close()


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    options.add_argument("screens", nargs="*", metavar="screen", help=f"of {', '.join(SCREENS)}; none means all")
    options.add_argument("--width", type=int, default=1280)
    options.add_argument("--target", type=Path, default=TARGET)
    asked = options.parse_args()
    with TemporaryDirectory() as place:
        folder = Path(place)
        with LocalBooks.running(folder / "local-quickbooks.db") as books:
            company = Company(folder=folder, books=books)
            live_some_weeks(company, datetime.now(UTC))
            edit_in_quickbooks(company)
            preview(company)
        with running_product(folder) as product:
            take(product.base, asked.screens or list(SCREENS), asked.target, asked.width)
    print(f"Kept in {asked.target}.")


if __name__ == "__main__":
    main()
