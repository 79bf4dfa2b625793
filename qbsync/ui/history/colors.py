"""The colours of the charts, one set for each theme."""

from __future__ import annotations

import streamlit as st

from qbsync.ui.history import frames

LIGHT = {
    frames.CREATED: "#0F8A5F",
    frames.UPDATED: "#2563B8",
    frames.LINKED: "#8E7BD1",
    frames.REMOVED: "#64707F",
    frames.HELD: "#D98A1F",
    frames.FAILED: "#C8373F",
}
DARK = {
    frames.CREATED: "#4CC79A",
    frames.UPDATED: "#7AB0F5",
    frames.LINKED: "#B09AF2",
    frames.REMOVED: "#94A1B0",
    frames.HELD: "#EBA052",
    frames.FAILED: "#F0787F",
}


def chart_colors() -> dict[str, str]:
    """The colour of each series in the theme at hand."""
    return DARK if st.context.theme.type == "dark" else LIGHT
