"""One company's books: the file they are kept in, the rules that every record obeys, and how a refusal is worded."""
