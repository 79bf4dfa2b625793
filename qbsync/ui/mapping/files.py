"""The mapping as a file: export it, fill it in, bring it back with a check before anything is saved."""

from __future__ import annotations

from functools import partial

import streamlit as st

from qbsync.domain.connection import Connection
from qbsync.domain.errors import QbsyncError
from qbsync.domain.intake import SourceFile
from qbsync.services.mapping import MappingCheck
from qbsync.ui.kept import book_of
from qbsync.ui.mapping.bar import COUNTED_ROWS_MAX, effect_text
from qbsync.ui.page import Page, boundary
from qbsync.ui.parts import MIME
from qbsync.ui.state import flash, next_round, round_of
from qbsync.ui.text import escape, plural

ISSUES_SHOWN = 200
REMARKS_SHOWN = 5


def draw_files(page: Page, known: Connection) -> None:
    """The menu for mapping files."""
    with st.popover("File", icon=":material/table_view:", key=f"mapping_file_{round_of('mapping_file')}"):
        for ending, label in (("xlsx", "Export as Excel"), ("csv", "Export as CSV")):
            name = f"mapping.{ending}"
            st.download_button(
                label,
                data=partial(page.app.mapping.export, known.id, name),
                file_name=name,
                mime=MIME[ending],
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
                key=f"mapping_export_{ending}",
            )
        if st.button(
            "Import a mapping file …",
            icon=":material/upload:",
            type="tertiary",
            on_click=_close_menu,
            key="mapping_import",
        ):
            _ask_file(page, known)


def _close_menu() -> None:
    """It would lie over the dialog."""
    next_round("mapping_file")


@st.dialog("Import a mapping file", icon=":material/upload:", width="medium")
def _ask_file(page: Page, known: Connection) -> None:
    with boundary(page.name):
        st.caption(
            "Export the mapping, fill in the QuickBooks columns (or Choice, for preferences), and bring it here. What "
            "is empty is left as it is; (none) takes a preference away."
        )
        given = st.file_uploader("Mapping file", type=["csv", "xlsx"], max_upload_size=5, key="mapping_given")
        if given is None:
            return
        file = SourceFile(name=given.name, data=given.getvalue())
        check = page.app.mapping.check_file(known.id, file)
        _report(check)
        effect = page.app.mapping.effect(
            known.id,
            check.rules,
            check.preferences,
            book=book_of(page.app),
            size_max=COUNTED_ROWS_MAX,
        )
        if check.changed and effect is not None:
            st.caption(effect_text(effect))
        if st.button(
            f"Save {plural(check.changed, 'change')}",
            type="primary",
            icon=":material/save:",
            disabled=not check.changed,
            key="mapping_load",
        ):
            _load(page, known, file)


def _report(check: MappingCheck) -> None:
    read = plural(len(check.rules), "good rule")
    st.markdown(f"**{read}** read, **{check.rules_changed:,}** differ from what is saved.")
    if check.preferences_changed:
        st.dataframe(
            [{"What": one.title, "Before": one.before, "After": one.after} for one in check.preferences_changed],
            hide_index=True,
            height="content" if len(check.preferences_changed) < 8 else 280,
            alt="Changes of preferences",
        )
    for remark in check.remarks[:REMARKS_SHOWN]:
        st.caption(f":orange[:material/warning: {escape(remark)}]")
    if len(check.remarks) > REMARKS_SHOWN:
        st.caption(f"And {len(check.remarks) - REMARKS_SHOWN:,} more to look at: once saved, each stands in its line.")
    if not check.issues:
        st.success("No problems.", icon=":material/check_circle:")
        return
    st.warning(f"{plural(len(check.issues), 'row')} cannot be used and will be left out.", icon=":material/warning:")
    st.dataframe(
        [
            {"Where": issue.record, "Problem": issue.problem, "What to do": issue.remedy}
            for issue in check.issues[:ISSUES_SHOWN]
        ],
        hide_index=True,
        height="content" if len(check.issues) < 8 else 280,
        alt="Problems of the file",
    )


def _load(page: Page, known: Connection, file: SourceFile) -> None:
    try:
        check = page.app.mapping.load_file(known.id, file, who=page.who)
    except QbsyncError as error:
        flash("error", escape(error))
    else:
        flash("success", f"{plural(check.changed, 'change')} saved from {escape(file.name)}.")
    st.rerun()
