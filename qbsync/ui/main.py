"""The navigation: one menu, one page at a time, and the card that says how we stand with QuickBooks."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from qbsync.ui.screens import SCREENS, by_section
from qbsync.ui.sidebar import draw_sidebar
from qbsync.ui.state import take_destination

STATIC = Path(__file__).with_name("static")

st.set_page_config(page_title="QuickBooks Sync", page_icon=str(STATIC / "icon.svg"), layout="wide")
theme = "dark" if st.context.theme.type == "dark" else "light"
st.logo(str(STATIC / f"logo-{theme}.svg"), size="large", icon_image=str(STATIC / "icon.svg"))
page = st.navigation(by_section(), expanded=True)
destination, query = take_destination()
if destination:
    st.switch_page(SCREENS[destination].page, query_params=query)
draw_sidebar()
page.run()
