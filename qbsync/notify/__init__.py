"""The notification edge: tells people outside the dashboard that something needs attention."""
