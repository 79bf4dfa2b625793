"""What a test or a trainer steers: faults on demand, the clock, the switches, and the record of every call."""
