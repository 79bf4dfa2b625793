"""Connection."""

from qbsync.ui.connection.view import draw
from qbsync.ui.page import show

show("connection", draw)
