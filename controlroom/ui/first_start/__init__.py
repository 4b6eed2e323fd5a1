"""Guides through the first start: administrator, storage, names and lists, first camera, and its live picture."""
