"""The outbox: accepts entries on this desk's own disk, then sends them to the database in order, each exactly once."""
