"""Writes and reads the room's log: timed entries that are never changed, and what is added to them."""
