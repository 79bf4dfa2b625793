"""History."""

from qbsync.ui.history.view import draw
from qbsync.ui.page import show

show("history", draw)
