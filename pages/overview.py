"""Overview."""

from qbsync.ui.overview.view import draw
from qbsync.ui.page import show

show("overview", draw)
