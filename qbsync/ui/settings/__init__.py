"""The Settings screen: notices, versions and places."""
