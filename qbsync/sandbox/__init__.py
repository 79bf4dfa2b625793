"""A local QuickBooks Online: a strict, stateful company file behind the same HTTP surface."""
