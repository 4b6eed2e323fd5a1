"""Manages settings chosen while the room runs: the room's own in the database, each person's in a file at the desk."""
