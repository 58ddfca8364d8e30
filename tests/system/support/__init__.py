"""What the system tests share: a platform to talk to, upstream events to send, and an oracle that
computes from the upstream events what must have come of them. None of it uses Mosaic's own code."""
