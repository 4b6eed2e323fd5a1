"""Shows the Purges page."""
