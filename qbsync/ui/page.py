"""How every page opens: the product, who is asking, the title, and the one boundary for errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st
import structlog

from qbsync.bootstrap import App, build, new_id, now
from qbsync.domain.connection import Connection, ConnectionState, to_choose_from
from qbsync.domain.errors import NotConnected, QbsyncError
from qbsync.ui.screens import SCREENS, link_to
from qbsync.ui.state import chosen_company, take_flashes
from qbsync.ui.text import escape, zone_of

log = structlog.get_logger(__name__)

FLASHES = {"success": st.success, "info": st.info, "warning": st.warning, "error": st.error}
FLASH_ICONS = {"success": "check_circle", "info": "info", "warning": "warning", "error": "error"}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page works with. `zone` is the zone of the person's browser."""

    name: str
    app: App
    who: str
    zone: ZoneInfo
    now: datetime

    @property
    def companies(self) -> list[Connection]:
        """The companies that can be chosen from."""
        return to_choose_from(self.app.connections.ours())

    @property
    def known(self) -> Connection | None:
        """The company that is worked with, connected or not; None when there never was one."""
        chosen = [one for one in self.companies if one.realm_id == chosen_company()]
        return chosen[0] if chosen else self.app.connections.current()

    @property
    def connected(self) -> Connection | None:
        """The company that can be asked now; None when somebody must connect first."""
        known = self.known
        return known if known is not None and known.state is ConnectionState.CONNECTED else None


@st.cache_resource(show_spinner=False)
def product() -> App:
    """The product, built once for all sessions, with its database at this version."""
    app = build()
    _ = app.database
    return app


def open_page(name: str) -> Page:
    """The page's context, for the person who asks."""
    app = product()
    return Page(name=name, app=app, who=who_asks(app), zone=zone_of(st.context.timezone), now=now())


def who_asks(app: App) -> str:
    """The signed-in person's e-mail address, else the user of the settings."""
    if st.user.get("is_logged_in", False):
        return str(st.user.get("email") or app.settings.user)
    return app.settings.user


def show(name: str, draw: Callable[[Page], None]) -> None:
    """Open a page and draw it inside the boundary."""
    with boundary(name):
        page = open_page(name)
        st.title(SCREENS[name].title, anchor=False)
        for flash in take_flashes():
            FLASHES[flash.kind](flash.text, icon=f":material/{FLASH_ICONS[flash.kind]}:")
        draw(page)


@contextmanager
def boundary(name: str) -> Iterator[None]:
    """The one place that catches: known errors become a sentence, unknown ones an id in the log."""
    try:
        yield
    except QbsyncError as error:
        st.error(escape(error), icon=":material/error:")
        if isinstance(error, NotConnected) and name != "connection":
            link_to("connection", "Open Connection")
    except Exception:
        identity = new_id()
        log.exception("page.failed", page=name, id=identity)
        st.error(
            "Something went wrong on our side; nothing was sent to QuickBooks by this page. Try "
            "again. If it "
            f"happens again, give your administrator the id **{identity}**, under which it is in the log.",
            icon=":material/error:",
        )
