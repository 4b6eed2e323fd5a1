"""Simulated cameras that are real on the wire, and the demonstration borough."""
