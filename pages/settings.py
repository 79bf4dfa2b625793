"""Settings."""

from qbsync.ui.page import show
from qbsync.ui.settings.view import draw

show("settings", draw)
