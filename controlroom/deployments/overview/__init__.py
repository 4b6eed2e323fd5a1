"""The overview of units, bids, meetings and deployments together: the timeline, and what needs attention."""
