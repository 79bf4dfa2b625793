"""Names from the books that want to be pictures, links, scripts and formulas: in a real browser they are only text.

The bait is a server on another port of this machine; no screen may ask it for anything, nor draw what points there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser

from qbsync.domain.intake import SourceFile
from qbsync.domain.plan import Scope
from qbsync.domain.wanted import SyncKind
from qbsync.qbo.consent import consent_locally
from tests.browser.bait import Bait, laid
from tests.browser.driver import Dashboard, window
from tests.browser.product import Running, running_product
from tests.company import WHO, Company
from tests.local_books import REALM, LocalBooks

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCRIPT, TAG = "<script>window.taken=1</script>", "<img src=x onerror=window.taken=1>"
FORMULA = '=HYPERLINK("//127.0.0.1/f")'
Rows = list[tuple[str, ...]]
SCOPE = Scope(kinds=frozenset({SyncKind.VENDOR, SyncKind.BILL}))
DRAWN = """address => [...document.querySelectorAll('*')]
    .filter(one => one.hasAttribute('onerror') || ['src', 'href', 'data', 'action'].some(name => {
        const target = one.getAttribute(name) || '';
        return [address, '//127.0.0.1/f'].some(bait => target.includes(bait)) || (one.src && target === 'x');
    }))
    .map(one => one.outerHTML)"""


@pytest.fixture(scope="module")
def bait() -> Iterator[Bait]:
    with laid() as bait:
        yield bait


@pytest.fixture(scope="module")
def names(bait: Bait) -> list[str]:
    """Vendors: two that QuickBooks refuses for their colon, one that it refuses this time, and two that it takes."""
    return [f"![x]({bait.address}/x.png)", f'=HYPERLINK("{bait.address}/f")', TAG, SCRIPT, FORMULA]


@pytest.fixture(scope="module")
def infested(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The product of a company with such vendors: one run sent what QuickBooks takes, and a new preview waits."""
    folder = tmp_path_factory.mktemp("infested")
    with LocalBooks.running(folder / "local-quickbooks.db") as books:
        send_hostile_names(Company(folder=folder, books=books), names)
    with running_product(folder) as product:
        yield product


def send_hostile_names(company: Company, names: list[str]) -> None:
    app = company.app()
    code, state, realm_id = consent_locally(app.connecting.begin(WHO), REALM)
    connection = app.connecting.finish(state=state, code=code, realm_id=realm_id).id
    app.intake.load(files_of(names), who=WHO)
    app.mapping.accept(connection, 90, who=WHO)
    company.books.control("faults", kind="poison", match="onerror")
    plan = app.previewing.build(connection, SCOPE, who=WHO)
    run = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    while app.runs.get(run.id).is_open:
        app.running.push(run.id)
    company.books.disarm()
    app.previewing.build(connection, SCOPE, who=WHO)
    app.database.close()


def files_of(names: list[str]) -> list[SourceFile]:
    vendors: Rows = [("Vendor Number", "Vendor Name"), *((f"V-{number}", name) for number, name in enumerate(names))]
    bills: Rows = [
        ("Bill ID", "Vendor", "Invoice Number", "Invoice Date", "Due Date", "Description", "Amount", "Total Amount"),
        *(
            (f"B-{number}", f"V-{number}", "=1+1", "2026-10-01", "2026-11-01", name, "100.00", "100.00")
            for number, name in enumerate(names)
        ),
    ]
    return [SourceFile(name=f"{TAG}-{n}.csv", data=lines(rows)) for n, rows in enumerate((vendors, bills))]


def lines(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def clerk(infested: Running, browser: Browser, bait: Bait) -> Iterator[Dashboard]:
    """A window that was never led astray, whatever was looked at in it."""
    with window(browser, infested.base) as opened:
        yield opened
        assert opened.strangers == []
        assert opened.complaints == []
        assert bait.taken == []


def assert_only_text(clerk: Dashboard, bait: Bait) -> None:
    assert clerk.page.evaluate(DRAWN, bait.address) == []
    assert clerk.page.evaluate("window.taken") is None


def test_the_preview_and_its_records_show_hostile_names_as_text(clerk: Dashboard, bait: Bait, names: list[str]):
    clerk.open("sync")
    clerk.tab("Blocked")
    assert_only_text(clerk, bait)
    clerk.press_text("Records")
    for name in names:
        clerk.search("Search record or reason", name)
        clerk.reads(f"{name} · =1+1")
        assert_only_text(clerk, bait)


def test_the_mapping_shows_hostile_names_as_text(clerk: Dashboard, bait: Bait, names: list[str]):
    clerk.open("mapping")
    clerk.tab("Vendors")
    for name in names:
        clerk.search("Code or name", name)
        clerk.reads("1 of 5 vendors.")
        assert_only_text(clerk, bait)


def test_the_log_shows_hostile_names_as_text_and_exports_them_as_text(
    clerk: Dashboard, bait: Bait, names: list[str], tmp_path: Path
):
    clerk.open("sync_log")
    clerk.click_cell(across=0.94, row=0)
    clerk.reads("1 record did not go over")
    for name in names[2:]:
        clerk.search("Record, id or message", name)
        clerk.reads(name)
        assert_only_text(clerk, bait)
    for button, read in (("CSV", cells_of_csv), ("Excel", cells_of_workbook)):
        with clerk.page.expect_download() as download:
            clerk.dialog.get_by_role("button", name=button).click()
        download.value.save_as(tmp_path / "export")
        assert FORMULA in read(tmp_path / "export")


def test_the_export_of_everything_has_hostile_names_as_text(clerk: Dashboard, tmp_path: Path):
    clerk.open("settings")
    with clerk.page.expect_download() as download:
        clerk.press("Export", exact=True)
    download.value.save_as(tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as archive:
        archive.extract("core_vendor.csv", tmp_path)
        assert {"link.csv", "run.csv", "outcome.csv"} <= set(archive.namelist())
    assert FORMULA in cells_of_csv(tmp_path / "core_vendor.csv")


def cells_of_csv(file: Path) -> list[str]:
    """The cells as they were meant; each that would be a formula has an apostrophe before it."""
    cells = [cell for row in csv.reader(io.StringIO(file.read_text("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    return [cell.removeprefix("'") for cell in cells]


def cells_of_workbook(file: Path) -> list[str]:
    """The cells; none is a formula."""
    sheet = load_workbook(io.BytesIO(file.read_bytes())).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    return [str(cell.value) for cell in cells]


def test_a_hostile_record_and_its_story_are_text(clerk: Dashboard, bait: Bait, names: list[str]):
    clerk.open("core_data")
    clerk.page.get_by_role("radio", name="Vendors").click()
    clerk.settle()
    for name in names:
        clerk.search("Search", name)
        clerk.tick_row(0)
        clerk.reads(name)
        assert_only_text(clerk, bait)
        if name != names[-1]:
            clerk.page.keyboard.press("Escape")  # the drawer covers the table
            clerk.settle()
    clerk.press("Look in QuickBooks now")
    clerk.reads("In QuickBooks")
    assert_only_text(clerk, bait)


def test_no_other_screen_is_led_astray(clerk: Dashboard, bait: Bait):
    for screen in ("", "connection", "history", "schedule", "settings"):
        clerk.open(screen)
        assert_only_text(clerk, bait)
