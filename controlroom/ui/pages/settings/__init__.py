"""Shows the Settings page."""
