"""Schedule."""

from qbsync.ui.page import show
from qbsync.ui.schedule_view import draw

show("schedule", draw)
