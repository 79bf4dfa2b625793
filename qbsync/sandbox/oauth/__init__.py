"""Sign-in: the consent page, tokens and their lives, and who the user is."""
