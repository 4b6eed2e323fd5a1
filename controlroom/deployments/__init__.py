"""Manages rapid deployment: units, bids, meetings of the Joint Agency Group (JAG) and deployments."""
