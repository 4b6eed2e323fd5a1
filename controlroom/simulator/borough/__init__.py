"""Builds the demonstration borough from a seed: its cameras, people and thirteen months of records."""
