"""`python -m bench`: every measurement, one after another."""

from bench import quickbooks, reading

reading.main()
quickbooks.main()
