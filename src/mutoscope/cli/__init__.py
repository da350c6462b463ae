"""Commands: parse, call one use case, print.

The files with commands import what a command needs when it runs, not before: so `--help` and a
wrong option are answered at once.
"""

from mutoscope.cli.program import main

__all__ = ["main"]
