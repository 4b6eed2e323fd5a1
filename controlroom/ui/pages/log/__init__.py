"""The Log page, and the pieces of a record it shares with the Incidents page."""
