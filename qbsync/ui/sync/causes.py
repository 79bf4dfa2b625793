"""What stands behind the blocked records of a preview, and the way to where each cause is mended."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qbsync.domain.place import Place
from qbsync.domain.plan import Change
from qbsync.ui.parts import fitting, query_of, row_pixels
from qbsync.ui.state import clicked_row, go_to, rows_shown, show_rows
from qbsync.ui.sync import frames
from qbsync.ui.text import plural

TABLE = "sync_causes"
HEIGHT = 372
TEXTS = {"What is wrong": 330, "What to do": 340}  # pixels in a window of 1280


def draw_causes(shown: Sequence[Change], among: Sequence[Change]) -> None:
    """What stands behind the blocked records: mending one cause often frees many."""
    frame = frames.causes(shown, among)
    show_rows(TABLE, frame["place"].tolist())
    pixels = max(row_pixels(frame[column], width, whole=True) for column, width in TEXTS.items())
    st.dataframe(
        frame,
        hide_index=True,
        height=fitting(len(frame), HEIGHT, pixels),
        row_height=pixels,
        column_config={
            "Records": st.column_config.NumberColumn(format="localized", width=70),
            **{column: st.column_config.TextColumn(width=width) for column, width in TEXTS.items()},
            "mend": st.column_config.ButtonColumn("", key=f"{TABLE}_mend", on_click=_mend, type="tertiary", width=96),
        },
        column_order=["Records", *TEXTS, "mend"],
        placeholder="",
        alt="Causes",
    )
    several = " A record may have several." if frame["Records"].sum() > len(shown) else ""
    many = f"{plural(len(frame), 'cause')} for {plural(len(shown), 'blocked record')}"
    st.caption(f":material/info: {many}.{several}")


def _mend() -> None:
    """Go where the cause of the pressed row is mended."""
    row, places = clicked_row(f"{TABLE}_mend"), rows_shown(TABLE)
    if row < len(places):
        place = Place.of(places[row])
        go_to(place.screen, **query_of(place))
