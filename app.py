"""The launcher of the dashboard, `streamlit run app.py`: our own routes and headers, and nothing else."""

from __future__ import annotations

from functools import cache

import streamlit as st
from starlette.middleware import Middleware

from qbsync.bootstrap import build
from qbsync.web.headers import SecurityHeaders
from qbsync.web.routes import routes

app = st.App("qbsync/ui/main.py", routes=routes(cache(build)), middleware=[Middleware(SecurityHeaders)])
