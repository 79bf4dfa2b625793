"""Sync."""

from qbsync.ui.page import show
from qbsync.ui.sync.view import draw

show("sync", draw)
