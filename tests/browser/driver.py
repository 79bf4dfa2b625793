"""Drives the dashboard in a real browser, by what people read on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
RUN_SECONDS_MAX = 120
CLICKS_MAX = 5
ROW_PIXELS = 35
IDLE = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED';
}"""
PROBED = "Failed to load resource"  # Streamlit looks for its server under a deep link first


@dataclass
class Dashboard:
    """One browser window on the dashboard. `strangers` are the addresses it asked that are not on this machine."""

    page: Page
    base: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_complaint)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.strangers.append(request.url)

    def _note_complaint(self, message: ConsoleMessage) -> None:
        if message.type == "error" and PROBED not in message.text:
            self.complaints.append(message.text)

    def open(self, screen: str) -> None:
        """Go to a screen by its address, and wait until it is drawn."""
        self.page.goto(f"{self.base}/{screen}")
        self.settle()

    def settle(self) -> None:
        """Wait until the screen stands still."""
        self.page.wait_for_selector('[data-testid="stApp"]')
        self.page.wait_for_timeout(300)  # a click needs a moment until the script starts
        self.page.wait_for_function(IDLE, timeout=60_000)

    def press(self, name: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """Press the button of this name."""
        (within or self.page).get_by_role("button", name=name, exact=exact).first.click()
        self.settle()

    def tab(self, name: str) -> None:
        """Open the tab whose title begins so."""
        self.page.get_by_role("tab", name=name).first.click()
        self.settle()

    def sees(self, text: str, seconds: float = 30) -> Locator:
        """Wait until a text can be read; returns where it stands."""
        found = self.page.get_by_text(text).locator("visible=true").first
        expect(found).to_be_visible(timeout=seconds * 1000)
        return found

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def search(self, placeholder: str, text: str) -> None:
        """Fill in a search field."""
        self.page.get_by_placeholder(placeholder).first.fill(text)
        self.page.keyboard.press("Enter")
        self.settle()

    def press_link(self, name: str) -> None:
        """Follow the link of this name."""
        self.page.get_by_role("link", name=name).first.click()
        self.settle()

    def click_cell(self, across: float, row: int) -> None:
        """Click into the first table: so far across it (0 to 1), in this row."""
        self.page.mouse.click(*self._place(across, row))
        self.settle()

    def edit_cell(self, across: float, row: int, typed: str) -> None:
        """Type into a cell of the first table, as people do: double click, type, Enter."""
        editor = self.page.locator("#portal input, #portal textarea").first
        for _ in range(CLICKS_MAX):  # the editor sometimes opens at the second double click only
            self.page.mouse.dblclick(*self._place(across, row))
            self.page.wait_for_timeout(600)
            if editor.is_visible():
                break
            self.page.keyboard.press("Escape")
        expect(editor).to_be_visible()
        self.page.keyboard.type(typed)
        self.page.wait_for_timeout(300)
        self.page.keyboard.press("Enter")
        self.settle()

    def _place(self, across: float, row: int) -> tuple[float, float]:
        """Where a cell is: a table is one picture, so its cells are found by their place."""
        grid = self.page.get_by_test_id("data-grid-canvas").first
        grid.wait_for()
        box = grid.bounding_box()
        assert box, "the table is not on the screen"
        return box["x"] + across * box["width"], box["y"] + (row + 1.5) * ROW_PIXELS

    def picture(self, name: str) -> None:
        """Keep what can be seen now, for people to look at."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.settle()
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")
