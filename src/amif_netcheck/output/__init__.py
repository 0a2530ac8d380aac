"""What leaves the program: plain text, JSON, files; escaped and without private data."""
