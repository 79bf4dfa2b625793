"""`python -m bench`: every measurement, one after another."""

from bench import fleet, push, quickbooks, reading

reading.main()
quickbooks.main()
push.main()
fleet.main()
