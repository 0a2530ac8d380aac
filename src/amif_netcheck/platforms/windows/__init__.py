"""Windows 10 and 11."""
