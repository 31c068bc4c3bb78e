"""`python -m cohortiv.cli` runs the command line."""

from cohortiv.cli.app import main

main()
