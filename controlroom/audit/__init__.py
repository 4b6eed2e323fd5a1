"""Records who did what and when, in an append-only chain of entries."""
