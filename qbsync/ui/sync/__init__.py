"""The Sync screen: preview, confirmation and progress."""
