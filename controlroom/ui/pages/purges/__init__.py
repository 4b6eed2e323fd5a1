"""The Purges page."""
