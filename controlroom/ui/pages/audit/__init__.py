"""Shows the Audit page."""
