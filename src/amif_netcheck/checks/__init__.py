"""The checks: pure functions from facts and limits to findings, one file a tip of the note."""
