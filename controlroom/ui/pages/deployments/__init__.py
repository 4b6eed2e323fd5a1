"""Builds the rapid-deployment page: timeline, bids, meetings, units."""
