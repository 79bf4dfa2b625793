"""Notices to an app's own address: what changed in a company, signed, in either of the two forms."""
