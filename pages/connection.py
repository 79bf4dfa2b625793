"""Connection."""

from qbsync.ui.connection_view import draw
from qbsync.ui.page import show

show("connection", draw)
