"""The Log page."""
