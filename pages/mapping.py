"""Mapping."""

from qbsync.ui.mapping_view import draw
from qbsync.ui.page import show

show("mapping", draw)
