"""`python -m qbsync`: the command line."""

from qbsync.cli import main

main()
