"""amif-netcheck: is this computer ready for the videoconference, and what should be fixed first?"""

__version__ = "0.2.0"
