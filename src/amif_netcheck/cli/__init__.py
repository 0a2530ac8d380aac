"""The command line: grammar, plan of a run, commands."""
