"""Rates: who moves the bytes (our own HTTP flows, or speedtest-cli), and one way to look at them while they flow."""
