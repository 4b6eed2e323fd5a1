"""The log of the room: timed entries that are never changed, and what is added to them."""
