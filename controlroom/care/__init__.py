"""Looks after the data: backups and restoring them, checks, nightly care, and the purge of personal text."""
