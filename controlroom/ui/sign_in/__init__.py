"""Signing in at the desk, and changing over to somebody else."""
