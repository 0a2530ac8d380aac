"""The IT desk's table of many saved reports."""
