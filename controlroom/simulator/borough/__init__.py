"""The demonstration borough: its cameras, people and thirteen months of records, from a seed."""
