"""Hides records restricted to named people from everybody else, whatever kind of record they are."""
