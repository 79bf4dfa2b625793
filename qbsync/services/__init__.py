"""The use cases: each one answers a request of a person or of the clock, over ports."""
