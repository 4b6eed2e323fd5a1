"""Keeping the site key: lost, wrong or unreadable, carried to another desk, made anew and passwords entered again."""
