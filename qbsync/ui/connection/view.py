"""The Connection screen: connect a company, see what it allows and how long the consent lasts, disconnect."""

from __future__ import annotations

import streamlit as st

from qbsync.domain.capability import Standing, findings, with_time_item
from qbsync.domain.connection import Connection, ConnectionState, TokenSet, consent_warning
from qbsync.domain.errors import QbsyncError
from qbsync.domain.ledger import LIST_KINDS, Company, LedgerKind, ListEntry
from qbsync.ui.kept import forget_lists
from qbsync.ui.page import Page, boundary
from qbsync.ui.screens import link_to
from qbsync.ui.sidebar import ENVIRONMENTS, STATES
from qbsync.ui.state import flash
from qbsync.ui.text import day, escape, moment

EntriesByKind = dict[LedgerKind, list[ListEntry]]

START = "/oauth/qbo/start"
BESIDE = f"{START}?beside=1"
REASONS = {
    "too_old": "This return from QuickBooks is unknown, too old or was used before. Connect again.",
    "other_browser": (
        "The return from QuickBooks does not belong to a consent begun in this browser within the last ten "
        "minutes, so it was refused. Connect again, and stay in one browser."
    ),
    "other_company": (
        "You consented for another company than the one that is connected. To keep this one, connect "
        "again and "
        "choose it. To move to the other, disconnect first: links and history of both are kept apart. To work with "
        "both, press Connect another company."
    ),
    "unavailable": "QuickBooks could not be reached. Wait a minute, then connect again.",
    "not_set_up": (
        "QuickBooks cannot be connected yet: the app's id and secret are missing. Set "
        "QBSYNC_QBO_CLIENT_ID and "
        "QBSYNC_QBO_CLIENT_SECRET, and start again."
    ),
}
DECLINED = "You did not allow the connection in QuickBooks, and nothing was changed. Connect whenever you are ready."
FAILED = "QuickBooks did not complete the connection. Connect again; if it fails again, see the log."
MARKS = {Standing.BLOCKS: ("red", "block"), Standing.NOTICE: ("orange", "info")}


def draw(page: Page) -> None:
    """The whole screen."""
    st.caption("Which QuickBooks company this dashboard talks to.")
    _welcome_back(page)
    known = page.known
    if known is None or known.state is ConnectionState.DISCONNECTED:
        _not_connected(page, known)
        return
    if known.state is ConnectionState.EXPIRED:
        _expired(known)
    _company(page, known)


def _welcome_back(page: Page) -> None:
    """Say how a consent ended, once: the address is cleaned before anything is shown."""
    result, reason = st.query_params.get("result"), st.query_params.get("reason", "")
    if result is None:
        return
    st.query_params.clear()
    known = page.connected
    if result == "ok" and known is not None:
        flash(
            "success",
            f"**{escape(known.company_name)}** is connected. Next: map your codes on the Mapping page.",
        )
        if reason == "lists":
            flash("warning", "QuickBooks did not give its lists just now: press **Refresh lists** in a minute.")
    elif result == "refused" and reason == "declined":
        flash("info", DECLINED)
    elif result == "refused":
        flash("error", REASONS.get(reason, FAILED))
    st.rerun()


def _not_connected(page: Page, known: Connection | None) -> None:
    with st.container(border=True):
        st.markdown("#### Connect to QuickBooks Online")
        if known is not None:
            st.markdown(
                f"The connection to **{escape(known.company_name)}** was ended. Its mapping, links "
                "and history are "
                "kept: connect the same company again and they go on where they stopped."
            )
        st.markdown(
            "You sign in at QuickBooks and choose the company; your password is never seen here. "
            "Connecting reads "
            "the company's lists and writes nothing."
        )
        if page.app.settings.is_local:
            st.caption("This installation uses the local QuickBooks, a company to try everything out with.")
        connect_button("Connect to QuickBooks")


def _expired(known: Connection) -> None:
    st.warning(
        f"The consent for **{escape(known.company_name)}** has ended: it ran out, or was withdrawn in "
        "QuickBooks. "
        "Nothing syncs until it is given again; a sync that was under way waits and then goes on by itself.",
        icon=":material/warning:",
    )
    connect_button("Connect again")


def connect_button(label: str, address: str = START, *, primary: bool = True) -> None:
    """A link that looks like a button: it must open in this tab, which `st.link_button` does not."""
    dark = st.context.theme.type == "dark"
    fill, hover = ("#3F6E9E", "#4D7FB2") if dark else ("#24415F", "#1B334C")
    text, border = "#fff", fill
    if not primary:
        text, border = "inherit", "color-mix(in srgb, currentColor 25%, transparent)"
        fill, hover = "transparent", "rgba(128,144,160,.15)"
    st.html(
        ""
        f"<style>.qbsync-connect{{display:inline-block;padding:.45rem 1rem;border-radius:8px;background:{fill};"
        f"border:1px solid {border};color:{text} !important;font-weight:500;text-decoration:none !important}}"
        f".qbsync-connect:hover,.qbsync-connect:focus-visible{{background:{hover}}}</style>"
        f'<a class="qbsync-connect" target="_self" href="{address}">{label}</a>',
        width="content",
    )


def _company(page: Page, known: Connection) -> None:
    label, icon, color = STATES[known.state]
    facts, tokens = page.app.connecting.facts(known.id), page.app.connections.tokens(known.id)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"#### {escape(known.company_name)}", width="stretch")
            st.badge(label, icon=f":material/{icon}:", color=color)  # type: ignore[arg-type]
        st.caption(f"{ENVIRONMENTS[known.environment]} · company id {escape(known.realm_id)}")
        left, right = st.columns(2, gap="medium")
        with left:
            st.table(_facts(facts), border="horizontal")
        with right:
            st.table(_consent(page, known, tokens, facts), border="horizontal")
    lists = page.app.connections.lists(known.id)
    _checklist(facts, lists)
    _lists(page, known, lists)
    _another()
    _disconnect(page, known)


def _facts(facts: Company) -> dict[str, str]:
    return {
        "Edition": escape(facts.edition or "not told"),
        "Country": escape(facts.country or "not told"),
        "Currency": escape(facts.home_currency),
        "Books closed through": escape(day(facts.books_closed_through) or "not closed"),
        "Time tracking": "On" if facts.time_tracking else ":orange[Off]",
        "Projects": "On" if facts.projects else "Off",
        "Duplicate bill numbers": "Refused" if facts.warns_duplicate_bill_number else "Allowed",
    }


def _checklist(facts: Company, lists: EntriesByKind) -> None:
    """What `qbsync doctor` says: what blocks, what is different, and in one line what is in order."""
    found = findings(facts)
    if facts.default_time_item_id:
        items = (one for one in lists.get(LedgerKind.ITEM, []) if one.id == facts.default_time_item_id)
        found = with_time_item(found, next(items, None))
    with st.container(border=True):
        st.markdown("##### What this company allows")
        for standing, (color, icon) in MARKS.items():
            for finding in (one for one in found if one.standing is standing):
                st.markdown(
                    f":{color}[:material/{icon}:] **{escape(finding.topic)}: {escape(finding.state)}.** "
                    f"{escape(finding.why)} {escape(finding.where)}"
                )
        fine = (f"{finding.topic}: {finding.state}" for finding in found if finding.standing is Standing.OK)
        st.caption(f":green[:material/check_circle:] {escape(' · '.join(fine))}")


def _consent(page: Page, known: Connection, tokens: TokenSet | None, facts: Company) -> dict[str, str]:
    read_at = facts.lists_read_at or known.connected_at
    asked = page.app.connections.metered_reads(known.id, page.now)
    rows = {
        "Connected": escape(moment(known.connected_at, page.zone)),
        "By": escape(known.connected_by),
        "Consent lasts until": ":orange[ended]",
        "Lists last read": f"{escape(moment(read_at, page.zone))}; again every day and with every preview",
        "Reads this month": f"{asked:,} (Intuit counts what is read, and never what is sent)",
    }
    if tokens is not None and known.state is ConnectionState.CONNECTED:
        text = escape(f"{moment(tokens.ends_at, page.zone)} ({(tokens.ends_at - page.now).days} days)")
        rows["Consent lasts until"] = f":orange[{text}]" if consent_warning(tokens, page.now) else text
        rows["Renewal"] = "by itself, with every use and once a day"
    return rows


def _lists(page: Page, known: Connection, lists: EntriesByKind) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap=None, width="stretch"):
                st.markdown("##### QuickBooks lists")
                st.caption("What mappings choose from. Refresh after you add or rename something in QuickBooks.")
            refresh = st.button(
                "Refresh lists",
                icon=":material/refresh:",
                key="connection_refresh",
                disabled=known.state is not ConnectionState.CONNECTED,
            )
        for column, kind in zip(st.columns(len(LIST_KINDS)), LIST_KINDS, strict=True):
            entries = lists.get(kind, [])
            inactive = sum(1 for entry in entries if not entry.active)
            column.metric(
                f"{kind.value}s",
                f"{len(entries) - inactive:,}",
                f"{inactive:,} inactive" if inactive else "all active",
                delta_color="off",
                delta_arrow="off",
            )
        link_to("mapping", "Map your codes")
    if refresh:
        with st.spinner("Reading QuickBooks' lists …"):
            page.app.connecting.refresh_lists(known.id)
        forget_lists()
        flash("success", "QuickBooks' lists were read again.")
        st.rerun()


def _another() -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            st.markdown("##### Another company")
            st.caption(
                "A second QuickBooks company beside this one, fed from the same ProForge data, with a mapping, links "
                "and a log of its own. Choose in the sidebar which one the screens show."
            )
        connect_button("Connect another company", BESIDE, primary=False)


def _disconnect(page: Page, known: Connection) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            st.markdown("##### Disconnect")
            st.caption("Ends the consent at QuickBooks. Mapping, links and history stay here.")
        if st.button("Disconnect …", icon=":material/link_off:", key="connection_disconnect"):
            _ask_disconnect(page, known)


@st.dialog("Disconnect from QuickBooks", icon=":material/link_off:")
def _ask_disconnect(page: Page, known: Connection) -> None:
    with boundary(page.name):
        st.markdown(
            f"Nothing will sync with **{escape(known.company_name)}** until somebody connects again. "
            "What was sent "
            "stays in QuickBooks."
        )
        word = st.text_input("Type DISCONNECT to confirm", key="connection_word", live=True)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Cancel", key="connection_cancel"):
                st.rerun()
            if st.button("Disconnect", type="primary", key="connection_really", disabled=word != "DISCONNECT"):
                _end(page, known)


def _end(page: Page, known: Connection) -> None:
    try:
        page.app.connecting.disconnect(known.id, page.who)
    except QbsyncError as error:
        flash("error", escape(error))
    else:
        flash("info", f"**{escape(known.company_name)}** is disconnected.")
    st.rerun()
