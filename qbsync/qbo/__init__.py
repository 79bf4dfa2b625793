"""The QuickBooks Online edge: sign-in, transport, and the translation between its wire and our nouns."""
