"""`python -m bench`: every measurement, one after another."""

from bench import push, quickbooks, reading

reading.main()
quickbooks.main()
push.main()
