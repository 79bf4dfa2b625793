"""Schedule."""

from qbsync.ui.page import show
from qbsync.ui.schedule.view import draw

show("schedule", draw)
