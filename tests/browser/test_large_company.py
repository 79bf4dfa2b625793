"""A company with years behind it in a real browser: 100,000 log rows and 300 cost codes, on every screen."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bench.pages import add_years, sync_once
from qbsync.domain.history import Search
from qbsync.domain.intake import SourceFile
from qbsync.domain.mapping import MapKind, MappingSet
from qbsync.ui.screens import SCREENS
from tests.browser.driver import ROOT, Dashboard, Theme, window
from tests.browser.look import after_redraw, pixels_sideways, texts_on, unreadable_texts
from tests.browser.product import Running, copy_company, running_product
from tests.company import WHO, Company
from tests.local_books import LocalBooks

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOG_ROWS, RUNS = 100_000, 100
CODES = 250
WINDOWS: tuple[tuple[int, Theme], ...] = ((1920, "dark"), (1280, "light"))
ITEM, TARGET = "General Labor", "In QuickBooks"


@pytest.fixture(scope="module")
def large(ready_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The product of the contractor after years, with more cost codes than fit on one page."""
    folder = tmp_path_factory.mktemp("large")
    copy_company(ready_template, folder)
    with LocalBooks.running(folder / "local-quickbooks.db") as books:
        company = Company(folder=folder, books=books)
        lines = "".join(f"88-{number:03},Kiln batch {number:03},Labor\n" for number in range(CODES))
        file = SourceFile(name="codes.csv", data=f"Code,Description,Category\n{lines}".encode())
        company.app().intake.load([file], who=WHO)
        sync_once(company)
    add_years(folder / "qbsync.db", LOG_ROWS, 0)
    with running_product(folder) as product:
        yield product


@pytest.fixture(scope="module")
def watched(large: Running, browser: Browser) -> Iterator[Dashboard]:
    """One window for all that is only looked at."""
    with window(browser, large.base) as opened:
        yield opened
        assert opened.strangers == []
        assert opened.complaints == []


@pytest.fixture
def clerk(large: Running, browser: Browser) -> Iterator[Dashboard]:
    with window(browser, large.base) as opened:
        yield opened


def mapping_of(large: Running) -> MappingSet:
    app = Company(folder=large.folder, books=large.books).app()
    found = app.mappings.current(app.connection().id)
    app.database.close()
    return found


def test_mapping_edits_survive_pages_filters_tabs_screens_and_a_reload_and_are_saved_once(
    clerk: Dashboard, large: Running
):
    before = mapping_of(large)
    clerk.open("mapping")
    clerk.press("Page 4")
    clerk.type_into(TARGET, 0, ITEM)  # the 301st cost code
    clerk.press("Page 2", exact=True)
    clerk.type_into(TARGET, 0, ITEM)  # the 101st
    clerk.search("Code or name", "Kiln batch 249")
    clerk.type_into(TARGET, 0, ITEM)
    clerk.search("Code or name", "")
    clerk.tab("Bills")
    clerk.press_link("Settings")
    clerk.press_link("Mapping")
    clerk.sees("3 unsaved changes")
    clerk.open("mapping")  # as a reload does: a new session
    clerk.sees("3 unsaved changes of yours from before")
    clerk.press("Save Mapping")
    clerk.sees("Saved 3 changes as version 2")
    clerk.sees("Version 2, saved")

    after = mapping_of(large)
    added = {rule.core_id for rule in after.rules if rule not in before.rules}
    assert after.version == before.version + 1
    assert len(after.rules) == len(before.rules) + 3
    assert added == {"88-233", "88-033", "88-249"}
    assert {rule.kind for rule in after.rules if rule.core_id in added} == {MapKind.COST_CODE}


def records_of(large: Running) -> int:
    """How many records the log has: its own first ones, and the bulk."""
    app = Company(folder=large.folder, books=large.books).app()
    count = sum(app.history.counts(app.connection().id, Search()).values())
    app.database.close()
    return count


def test_a_log_of_100_000_rows_opens_and_answers_what_is_searched(clerk: Dashboard, large: Running):
    clerk.open("sync_log")
    clerk.sees(f"{RUNS + 1:,} runs. Open shows")  # its own first one, and the bulk
    clerk.search("Run, person or note", "r77")
    clerk.sees("1 run. Open shows")
    clerk.press_text("Records")
    clerk.sees(f"{LOG_ROWS // 100:,} of {LOG_ROWS // 100:,} records")  # one in a hundred failed
    clerk.search("Record, id or message", "77-100")
    clerk.sees("1 of 1 record")
    clerk.sees("Core id 77-100")
    clerk.search("Record, id or message", "no such record")
    clerk.sees("Nothing that is not done matches.")
    clerk.search("Record, id or message", "")
    clerk.press_text("Only what is not done")
    count = records_of(large)
    assert count > LOG_ROWS
    clerk.sees(f"2,000 of {count:,} records")
    clerk.press(f"Page {count // 2000 + 1}")
    clerk.sees(f"{count % 2000:,} of {count:,} records")


def as_it_opens(_: Dashboard) -> None:
    """Nothing is pressed."""


VIEWS: dict[str, tuple[str, Callable[[Dashboard], object]]] = {
    **{name: (name, as_it_opens) for name in SCREENS},
    "overview": ("", as_it_opens),
    "mapping of vendors": ("mapping", lambda dashboard: dashboard.tab("Vendors")),
    "mapping of hours": ("mapping", lambda dashboard: dashboard.tab("Timesheet")),
    "the history of the mapping": ("mapping", lambda dashboard: dashboard.press("History")),
    "the dialog of Sync Now": ("sync", lambda dashboard: dashboard.press("Sync Now")),
    "the drawer of a run": ("sync_log", lambda dashboard: dashboard.click_cell(across=0.94, row=0)),
    "what is blocked": ("sync", lambda dashboard: dashboard.tab("Blocked")),
    "all records of the log": ("sync_log", lambda dashboard: dashboard.press_text("Records")),
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_screen_fits_its_window_and_can_be_read_in_both_themes(watched: Dashboard, view: str):
    screen, draw = VIEWS[view]
    for width, theme in WINDOWS:
        # Before it is opened: a chart that is being drawn while both change can keep the old theme until the next draw.
        watched.page.set_viewport_size({"width": width, "height": 900})
        watched.page.emulate_media(color_scheme=theme)
        watched.open(screen)
        draw(watched)
        watched.page.mouse.move(0, 0)  # what is under the mouse has another colour
        watched.settle()
        assert after_redraw(watched.page, pixels_sideways) == 0, width
        assert after_redraw(watched.page, unreadable_texts) == []
        (title,) = (one for one in texts_on(watched.page) if one.is_title)
        assert (title.color, title.behind) == theme_colors(theme)


def theme_colors(theme: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Text and background, as the theme says."""
    said = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    text, background = (tuple(bytes.fromhex(said[name][1:])) for name in ("textColor", "backgroundColor"))
    return text, background
