"""Settings chosen while the room runs: the room's own in the database, each person's beside the window's state."""
