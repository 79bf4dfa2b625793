"""The History screen: runs over time."""
