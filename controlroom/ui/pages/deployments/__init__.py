"""The rapid-deployment page: timeline, bids, meetings, units."""
