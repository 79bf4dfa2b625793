"""The Settings screen: what the company decides, how long things are kept, notices, and what is running."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from qbsync.domain.notice import Notice, NoticeSeverity
from qbsync.ui.page import Page
from qbsync.ui.screens import SCREENS, link_to
from qbsync.ui.settings.rules import draw_rules
from qbsync.ui.text import escape, moment, plural

LOOKS = {
    NoticeSeverity.INFO: ("info", "blue"),
    NoticeSeverity.ATTENTION: ("warning", "orange"),
    NoticeSeverity.ERROR: ("error", "red"),
}
PACKAGES = ("qbsync", "streamlit", "pandas", "SQLAlchemy", "requests")
NOTICES_SHOWN = 30
NOTICES_IN_SIGHT = 3  # the others open, so that the settings stay in sight


def draw(page: Page) -> None:
    """The whole screen."""
    _notices(page)
    draw_rules(page)
    _export(page)
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, height="stretch"):
        st.markdown("##### Where the data lives")
        st.table(_places(page), border="horizontal")
    with right, st.container(border=True, height="stretch"):
        st.markdown("##### Versions")
        st.table(_versions(), border="horizontal")


def _export(page: Page) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "##### Export of everything\n:gray[Core's records, mapping, links, previews, runs and the audit trail: CSV "
            "files in one zip. Tokens and keys stay here.]",
            width="stretch",
        )
        st.download_button(
            "Export",
            data=lambda: exported(page),
            file_name=f"qbsync-{page.now:%Y%m%d-%H%M}.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            key="settings_export",
        )


def exported(page: Page) -> bytes:
    """The zip, made when it is asked for."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "export.zip"
        page.app.export(target)
        return target.read_bytes()


def _notices(page: Page) -> None:
    found = page.app.notices.latest(NOTICES_SHOWN)
    unread = page.app.notices.unread()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"##### Notices :gray[{unread} unread]", width="stretch")
            if unread and st.button("Mark all as read", icon=":material/done_all:", key="settings_read"):
                page.app.notices.mark_read(page.now)
                st.rerun()
        if not found:
            st.caption("Nothing yet. Syncs, lost connections and scheduled previews are told here.")
        for notice in found[:NOTICES_IN_SIGHT]:
            _notice(page, notice)
        _older(page, found[NOTICES_IN_SIGHT:])
        beyond = unread - sum(1 for one in found if not one.read)
        if beyond > 0:
            st.caption(f"{beyond:,} more unread are older than these {NOTICES_SHOWN}.")


def _older(page: Page, older: Sequence[Notice]) -> None:
    """The notices that are not in sight by themselves, and how many of them nobody has read."""
    if not older:
        return
    unread = sum(1 for one in older if not one.read)
    label = f"{plural(len(older), 'older notice')}, {f'{unread:,} of them' if unread else 'none'} unread"
    with st.expander(label, icon=":material/notifications:", key="settings_older"):
        for notice in older:
            _notice(page, notice)


def _notice(page: Page, notice: Notice) -> None:
    icon, color = LOOKS[notice.severity]
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        title = escape(notice.title)
        bold = title if notice.read else f"**{title}**"
        st.markdown(f":{color}[:material/{icon}:] {bold}  \n:gray[{escape(notice.body)}]", width="stretch")
        st.caption(moment(notice.at, page.zone), width=140)
        if notice.page in SCREENS:
            with st.container(width=150):
                link_to(notice.page)


def _places(page: Page) -> dict[str, str]:
    settings = page.app.settings
    return {
        "Data folder": escape(settings.data_dir.absolute()),
        "Database": "PostgreSQL or other, by QBSYNC_DATABASE_URL"
        if settings.database_url
        else "SQLite file in the data folder",
        "Workers": "Any number share the runs (procrastinate)" if settings.is_shared else "One at a time (embedded)",
        "QuickBooks": escape(settings.qbo_environment.value),
        "Dashboard address": escape(settings.dashboard_address),
        "Notices outside": "Set" if settings.notify_urls.get_secret_value() else "Not set: shown here only",
        "You": escape(page.who),
    }


def _versions() -> dict[str, str]:
    return {
        "Python": escape(platform.python_version()),
        **{name: escape(_version(name)) for name in PACKAGES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "from source"
