"""Who may use the room, what each role permits, and signing in."""
