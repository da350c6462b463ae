"""`python -m mutoscope.cli`."""

from mutoscope.cli import main

main()
