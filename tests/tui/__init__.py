"""The terminal app, driven by Pilot and in a real terminal."""
