"""How a screen looks to people, as the browser computes it: colours, contrast, and what sticks out at the side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from playwright.sync_api import Page

CONTRAST_MIN = 4.5  # of text, by WCAG 2.2 AA; large text wants 3
LARGE_PIXELS, LARGE_CONTRAST_MIN = 24, 3.0
# The accent stands under white and, chosen, over the background: no colour has 4.5 against both of them in the dark.
ACCENT_CONTRAST_MIN = 4.0
REDRAW_SECONDS_MAX = 20  # on a busy machine
REDRAW_TICK = 100  # in milliseconds
Found = TypeVar("Found")

# Every text that can be seen, with its colour as it is painted: over all that lies behind it, and as faint as it is.
TEXTS = """() => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const painted = (color, alpha) => {
        context.globalAlpha = alpha;
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const above = element => element ? [...above(element.parentElement), element] : [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
        const icon = '[data-testid=stIconMaterial], [role=img]', unseen = 'canvas, script, style, noscript';
        const quiet = `${icon}, ${unseen}, [disabled], [aria-disabled=true]`;
        if (!text || element.closest(quiet) || !element.checkVisibility({opacityProperty: true})) continue;
        const box = element.getBoundingClientRect();
        if (box.width < 2 || box.height < 2) continue;  // for screen readers only
        let behind = painted('white', 1), opacity = 1;
        for (const one of above(element)) {
            const style = getComputedStyle(one);
            opacity *= Number(style.opacity);
            behind = painted(style.backgroundColor, opacity);
        }
        const style = getComputedStyle(element);
        const accent = element.closest('button[kind^=primary], button[kind$=Active], [aria-checked=true]') !== null;
        const color = painted(style.color, opacity);
        const is_title = element.closest('h1') !== null, pixels = parseFloat(style.fontSize);
        found.push({text, is_title, pixels, accent, behind, color});
    }
    return found;
}"""
SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(one => one.scrollWidth - one.clientWidth)"""


@dataclass(frozen=True)
class Text:
    """A piece of text as it is painted; colours are red, green, blue from 0 to 255."""

    text: str
    is_title: bool
    pixels: float
    accent: bool  # on the accent's colour, or in it
    color: tuple[int, ...]
    behind: tuple[int, ...]

    @property
    def contrast(self) -> float:
        """From 1 (unreadable) to 21 (black on white), as WCAG defines it."""
        lighter, darker = sorted((_luminance(self.color), _luminance(self.behind)), reverse=True)
        return round((lighter + 0.05) / (darker + 0.05), 2)

    @property
    def is_readable(self) -> bool:
        if self.pixels >= LARGE_PIXELS:
            return self.contrast >= LARGE_CONTRAST_MIN
        return self.contrast >= (ACCENT_CONTRAST_MIN if self.accent else CONTRAST_MIN)


def texts_on(page: Page) -> list[Text]:
    """Every text that can be seen now, but for icons, tables (which are pictures) and what is disabled."""
    found: list[dict[str, Any]] = page.evaluate(TEXTS)
    return [Text(**(one | {name: tuple(one[name]) for name in ("color", "behind")})) for one in found]


def pixels_sideways(page: Page) -> int:
    """How far the page can be scrolled to the side."""
    sideways: list[int] = page.evaluate(SIDEWAYS)
    return max(sideways)


def unreadable_texts(page: Page) -> list[Text]:
    return [one for one in texts_on(page) if not one.is_readable]


def after_redraw(page: Page, look: Callable[[Page], Found]) -> Found:
    """What a look still finds once the page had time to be redrawn: a chart takes a width after the rest."""
    patience = monotonic() + REDRAW_SECONDS_MAX
    while (found := look(page)) and monotonic() < patience:
        page.wait_for_timeout(REDRAW_TICK)
    return found


def _luminance(color: tuple[int, ...]) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
