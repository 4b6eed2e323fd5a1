"""For those who look after the room: the audit trail and the program's own processes."""
