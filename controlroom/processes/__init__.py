"""Starts, watches and restarts child processes, and cleans up after a crash."""
