"""Commands: parse, call one use case, print.

The files with commands import what a command needs when it runs, not before: so `--help` and a
wrong option are answered at once, and the web process carries no command line along.
"""


def main() -> None:
    """Run the command that was typed."""
    from mutoscope.cli.program import main as run_command

    run_command()
