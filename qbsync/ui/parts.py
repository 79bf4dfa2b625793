"""Small drawn parts that several screens share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

import streamlit as st

from qbsync.bootstrap import App
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.place import Place
from qbsync.domain.records import CoreKind
from qbsync.domain.resolve import NOUNS
from qbsync.ui.screens import SCREENS, link_to
from qbsync.ui.text import escape, verb_of

TAB_NOUNS = {
    **{kind.value: noun.lower() for kind, noun in NOUNS.items()},
    CoreKind.VENDOR_BILL: "bill",
    CoreKind.PAYROLL_ROW: "the week ending",
}
WORKER_BEGINS_WITHIN = timedelta(seconds=15)
PAGER_PIXELS = 340  # by itself it shrinks to nothing beside a caption
MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
ROW_PIXELS = (35, 58, 76)  # by the lines of the longest text; text is broken into lines from 57 on
LETTER_PIXELS, MARGIN_PIXELS = 6.4, 16  # of a table's cell
CUT_SHARE = 0.1  # of the texts, that may be cut where not all have to be read whole


def empty(icon: str, title: str, text: str, screen: str = "", label: str = "") -> None:
    """What a page shows when it has nothing, and what to do next. Texts are ours, or escaped."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.markdown(f"## :gray[:material/{icon}:]", text_alignment="center")
        st.markdown(f"**{title}**", text_alignment="center")
        st.caption(text, text_alignment="center")
        if screen:
            link_to(screen, label)
        st.space("small")


def draw_issue(issue: Issue, here: str = "") -> None:
    """One issue with its remedy, and the way to where it is mended."""
    color, icon = ("red", "error") if issue.severity is Severity.ERROR else ("orange", "warning")
    st.markdown(f":{color}[:material/{icon}:] **{escape(issue.problem)}** {escape(issue.remedy)}")
    if issue.screen != here:
        link_to_place(issue.place)


def link_to_place(place: Place) -> None:
    """The way to where something is mended, to the very row where that is known; nothing for no place of ours."""
    if place.screen not in SCREENS:
        return
    what = f"{TAB_NOUNS[place.tab]} {place.row}" if place.row and place.tab in TAB_NOUNS else "it"
    link_to(place.screen, f"{verb_of(place)} {escape(what)} on {SCREENS[place.screen].title}", **query_of(place))


def query_of(place: Place) -> dict[str, str]:
    """What an address says of a place behind its screen."""
    return {name: text for name, text in (("tab", place.tab), ("find", place.row)) if text}


def draw_no_worker(since: datetime, at: datetime) -> None:
    """Say how a worker is started, when none has begun long after it was due."""
    if at - since > WORKER_BEGINS_WITHIN:
        st.warning(
            "No worker has begun yet. It starts with the product, or by itself with `qbsync worker`.",
            icon=":material/hourglass_top:",
        )


def fitting(rows: int, pixels: int, row_pixels: int = 35) -> int | Literal["content"]:
    """The height of a table: as its rows need it, and `pixels` where that is more; no empty rows are drawn."""
    return "content" if (rows + 1) * row_pixels <= pixels else pixels


def row_of(cells: Sequence[tuple[int, str]], rows: int) -> int:
    """The row of the cell that was clicked, of so many rows; the first where none was, or where it is gone."""
    return cells[0][0] if cells and cells[0][0] < rows else 0


def row_pixels(reasons: Iterable[str], width: int, *, whole: bool) -> int:
    """The height of every row, so that the reasons can be read: all of them where `whole`, else nearly all."""
    letters = max(1, int((width - MARGIN_PIXELS) / LETTER_PIXELS))
    lines = sorted(-(-len(reason) // letters) for reason in reasons)
    cut = 0 if whole else int(len(lines) * CUT_SHARE)
    return ROW_PIXELS[max(0, min(lines[len(lines) - 1 - cut], len(ROW_PIXELS)) - 1)]


def pager(pages: int, key: str) -> int:
    """The number of the page to show, from 1; nothing is drawn for a single one."""
    return min(st.pagination(pages, width=PAGER_PIXELS, key=key), pages) if pages > 1 else 1


def download(
    app: App,
    label: str,
    name: str,
    headings: Sequence[str],
    rows: Callable[[], Iterable[Sequence[str]]],
    *,
    key: str,
    disabled: bool = False,
) -> None:
    """A download whose cells stay text, whatever they begin with. The file is made when it is asked for."""
    st.download_button(
        label,
        data=lambda: app.mapping.files.write(name, headings, [tuple(row) for row in rows()]),
        file_name=name,
        mime=MIME[name.rsplit(".", 1)[-1]],
        icon=":material/download:",
        on_click="ignore",
        disabled=disabled,
        key=key,
    )
