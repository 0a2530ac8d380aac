"""The program on the genuine CPython for Windows, under Wine."""
