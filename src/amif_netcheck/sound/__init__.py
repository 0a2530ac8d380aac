"""The sound test: recording, hearing, and their child process."""
