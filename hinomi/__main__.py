"""`python -m hinomi` is the command line."""

from hinomi.cli import main

main()
