"""Sync Log."""

from qbsync.ui.page import show
from qbsync.ui.sync_log.view import draw

show("sync_log", draw)
