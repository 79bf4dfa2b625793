"""The screens by name: where each stands in the menu, and how other screens point at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

PAGES = Path(__file__).resolve().parents[2] / "pages"
SYNC, DATA, ADMIN = "QuickBooks Integration", "Data", "Admin"


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One screen. `name` is its file, its address, and what issues and notices call it."""

    name: str
    title: str
    icon: str
    section: str
    help: str

    @property
    def page(self) -> Page:
        return st.Page(
            PAGES / f"{self.name}.py",
            title=self.title,
            icon=f":material/{self.icon}:",
            url_path="" if self.name == "overview" else self.name,
            default=self.name == "overview",
            help=self.help,
        )


SCREENS = {
    screen.name: screen
    for screen in (
        Screen(
            name="overview",
            title="Overview",
            icon="space_dashboard",
            section="",
            help="Where things stand, and what needs attention.",
        ),
        Screen(
            name="connection",
            title="Connection",
            icon="link",
            section=SYNC,
            help="Connect a QuickBooks company, see what it allows, refresh its lists, disconnect.",
        ),
        Screen(
            name="mapping",
            title="Mapping",
            icon="account_tree",
            section=SYNC,
            help="Which QuickBooks record stands for which Core code.",
        ),
        Screen(
            name="sync",
            title="Sync",
            icon="sync",
            section=SYNC,
            help="Build a Sync Preview, review it, and send what you tick.",
        ),
        Screen(
            name="sync_log",
            title="Sync Log",
            icon="receipt_long",
            section=SYNC,
            help="Every run and every record in it, with reasons and remedies.",
        ),
        Screen(
            name="history",
            title="History",
            icon="monitoring",
            section=SYNC,
            help="Records per day, causes of errors, and runs over time.",
        ),
        Screen(
            name="schedule",
            title="Schedule",
            icon="schedule",
            section=SYNC,
            help="Automatic sync: how often, and how much it may do by itself.",
        ),
        Screen(
            name="core_data",
            title="Core data",
            icon="database",
            section=DATA,
            help="Load exports from ProForge Core and look at what was read.",
        ),
        Screen(
            name="settings",
            title="Settings",
            icon="settings",
            section=ADMIN,
            help="Defaults and limits, how long things are kept, notices, export, versions.",
        ),
    )
}


def by_section() -> dict[str, list[Page]]:
    """The menu: section → its pages."""
    menu: dict[str, list[Page]] = {}
    for screen in SCREENS.values():
        menu.setdefault(screen.section, []).append(screen.page)
    return menu


def link_to(name: str, label: str = "", **params: str) -> None:
    """A link to another screen; a name that is no screen draws nothing."""
    screen = SCREENS.get(name)
    if screen is not None:
        st.page_link(
            screen.page,
            label=label or f"Open {screen.title}",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=params or None,
        )
