"""The company API under /v3/company: parameters, queries, batches, changes, replayed request ids, and the wire."""
