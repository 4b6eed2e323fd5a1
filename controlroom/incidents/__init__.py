"""The log of the room, and the incidents that grow out of it."""
