"""Measuring the line: requests at the pace of a call, and what comes back."""
