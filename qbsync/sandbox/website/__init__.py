"""What a person does and sees in a browser: lists, records, and the acts of another user."""
