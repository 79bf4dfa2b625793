"""Sync Log."""

from qbsync.ui.page import show
from qbsync.ui.sync_log_view import draw

show("sync_log", draw)
