"""Measurements a user can repeat: the same product parts, timed from outside."""
