"""Mapping."""

from qbsync.ui.mapping.view import draw
from qbsync.ui.page import show

show("mapping", draw)
