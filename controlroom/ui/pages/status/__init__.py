"""Shows the Status page."""
