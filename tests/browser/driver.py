"""Drives the dashboard in a real browser, by what people read on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, WebSocket, expect

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
RUN_SECONDS_MAX = 120
CLICKS_MAX = 5
ROW_PIXELS = 35
TICK_PIXELS = 16
WAIT_SECONDS_MAX = 30  # for what no wait gives another limit
MOMENT = 300  # in milliseconds
ANSWER_SECONDS_MAX = 15  # a sign of life of the browser gets no answer
Theme = Literal["light", "dark"]
IDLE = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED';
}"""
PROBED = re.compile(r"/\w+/_stcore/(health|host-config)$")  # Streamlit looks for its server under a deep link first


def origin_of(address: str) -> str:
    """Who is asked: host and port; "" for what the page holds itself."""
    parts = urlsplit(address)
    return "" if parts.scheme in {"data", "blob"} else parts.netloc


@contextmanager
def window(browser: Browser, base: str, theme: Theme = "light") -> Iterator[Dashboard]:
    """A browser window of its own, with nothing kept from another, as wide as a small laptop's."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme=theme,
        locale="en-US",
        timezone_id="America/Denver",
    )
    context.set_default_timeout(WAIT_SECONDS_MAX * 1000)
    yield Dashboard(context.new_page(), base)
    context.close()


@dataclass
class Dashboard:
    """One browser window on the dashboard.

    `strangers` are the addresses it asked of anybody but the dashboard: another port of this machine is a stranger too.
    """

    page: Page
    base: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _expected: set[str] = field(default_factory=set)
    _sent_at: float = 0.0
    _answered_at: float = 0.0

    def __post_init__(self) -> None:
        self._expected |= {"", origin_of(self.base)}
        self.page.on("request", lambda request: self._note_request(request.url))
        self.page.on("websocket", self._listen)
        self.page.on("console", self._note_complaint)

    def _note_request(self, address: str) -> None:
        if origin_of(address) not in self._expected:
            self.strangers.append(address)

    def _listen(self, socket: WebSocket) -> None:
        self._note_request(socket.url)
        socket.on("framesent", lambda _: self._note_frame(sent=True))
        socket.on("framereceived", lambda _: self._note_frame(sent=False))

    def _note_frame(self, *, sent: bool) -> None:
        if sent:
            self._sent_at = monotonic()
        else:
            self._answered_at = monotonic()

    def _note_complaint(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBED.search(message.location["url"]):
            self.complaints.append(message.text)

    @contextmanager
    def visiting(self, address: str) -> Iterator[None]:
        """Somebody else is asked on purpose meanwhile, such as QuickBooks when connecting."""
        self._expected.add(origin_of(address))
        yield
        self._expected.discard(origin_of(address))

    def open(self, screen: str) -> None:
        """Go to a screen by its address, and wait until it is drawn."""
        self.page.goto(f"{self.base}/{screen}")
        self.settle()

    def settle(self) -> None:
        """Wait until the screen stands still: what was sent last is answered, and no script runs."""
        self.page.wait_for_selector('[data-testid="stApp"]')
        self.page.wait_for_timeout(MOMENT)  # a click needs a moment until it is sent
        patience = monotonic() + ANSWER_SECONDS_MAX
        while self._answered_at < self._sent_at and monotonic() < patience:
            self.page.wait_for_timeout(MOMENT / 6)
        self.page.wait_for_function(IDLE, timeout=60_000)

    def press(self, name: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """Press the button of this name."""
        (within or self.page).get_by_role("button", name=name, exact=exact).first.click()
        self.settle()

    def press_text(self, text: str) -> None:
        """Press what has exactly this text, such as one of a row of views."""
        self.page.get_by_text(text, exact=True).first.click()
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

    def reads(self, text: str, seconds: float = 30) -> None:
        """Wait until exactly this stands somewhere as text; what nobody sees between its letters is passed over."""
        plain = "text => document.body.innerText.replaceAll('\\u2060', '').includes(text)"
        self.page.wait_for_function(plain, arg=text, timeout=seconds * 1000)

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

    def tick_row(self, row: int) -> None:
        """Click the box at the left of a row of the first table."""
        x, y = self._place(0, row)
        self.page.mouse.click(x + TICK_PIXELS, y)
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

    def type_into(self, column: str, row: int, typed: str) -> None:
        """Type into a cell of the first table by its column's title, on the keyboard alone once the row is clicked."""
        self.click_cell(across=0.02, row=row)  # where there is an id, which nobody can edit
        heading = self.page.get_by_test_id("data-grid-canvas").first.locator("th", has_text=column)
        for _ in range(int(heading.get_attribute("aria-colindex") or 1) - 1):
            self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press("Enter")
        editor = self.page.locator("#portal input, #portal textarea").first
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
