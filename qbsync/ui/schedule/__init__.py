"""The Schedule screen: automatic sync."""
