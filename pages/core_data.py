"""Core data."""

from qbsync.ui.core_data.view import draw
from qbsync.ui.page import show

show("core_data", draw)
