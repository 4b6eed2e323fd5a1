"""Entries kept on this desk until the database has them: accepted durably first, written in order, never lost."""
