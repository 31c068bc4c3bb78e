"""`python -m cohortiv` runs the command line."""

from cohortiv.cli.app import main

main()
