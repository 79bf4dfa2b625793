"""The rules of the product. Pure: imports nothing of ours outside this package and does no input or output."""
