"""Shows the Incidents page."""
