"""Walks through the real windows by itself: presses keys and buttons as a person would, measures, takes pictures."""
