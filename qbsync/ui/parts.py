"""Small drawn parts that several screens share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from qbsync.bootstrap import App
from qbsync.domain.errors import Issue, Severity
from qbsync.ui.screens import SCREENS, link_to
from qbsync.ui.text import escape

MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


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
    if issue.screen in SCREENS and issue.screen != here:
        link_to(issue.screen, f"Mend on {SCREENS[issue.screen].title}")


def bar_text(*parts: str) -> str:
    """Parts in one line, with spaces that Markdown keeps."""
    return " &nbsp; ".join(part for part in parts if part)


def download(
    app: App,
    label: str,
    name: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    key: str,
    disabled: bool = False,
) -> None:
    """A download whose cells stay text, whatever they begin with. The file is made when it is asked for."""
    kept = [tuple(row) for row in rows]
    st.download_button(
        label,
        data=lambda: app.mapping.files.write(name, headings, kept),
        file_name=name,
        mime=MIME[name.rsplit(".", 1)[-1]],
        icon=":material/download:",
        on_click="ignore",
        disabled=disabled,
        key=key,
    )
