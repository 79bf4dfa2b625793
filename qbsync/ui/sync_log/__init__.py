"""The Sync log screen: every run and every record in it."""
