"""Manages bids: partners' applications for a deployable camera at a place."""
