"""Manages RDC units: the physical deployable cameras."""
