"""Builds everything a desk needs, runs it, and takes it down again: the composition root."""
