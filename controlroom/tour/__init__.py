"""The driven walk through the real windows: presses keys and buttons as a person would, measures, takes pictures."""
