"""`python -m bench`: every measurement, one after another."""

from bench import reading

reading.main()
