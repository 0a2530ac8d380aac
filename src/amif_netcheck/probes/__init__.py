"""The probes: they look at the world and return facts, never a judgement. One file a subject.

A probe is a plain blocking function. The engine runs each in a thread of its own and leaves it behind at its deadline,
so that even a call that never returns can't hold the program.
"""
