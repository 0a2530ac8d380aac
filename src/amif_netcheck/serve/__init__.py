"""A test point of one's own: UDP echo, STUN, and the HTTP protocols of the speed tests that people already use."""
