"""Provides the small widgets every page builds from."""
