"""macOS 13 and later."""
