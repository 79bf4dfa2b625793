"""The companion process: it pushes confirmed plans and fires schedules."""
