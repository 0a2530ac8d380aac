"""The checks: pure functions from facts, limits and earlier findings to findings, one file a tip of the note.

Each declares beside itself what it may find; `registry` has all of it.
"""
