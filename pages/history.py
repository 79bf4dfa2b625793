"""History."""

from qbsync.ui.history_view import draw
from qbsync.ui.page import show

show("history", draw)
