"""Provides the page kit: what every page is built from."""
