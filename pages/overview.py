"""Overview."""

from qbsync.ui.overview_view import draw
from qbsync.ui.page import show

show("overview", draw)
