"""Reports: what the ledger, the open transactions and the time entries add up to."""
