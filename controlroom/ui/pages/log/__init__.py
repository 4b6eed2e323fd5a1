"""Shows the Log page."""
