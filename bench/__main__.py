"""`python -m bench`: every measurement, one after another."""

from bench import fleet, pages, push, quickbooks, reading

reading.main()
quickbooks.main()
push.main()
fleet.main()
pages.main()
