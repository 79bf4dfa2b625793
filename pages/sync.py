"""Sync."""

from qbsync.ui.page import show
from qbsync.ui.sync_view import draw

show("sync", draw)
