"""Settings."""

from qbsync.ui.page import show
from qbsync.ui.settings_view import draw

show("settings", draw)
