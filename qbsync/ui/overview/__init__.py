"""The Overview screen: how things stand, and what needs attention."""
