"""What the program talks about: facts, findings, events and the report, as frozen structs."""
