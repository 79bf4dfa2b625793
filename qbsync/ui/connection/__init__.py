"""The Connection screen: the company, its consent and what it allows."""
